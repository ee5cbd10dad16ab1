"""Make succession_2025.csv, for the whole country, from the installed package vietnamadminunits.

    python -m shared.reference.convert.succession FOLDER

The package starts from the units of 30/06/2025. In provinces 11, 12, 14 and 91 the old side is that of
units_2022.csv (15/04/2022): wards made since are left out, and communes that ended or changed their extent
since take their successors from FOLDER/overlap_2022_2025.csv (area overlap of the 2022 and 2025 boundaries).
"""

import json
import sys
from collections.abc import Iterator

from shared.reference.convert.files import package_folder, package_rows, package_source, source_rows, write
from shared.reference.convert.units import (
    AS_AT,
    FOUR_PROVINCES,
    LAST_DAY_OF_DISTRICTS,
    Row,
    units_2022,
    units_2025,
)

COLUMNS = (
    "old_code",
    "old_name",
    "old_district_code",
    "old_province_code",
    "new_code",
    "new_name",
    "new_province_code",
    "kind",
    "as_of",
    "source",
)
SAME_AREA = 0.9  # a share of a commune's area from which it counts as taken over whole
SLIVER = 0.05  # a smaller share is noise: the two boundary layers come from different surveys
# NQ 1280/NQ-UBTVQH15 moved land between these on 01/02/2025, so the package's row is about another extent.
EXTENT_CHANGED = frozenset({"03766", "03910", "03979", "03982", "04030", "04033"})


def successions(folder: str) -> list[Row]:
    """One row per pair of old and new commune, by old province, district and code."""
    communes_2022 = {unit["code"]: unit for unit in units_2022() if unit["level"] == "commune"}
    kept = [
        _as_in_2022(row, communes_2022)
        for row in _national()
        if row["old_code"] not in EXTENT_CHANGED and (row["old_code"] in communes_2022 or not row["old_code"])
    ]
    by_overlap = _by_overlap(folder, communes_2022, known={row["old_code"] for row in kept})
    order = ("old_province_code", "old_district_code", "old_code", "new_code")
    return sorted([*kept, *by_overlap], key=lambda row: tuple(row[column] for column in order))


def _national() -> Iterator[Row]:
    olds = _old_by_key()
    news = _new_by_key()
    data = json.loads((package_folder() / "converter_2025.json").read_text(encoding="utf-8"))
    for province, communes in data["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new_key, old_keys in communes.items():
            for old_key in old_keys:
                yield _row(olds[old_key], news[province, new_key], "whole")
    for province, divided in data["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old_key, parts in divided.items():
            for part in parts:
                yield _row(olds[old_key], news[province, part["newWardKey"]], "part")


def _old_by_key() -> dict[str, Row]:
    columns = (
        "provinceKey",
        "districtKey",
        "wardKey",
        "ward",
        "wardCode",
        "district",
        "districtCode",
        "provinceCode",
    )
    return {
        f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey']}": {
            "old_code": row["wardCode"],
            "old_name": row["ward"] or row["district"],
            "old_district_code": row["districtCode"],
            "old_province_code": row["provinceCode"],
        }
        for row in package_rows("admin_units_legacy", columns)
    }


def _new_by_key() -> dict[tuple[str, str], Row]:
    columns = ("provinceKey", "wardKey", "ward", "wardCode", "provinceCode")
    return {
        (row["provinceKey"], row["wardKey"]): {
            "new_code": row["wardCode"],
            "new_name": row["ward"],
            "new_province_code": row["provinceCode"],
        }
        for row in package_rows("admin_units", columns)
    }


def _row(old: Row, new: Row, kind: str) -> Row:
    return {**old, **new, "kind": kind, "source": package_source()}


def _as_in_2022(row: Row, communes_2022: dict[str, Row]) -> Row:
    name = communes_2022[row["old_code"]]["name"] if row["old_code"] else row["old_name"]
    as_of = AS_AT if row["old_province_code"] in FOUR_PROVINCES else LAST_DAY_OF_DISTRICTS
    return row | {"old_name": name, "as_of": as_of}


def _by_overlap(folder: str, communes_2022: dict[str, Row], known: set[str]) -> Iterator[Row]:
    """Rows of the communes of April 2022 that the package does not describe."""
    provinces = {unit["code"]: unit["parent_code"] for unit in units_2022() if unit["level"] == "district"}
    new_units = {unit["code"]: unit for unit in units_2025() if unit["level"] == "commune"}
    for pair in source_rows(folder, "overlap_2022_2025.csv"):
        share = float(pair["area_share"])
        if pair["code_2022"] in known or share < SLIVER:
            continue
        old, new = communes_2022[pair["code_2022"]], new_units[pair["code_2025"]]
        yield {
            "old_code": old["code"],
            "old_name": old["name"],
            "old_district_code": old["parent_code"],
            "old_province_code": provinces[old["parent_code"]],
            "new_code": new["code"],
            "new_name": new["name"],
            "new_province_code": new["parent_code"],
            "kind": "whole" if share >= SAME_AREA else "part",
            "as_of": AS_AT,
            "source": f"area overlap of boundary files: {share:.0%} of its area (no document seen)",
        }


def main(folder: str) -> str:
    """Write the file and say how many rows it has."""
    return f"succession_2025.csv: {write('succession_2025.csv', COLUMNS, successions(folder))} rows"


if __name__ == "__main__":
    print(main(sys.argv[1]))
