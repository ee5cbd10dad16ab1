"""Import and export of plan targets: people to vaccinate at a place, with a dose, by a day, by order of a document
(R057). A target is known by its version too, so a file of a later document never overwrites an earlier one (R091).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row as DatabaseRow
from sqlalchemy import select

from server.interop.imports import Change, Known, refuse_repeats
from server.interop.layouts import (
    Column,
    Layout,
    Row,
    age_group,
    bad_value,
    code,
    day,
    dose_type,
    letters,
    one_of,
    people,
    words,
)
from server.interop.tables import Cell
from server.places.tree import Tree
from server.plans.drafting import target_subject
from server.plans.goals import Target
from server.plans.models import Campaign, PlanTarget
from shared.records.dose import DOSE_TYPES
from shared.records.place import GROUP_LEVELS, LEVELS
from shared.reference import age_groups
from shared.rules.plans import WITHDRAWN

#: Levels a target may be for.
PLANNED_LEVELS = ("province", "district", "commune", *GROUP_LEVELS)

_WITHDRAWN_WORDS = {letters(text) for text in (WITHDRAWN, "Bãi bỏ", "Thôi áp dụng")}


def _status(text: str) -> str:
    return WITHDRAWN if letters(text) in _WITHDRAWN_WORDS else words(text)


LAYOUT = Layout(
    "plan",
    "plan_target",
    (
        Column(
            "place_code", "Mã địa bàn", "Place code", "03388", code, required=False,
            also=("Mã xã", "Mã ĐVHC", "Mã đơn vị", "Mã đơn vị hành chính"),
        ),
        Column(
            "place_name", "Tên địa bàn", "Place", "", words, required=False,
            also=("Địa bàn", "Tên xã", "Xã", "Xã, phường, thị trấn", "Xã/phường", "Đơn vị", "Địa phương", "Tên đơn vị"),
        ),
        Column("district", "Huyện", "District", "", words, required=False, also=("Tên huyện", "Huyện, thành phố")),
        Column(
            "level", "Cấp", "Level", "commune",
            one_of({level: LEVELS[level] for level in PLANNED_LEVELS}), required=False, also=("Cấp địa bàn",),
        ),
        Column(
            "age_group", "Nhóm tuổi", "Age group", "A18", age_group(),
            also=("Độ tuổi", "Đối tượng"),
        ),
        Column("dose_type", "Mũi", "Dose", "booster_1", dose_type(), also=("Mũi tiêm", "Loại mũi")),
        Column(
            "due_on", "Hạn hoàn thành", "Due on", "30/04/2022", day,
            also=("Hoàn thành trước ngày", "Thời hạn", "Ngày hoàn thành"),
        ),
        Column(
            "planned_people", "Số người theo kế hoạch", "People planned", "2.450", people,
            also=("Chỉ tiêu", "Số người", "Kế hoạch", "Số đối tượng", "Số lượng"),
        ),
        Column(
            "document", "Văn bản", "Document", "KH 1234/KH-UBND", words,
            also=("Số văn bản", "Số kế hoạch", "Căn cứ"),
        ),
        Column(
            "valid_from", "Có hiệu lực từ", "Valid from", "15/03/2022", day,
            also=("Hiệu lực từ", "Ngày hiệu lực", "Ngày văn bản", "Ngày ban hành"),
        ),
        Column("campaign", "Chiến dịch", "Campaign", "", words, required=False),
        Column("status", "Tình trạng", "Status", "", _status, required=False),
    ),
)  # fmt: skip

_EDITABLE = ("planned_people", "status")
_DIGITS = {"province": 2, "district": 3, "commune": 5}


class PlanTargets:
    """A target is known by campaign, place, age group, dose, due date, document and the day this is valid from.

    Another figure under the same document and day corrects a slip; anything else is a target of its own.
    """

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
            (
                t.campaign_id, t.target_place_id, t.age_group, t.dose_type, t.due_on, t.document, t.valid_from
            ): t
            for t in known.connection.execute(select(PlanTarget.__table__))
        }  # fmt: skip
        changes = []
        for row in rows:
            if row.action != "fault":
                change = _change(known, row, standing.get(_key(row)))
                changes += [change] if change else []
        return changes


def exported(
    tree: Tree, targets: Iterable[Target], campaign: str, lang: str
) -> tuple[list[str], list[list[Cell]]]:
    """(headings, rows) of targets as a file that imports again without a change, in the order of the tree.

    A place without a code of its own (a school) is named by its id. `campaign`: its name.
    """
    rows: list[tuple[tuple[str, ...], list[Cell]]] = []
    for target in targets:
        node = tree.get(target.target_place_id)
        if node is None:
            continue
        district = tree.up(node.id, "district")
        cells: dict[str, Cell] = {
            "place_code": node.code or node.id,
            "place_name": node.name,
            "district": district.name if district and district.id != node.id else None,
            "level": _label(LEVELS[node.level], lang),
            "age_group": _label_of_group(target.age_group, lang),
            "dose_type": _label(DOSE_TYPES.get(target.dose_type, (target.dose_type,) * 2), lang),
            "due_on": target.due_on,
            "planned_people": target.planned_people,
            "document": target.document,
            "valid_from": target.valid_from,
            "campaign": campaign,
            "status": target.status,
        }
        order = (*(n.name for n in tree.path(node.id)), target.due_on.isoformat(), target.age_group)
        rows.append((order, [cells[column.name] for column in LAYOUT.columns]))
    return [c.heading(lang) for c in LAYOUT.columns], [cells for _, cells in sorted(rows, key=lambda r: r[0])]


def _key(row: Row) -> tuple[Any, ...]:
    names = ("campaign_id", "place", "age_group", "dose_type", "due_on", "document", "valid_from")
    return tuple(row.values[name] for name in names)


def _locate(known: Known, row: Row) -> None:
    """The place: by its code or id; its level is told, or follows from the length of the code; else by its name."""
    text, name, level = row.values["place_code"], row.values["place_name"], row.values["level"]
    if text is None and name is None:
        row.refuse(bad_value(row, LAYOUT.columns[0], ""))
    elif text is None:
        levels = (level,) if level else PLANNED_LEVELS
        row.values["place"] = known.named(row, levels, name, row.values["district"])
    elif text in known.visible and known.tree.nodes[text].level in PLANNED_LEVELS:
        row.values["place"] = text
    else:
        level = level or ("commune" if len(text) > 3 else "district")
        row.values["place"] = known.place(row, level, text.zfill(_DIGITS.get(level, 0)))


def _choose_campaign(known: Known, row: Row, campaigns: list[DatabaseRow[Any]]) -> None:
    province = known.tree.nodes[row.values["place"]].province
    named = row.values["campaign"]
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
            "valid_from": values["valid_from"].isoformat(),
            "status": values["status"],
        }
        return Change("plan_target", target_subject(body), province, body)
    changed = {
        name: values[name]
        for name in _EDITABLE
        if values[name] is not None and values[name] != getattr(stands, name)
    }
    row.action = "changed" if changed else "same"
    return Change("plan_target", stands.id, province, changed, edit=True) if changed else None


def _label(labels: tuple[str, ...], lang: str) -> str:
    return labels[1 if lang == "en" else 0]


def _label_of_group(group: str, lang: str) -> str:
    known = age_groups().get(group)
    return group if known is None else known.label_en if lang == "en" else known.label_vi
