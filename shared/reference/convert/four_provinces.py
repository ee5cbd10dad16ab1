"""Make tests/shared/reference/four_provinces.csv, with which the units of four provinces are checked.

    python -m shared.reference.convert.four_provinces FOLDER TESTS_FOLDER

FOLDER holds admin_units.csv and succession_2025.csv, a list of units independent of the package's legacy set.
"""

import sys
from collections import defaultdict
from pathlib import Path

from shared.reference.convert.files import source_rows, write
from shared.reference.convert.units import AS_AT, FIRST_DAY_OF_2025, LEVELS, Row

COLUMNS = ("unit_set", "level", "code", "name", "unit_type", "parent_code", "successors")


def facts(folder: str) -> list[Row]:
    """Units in force on 15/04/2022, then those since 1/7/2025; `successors` are new codes joined by "|"."""
    successors: defaultdict[str, set[str]] = defaultdict(set)
    for row in source_rows(folder, "succession_2025.csv"):
        successors[row["old_commune_code"]].add(row["new_commune_code"])
    rows = []
    for unit in source_rows(folder, "admin_units.csv"):
        for unit_set, day in (("2022", AS_AT), ("2025", FIRST_DAY_OF_2025)):
            if unit["valid_from"] <= day and (not unit["valid_to"] or day <= unit["valid_to"]):
                new_codes = (
                    successors[unit["code"]] if (unit_set, unit["level"]) == ("2022", "commune") else ()
                )
                cells = (*(unit[column] for column in COLUMNS[1:-1]), "|".join(sorted(new_codes)))
                rows.append(dict(zip(COLUMNS, (unit_set, *cells), strict=True)))
    return sorted(rows, key=lambda row: (row["unit_set"], LEVELS.index(row["level"]), row["code"]))


def main(folder: str, tests_folder: str) -> str:
    """Write the file and say how many units it has."""
    made = write("four_provinces.csv", COLUMNS, facts(folder), Path(tests_folder))
    return f"four_provinces.csv: {made} units"


if __name__ == "__main__":
    print(main(*sys.argv[1:3]))
