"""Import of plan targets: people to vaccinate at a place, with a dose, by a day, by order of a document (R057)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row as DatabaseRow
from sqlalchemy import select

from server.interop.imports import Change, Known, refuse_repeats
from server.interop.layouts import Column, Layout, Row, bad_value, code, day, one_of, people, words
from server.plans.models import Campaign, PlanTarget
from shared.identifiers import named_id
from shared.records.dose import DOSE_TYPES
from shared.records.place import LEVELS
from shared.reference import age_groups

_LEVELS = {level: LEVELS[level] for level in ("province", "district", "commune")}

LAYOUT = Layout(
    "plan",
    "plan_target",
    (
        Column("place_code", "Mã địa bàn", "Place code", "03388", code),
        Column("level", "Cấp", "Level", "commune", one_of(_LEVELS), required=False),
        Column(
            "age_group", "Nhóm tuổi", "Age group", "A18",
            one_of({c: (group.label_vi, group.label_en) for c, group in age_groups().items()}),
        ),
        Column("dose_type", "Mũi", "Dose", "booster_1", one_of(DOSE_TYPES)),
        Column("due_on", "Hạn hoàn thành", "Due on", "30/04/2022", day),
        Column("planned_people", "Số người theo kế hoạch", "People planned", "2.450", people),
        Column("document", "Văn bản", "Document", "KH 1234/KH-UBND", words),
        Column("valid_from", "Có hiệu lực từ", "Valid from", "15/03/2022", day, required=False),
        Column("campaign", "Chiến dịch", "Campaign", "", words, required=False),
    ),
)  # fmt: skip

_EDITABLE = ("planned_people", "document", "valid_from")
_DIGITS = {"province": 2, "district": 3, "commune": 5}


class PlanTargets:
    """A target is known by campaign, place, age group, dose and due date; other figures for it are an edit."""

    layout = LAYOUT

    def plan(self, known: Known, rows: list[Row]) -> list[Change]:
        """New and changed targets, in the order of the file."""
        campaigns = list(known.connection.execute(select(Campaign.__table__)))
        for row in rows:
            if row.action != "fault":
                _locate(known, row)
            if row.action != "fault":
                _choose_campaign(known, row, campaigns)
        refuse_repeats(rows, _key)
        standing = {
            (t.campaign_id, t.target_place_id, t.age_group, t.dose_type, t.due_on): t
            for t in known.connection.execute(select(PlanTarget.__table__))
        }
        changes = []
        for row in rows:
            if row.action != "fault":
                change = _change(known, row, standing.get(_key(row)))
                changes += [change] if change else []
        return changes


def _key(row: Row) -> tuple[Any, ...]:
    return tuple(row.values[name] for name in ("campaign_id", "place", "age_group", "dose_type", "due_on"))


def _locate(known: Known, row: Row) -> None:
    """The place: its level is told, or follows from the length of its code."""
    text = row.values["place_code"]
    level = row.values.get("level") or ("commune" if len(text) > 3 else "district")
    row.values["place"] = known.place(row, level, text.zfill(_DIGITS[level]))


def _choose_campaign(known: Known, row: Row, campaigns: list[DatabaseRow[Any]]) -> None:
    province = known.tree.nodes[row.values["place"]].province
    named = row.values.get("campaign")
    found = [
        c
        for c in campaigns
        if c.province_id == province and named in (None, c.name_vi, c.name_en, c.document)
    ]
    if len(found) != 1:
        column = next(column for column in LAYOUT.columns if column.name == "campaign")
        row.refuse(bad_value(row, column, named or ""))
        return
    row.values["campaign_id"] = found[0].id


def _change(known: Known, row: Row, stands: DatabaseRow[Any] | None) -> Change | None:
    values = row.values
    province = known.tree.nodes[values["place"]].province
    if stands is None:
        body = {
            "campaign": values["campaign_id"],
            "target_place": values["place"],
            "age_group": values["age_group"],
            "dose_type": values["dose_type"],
            "due_on": values["due_on"].isoformat(),
            "planned_people": values["planned_people"],
            "document": values["document"],
            "valid_from": _text(values.get("valid_from") or values["due_on"].replace(day=1)),
        }
        subject = named_id("plan_target", *(str(part) for part in _key(row)))
        return Change("plan_target", subject, province, body)
    changed = {
        name: _text(values[name])
        for name in _EDITABLE
        if values.get(name) is not None and values[name] != getattr(stands, name)
    }
    row.action = "changed" if changed else "same"
    return Change("plan_target", stands.id, province, changed, edit=True) if changed else None


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
