"""Import of villages: thôn, bản, tiểu khu, ấp, tổ dân phố of each commune."""

from __future__ import annotations

from server.interop.imports import Change, Known, refuse_repeats
from server.interop.layouts import Column, Layout, Row, commune_code, day, words
from shared.identifiers import named_id
from shared.text.folding import normalise

LAYOUT = Layout(
    "villages",
    "place",
    (
        Column(
            "commune_code", "Mã xã", "Commune code", "03388", commune_code,
            also=("Mã ĐVHC", "Mã đơn vị", "Mã địa bàn", "Mã đơn vị hành chính"),
        ),
        Column(
            "name", "Tên thôn, bản", "Village name", "Bản Nậm Cầy", words,
            also=("Thôn, bản", "Thôn", "Bản", "Tên thôn", "Tên bản", "Tổ dân phố"),
        ),
        Column("unit_type", "Loại", "Type", "Bản", words, required=False),
        Column("valid_from", "Có từ ngày", "Valid from", "01/01/2021", day, required=False),
    ),
)  # fmt: skip


class Villages:
    """Villages are known by their commune and name; one that stands there already is left as it is."""

    layout = LAYOUT

    def plan(self, known: Known, rows: list[Row]) -> list[Change]:
        """New villages, in the order of the file."""
        for row in rows:
            if row.action != "fault":
                row.values["commune"] = known.place(row, "commune", row.values["commune_code"])
        refuse_repeats(rows, lambda row: (row.values["commune"], _key(row.values["name"])))
        changes = []
        for row in rows:
            if row.action == "fault":
                continue
            commune = known.tree.nodes[row.values["commune"]]
            if any(
                _key(v.name) == _key(row.values["name"]) for v in known.tree.children(commune.id, "village")
            ):
                row.action = "same"
                continue
            changes.append(_village(row, commune.id, commune.province))
        return changes


def _village(row: Row, commune: str, province: str) -> Change:
    name = row.values["name"]
    starts = row.values.get("valid_from")
    version = {
        "valid_from": starts.isoformat() if starts else "2021-01-01",
        "name": name,
        "unit_type": row.values.get("unit_type") or name.split()[0],
        "parent": commune,
    }
    body = {"level": "village", "versions": [version], "source": "import"}
    return Change("place", named_id("village", commune, _key(name)), province, body)


def _key(name: str) -> str:
    return normalise(name).casefold()
