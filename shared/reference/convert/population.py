"""Make population_figures.csv: published figures of four provinces' units, with their quality and source.

    python -m shared.reference.convert.population FOLDER

FOLDER holds admin_units.csv. No source gives figures of 2022: only the census of 2009 (incomplete) and
figures of 2025 (poor quality). Nothing is filled in.
"""

import sys
from collections.abc import Iterator

from shared.reference.convert.files import source_rows, write
from shared.reference.convert.units import AS_AT, LAST_DAY_OF_DISTRICTS, Row

COLUMNS = ("year", "level", "code", "unit_set", "people", "quality", "source")
CENSUS_SOURCE = "census 2009 via github choisy/censusVN2009 (MIT)"


def figures(folder: str) -> list[Row]:
    """One row per unit and year that has a figure, by year, level and code."""
    found = {(row["year"], row["level"], row["code"], row["unit_set"]): row for row in _figures(folder)}
    return [found[key] for key in sorted(found)]


def _figures(folder: str) -> Iterator[Row]:
    for unit in source_rows(folder, "admin_units.csv"):
        in_2022 = unit["valid_from"] <= AS_AT and (not unit["valid_to"] or unit["valid_to"] >= AS_AT)
        if unit["census2009_population"] and in_2022:
            yield _figure(unit, "2009", "2022", "census2009_population", "census; incomplete", CENSUS_SOURCE)
        in_2025 = not unit["valid_to"] or unit["valid_to"] > LAST_DAY_OF_DISTRICTS
        unit_set = "2025" if in_2025 else "2022"
        if unit["population"] and (in_2025 or in_2022):
            yield _figure(
                unit, "2025", unit_set, "population", unit["population_quality"], unit["population_source"]
            )


def _figure(unit: Row, year: str, unit_set: str, column: str, quality: str, source: str) -> Row:
    values = (year, unit["level"], unit["code"], unit_set, unit[column], quality, source)
    return dict(zip(COLUMNS, values, strict=True))


def main(folder: str) -> str:
    """Write the file and say how many figures it has."""
    return f"population_figures.csv: {write('population_figures.csv', COLUMNS, figures(folder))} figures"


if __name__ == "__main__":
    print(main(sys.argv[1]))
