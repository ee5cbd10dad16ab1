"""Make groupings_2025.csv (former district of each new commune) and commune_centres.csv, for four provinces.

    python -m shared.reference.convert.groupings FOLDER

FOLDER holds commune_centroids_2022.csv and admin_units.csv. Needs succession_2025.csv, made before. A commune
of 2025 belongs to the former district from which most of its former communes came; when that is a tie, to the
district with more people in the census of 2009; when that is not known, to the district of the former commune
whose code it keeps.
"""

import sys
from collections import Counter, defaultdict

from shared.reference.convert.files import OWN_FOLDER, source_rows, write
from shared.reference.convert.units import FOUR_PROVINCES, Row, units_2022

COLUMNS = ("new_commune_code", "district_code_2022", "district_name", "how")
CENTRE_COLUMNS = ("code", "lat", "lon", "source")


def groupings(folder: str) -> list[Row]:
    """One row per commune of 2025 that has predecessors in the four provinces, by code."""
    districts = {unit["code"]: unit["name"] for unit in units_2022() if unit["level"] == "district"}
    census = _census_2009(folder)
    predecessors: defaultdict[str, list[Row]] = defaultdict(list)
    for row in source_rows(OWN_FOLDER, "succession_2025.csv"):
        if row["old_province_code"] in FOUR_PROVINCES:
            predecessors[row["new_code"]].append(row)
    rows = []
    for code in sorted(predecessors):
        district, how = _former_district(code, predecessors[code], census)
        rows.append(dict(zip(COLUMNS, (code, district, districts[district], how), strict=True)))
    return rows


def _former_district(code: str, olds: list[Row], census: dict[str, int]) -> tuple[str, str]:
    wholes = [old for old in olds if old["kind"] == "whole"] or olds
    counts = Counter(old["old_district_code"] for old in wholes)
    (first, most), *others = counts.most_common()
    if not others:
        return first, "all its former communes"
    if others[0][1] < most:
        return first, f"most of its former communes ({most} of {len(wholes)})"
    if all(old["old_code"] in census for old in wholes):
        people: Counter[str] = Counter()
        for old in wholes:
            people[old["old_district_code"]] += census[old["old_code"]]
        return people.most_common()[0][0], "as many former communes from two districts: more people in 2009"
    seat = next((old["old_district_code"] for old in wholes if old["old_code"] == code), first)
    return seat, "as many former communes from two districts: the one whose code it keeps"


def _census_2009(folder: str) -> dict[str, int]:
    return {
        row["code"]: int(row["census2009_population"])
        for row in source_rows(folder, "admin_units.csv")
        if row["level"] == "commune" and row["structure"] == "3-tier" and row["census2009_population"]
    }


def centres(folder: str) -> list[Row]:
    """Centres of the communes of April 2022 of the four provinces, by code."""
    communes = {unit["code"] for unit in units_2022() if unit["level"] == "commune"}
    rows = source_rows(folder, "commune_centroids_2022.csv")
    return sorted((row for row in rows if row["code"] in communes), key=lambda row: row["code"])


def main(folder: str) -> str:
    """Write both files and say how many rows each has."""
    made = write("groupings_2025.csv", COLUMNS, groupings(folder))
    placed = write("commune_centres.csv", CENTRE_COLUMNS, centres(folder))
    return f"groupings_2025.csv: {made} communes; commune_centres.csv: {placed} centres"


if __name__ == "__main__":
    print(main(sys.argv[1]))
