"""Rows of households and persons."""

from datetime import date
from typing import Any

from shared.projections.days import day_of
from shared.projections.register import Folded
from shared.text.folding import normalise, search_key, sort_key
from shared.text.phones import normalise_phone

Row = dict[str, Any]


def household_row(folded: Folded) -> Row | None:
    """The household, or None while its first entry has not arrived."""
    values = folded.values
    if not folded.known:
        return None
    head = normalise(values["head_name"])
    parts = (head, values.get("lane"), values.get("address"))
    return {
        "id": folded.subject,
        "village_id": folded.origin,
        "head_name": head,
        "lane": _text(values.get("lane")),
        "address": _text(values.get("address")),
        "phone": _phone(values.get("phone")),
        "note": values.get("note"),
        "lat_e6": values.get("lat_e6"),
        "lon_e6": values.get("lon_e6"),
        "search": search_key(" ".join(part for part in parts if part)),
    }


def person_row(folded: Folded) -> Row | None:
    """The person at their present home (the place where `household` was last written), or None as above."""
    values = folded.values
    if not folded.known:
        return None
    name = normalise(values["full_name"])
    return {
        "id": folded.subject,
        "household_id": values["household"],
        "village_id": folded.places["household"],
        "full_name": name,
        "search": search_key(name),
        "sort_name": sort_key(name),
        "birth_date": date.fromisoformat(values["birth_date"]),
        "birth_precision": values["birth_precision"],
        "sex": values["sex"],
        "ethnic": values.get("ethnic"),
        "language": values.get("language"),
        "interpreter": values.get("interpreter"),
        "relation": values.get("relation"),
        "id_kind": values["id_kind"],
        "id_number": values.get("id_number"),
        "phone": _phone(values.get("phone")),
        "guardian_name": _text(values.get("guardian_name")),
        "guardian_relation": _text(values.get("guardian_relation")),
        "guardian_phone": _phone(values.get("guardian_phone")),
        "residence": values["residence"],
        "residence_since": day_of(values.get("residence_since")),
        "came_on": day_of(values.get("came_on")),
        "came_from": _text(values.get("came_from")),
        "vulnerable": ",".join(sorted(set(values.get("vulnerable", ())))),
        "group_place_id": values.get("group_place"),
        "group_name": _text(values.get("group_name")),
        "cannot_come": values.get("cannot_come"),
        "contraindication": values.get("contraindication"),
        "covid_on": day_of(values.get("covid_on")),
    }


def home_of(folded: Folded) -> str | None:
    """The village where the person's `household` was last written; None while nobody has."""
    return folded.places.get("household")


def _text(value: str | None) -> str | None:
    return normalise(value) if value else None


def _phone(value: str | None) -> str | None:
    return (normalise_phone(value) or normalise(value)) if value else None
