"""Rows of places, campaigns, plan targets and deviations from the plan."""

from datetime import date
from typing import Any

from shared.entries import Entry
from shared.projections.days import day_of
from shared.projections.register import Folded

Row = dict[str, Any]


def place_rows(folded: Folded) -> dict[str, list[Row]]:
    """Rows of `place`, `place_version`, `place_serves` and `place_succession`; empty while not known."""
    if not folded.known:
        return {}
    values, place = folded.values, folded.subject
    versions = {version["valid_from"]: version for version in values["versions"]}
    return {
        "place": [
            {
                "id": place,
                "level": values["level"],
                "province_id": folded.origin,
                "lat_e5": values.get("lat_e5"),
                "lon_e5": values.get("lon_e5"),
                "source": values.get("source"),
            }
        ],
        "place_version": [
            {
                "place_id": place,
                "valid_from": date.fromisoformat(version["valid_from"]),
                "valid_to": day_of(version.get("valid_to")),
                "name": version["name"],
                "unit_type": version["unit_type"],
                "code": version.get("code"),
                "parent_id": version.get("parent"),
                "health_parent_id": version.get("health_parent"),
            }
            for version in versions.values()
        ],
        "place_serves": [
            {"place_id": place, "village_id": village} for village in sorted(set(values.get("serves", ())))
        ],
        "place_succession": [
            {"old_id": old, "new_id": place} for old in sorted(set(values.get("succeeds", ())))
        ],
    }


def campaign_row(folded: Folded) -> Row | None:
    """The campaign, or None while its first entry has not arrived."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "province_id": folded.origin,
        "name_vi": values["name_vi"],
        "name_en": values["name_en"],
        "disease": values["disease"],
        "document": values["document"],
        "starts_on": date.fromisoformat(values["starts_on"]),
        "ends_on": day_of(values.get("ends_on")),
    }


def plan_target_row(folded: Folded) -> Row | None:
    """The target, or None as above."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "campaign_id": values["campaign"],
        "target_place_id": values["target_place"],
        "age_group": values["age_group"],
        "dose_type": values["dose_type"],
        "due_on": date.fromisoformat(values["due_on"]),
        "planned_people": values["planned_people"],
        "document": values["document"],
        "valid_from": date.fromisoformat(values["valid_from"]),
        "status": values.get("status"),
    }


def plan_deviation_row(entry: Entry, corrected_by: str | None) -> Row:
    """The deviation; `corrected_by` is the least id of the entries that correct or withdraw it."""
    body = entry.body
    return {
        "id": entry.id,
        "place_id": entry.subject,
        "campaign_id": body["campaign"],
        "age_group": body.get("age_group"),
        "dose_type": body.get("dose_type"),
        "due_on": day_of(body.get("due_on")),
        "reason": body["reason"],
        "differs": body["differs"],
        "proposed": body.get("proposed"),
        "proposed_people": body.get("proposed_people"),
        "proposed_due_on": day_of(body.get("proposed_due_on")),
        "from_on": date.fromisoformat(body["from_on"]),
        "reported_on": entry.occurred_on,
        "author_id": entry.author,
        "corrected_by": corrected_by,
    }
