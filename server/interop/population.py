"""Import of population figures: opening and current, by commune, period and age group (R004)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from server.interop.imports import Change, Known, refuse_repeats
from server.interop.layouts import Column, Layout, Row, age_group, code, commune_code, people, words
from server.plans.models import Population

LAYOUT = Layout(
    "population",
    "population_return",
    (
        Column(
            "commune_code", "Mã xã", "Commune code", "03388", commune_code,
            also=("Mã ĐVHC", "Mã đơn vị", "Mã địa bàn", "Mã đơn vị hành chính"),
        ),
        Column("period", "Kỳ", "Period", "2022", code, also=("Kỳ báo cáo", "Năm")),
        Column("age_group", "Nhóm tuổi", "Age group", "A18", age_group(), also=("Độ tuổi", "Đối tượng")),
        Column(
            "opening", "Dân số đầu kỳ", "Opening population", "3.120", people, required=False, also=("Đầu kỳ",)
        ),
        Column(
            "current", "Dân số hiện có", "Current population", "3.087", people, required=False, also=("Hiện có",)
        ),
        Column("source", "Nguồn số liệu", "Source", "Công an xã", words, also=("Nguồn",)),
    ),
)  # fmt: skip

_FIGURES = ("opening", "current")


@dataclass(slots=True)
class Return:
    """A return that stands: its entry and its lines by age group."""

    entry_id: str
    source: str
    lines: dict[str, dict[str, int | None]]


class PopulationFigures:
    """Rows of one commune and period make one return; it takes over the lines the file does not name."""

    layout = LAYOUT

    def plan(self, known: Known, rows: list[Row]) -> list[Change]:
        """One return for each commune and period in which a figure is new or different."""
        for row in rows:
            if row.action != "fault":
                row.values["commune"] = known.place(row, "commune", row.values["commune_code"])
        refuse_repeats(
            rows, lambda row: (row.values["commune"], row.values["period"], row.values["age_group"])
        )
        groups: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            if row.action != "fault":
                groups.setdefault((row.values["commune"], row.values["period"]), []).append(row)
        standing = _standing(known)
        changes = [_change(key, found, standing.get(key)) for key, found in groups.items()]
        return [change for change in changes if change is not None]


def _change(key: tuple[str, str], rows: list[Row], stands: Return | None) -> Change | None:
    lines = dict(stands.lines) if stands else {}
    for row in rows:
        figures = {name: row.values.get(name) for name in _FIGURES}
        before = lines.get(row.values["age_group"])
        same = before == figures and stands is not None and stands.source == row.values["source"]
        row.action = "same" if same else "new" if before is None else "changed"
        lines[row.values["age_group"]] = figures
    if all(row.action == "same" for row in rows):
        return None
    commune, period = key
    body: dict[str, Any] = {
        "period": period,
        "source": rows[-1].values["source"],
        "lines": [
            {"age_group": group, **{name: n for name, n in figures.items() if n is not None}}
            for group, figures in sorted(lines.items())
        ],
    }
    return Change("population_return", commune, commune, body, corrects=stands.entry_id if stands else None)


def _standing(known: Known) -> dict[tuple[str, str], Return]:
    query = (
        select(Population.__table__).where(Population.corrected_by.is_(None)).order_by(Population.return_id)
    )
    found: dict[tuple[str, str], Return] = {}
    for row in known.connection.execute(query):
        key = (row.commune_id, row.period)
        stands = found.get(key)
        if stands is None or stands.entry_id != row.return_id:
            stands = found[key] = Return(row.return_id, row.source, {})
        stands.lines[row.age_group] = {"opening": row.opening, "current": row.current}
    return found
