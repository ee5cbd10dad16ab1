"""Make units_2022.csv and units_2025.csv from the package vietnamadminunits and changes_2022_2025.csv.

    python -m shared.reference.convert.units

The package's "legacy" set is that of 30/06/2025. For provinces 11, 12, 14 and 91 the set is taken back to
15/04/2022 with the changes listed in changes_2022_2025.csv; elsewhere it stays as it is and says so. No
coordinates are taken.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from shared.reference.convert.files import OWN_FOLDER, package_rows, package_source, source_rows, write

COLUMNS = ("level", "code", "name", "unit_type", "parent_code", "valid_from", "valid_to", "source")
LEVELS = ("province", "district", "commune")
FOUR_PROVINCES = ("11", "12", "14", "91")
AS_AT = "2022-04-15"
FOUR_FROM = "2021-11-01"  # the list of these provinces that was in force in April 2022 starts on this day
LAST_DAY_OF_DISTRICTS = "2025-06-30"
FIRST_DAY_OF_2025 = "2025-07-01"
UNIT_TYPES = ("Thành phố", "Thị trấn", "Đặc khu", "Phường", "Thị xã", "Huyện", "Tỉnh", "Quận", "Xã")

Row = dict[str, str]


def units_2022() -> list[Row]:
    """Provinces, districts and communes before 1/7/2025, by level and code."""
    legacy = package_rows(
        "admin_units_legacy",
        ("province", "provinceCode", "district", "districtCode", "ward", "wardCode"),
    )
    units: dict[tuple[str, str], Row] = {}
    for row in legacy:
        province = row["provinceCode"]
        levels = (
            ("province", province, row["province"], ""),
            ("district", row["districtCode"], row["district"], province),
            ("commune", row["wardCode"], row["ward"], row["districtCode"]),
        )
        for level, code, name, parent in levels:
            if code:
                units[level, code] = _unit_2022(level, code, name, parent, province)
    changes = source_rows(OWN_FOLDER, "changes_2022_2025.csv")
    for change in changes:
        units.pop((change["level"], change["code"]), None)
    for change in changes:
        if change["valid_from"] <= AS_AT <= change["valid_to"]:
            units[change["level"], change["code"]] = {column: change[column] for column in COLUMNS}
    return _ordered(units.values())


def units_2025() -> list[Row]:
    """Provinces and communes since 1/7/2025, by level and code."""
    units: dict[tuple[str, str], Row] = {}
    for row in package_rows("admin_units", ("province", "provinceCode", "ward", "wardCode")):
        province = row["provinceCode"]
        for level, code, name, parent in (
            ("province", province, row["province"], ""),
            ("commune", row["wardCode"], row["ward"], province),
        ):
            source = f"{package_source()} (set in force since 01/07/2025)"
            units[level, code] = _unit(level, code, name, parent, FIRST_DAY_OF_2025, "", source)
    return _ordered(units.values())


def _unit_2022(level: str, code: str, name: str, parent: str, province: str) -> Row:
    if province in FOUR_PROVINCES:
        source = f"{package_source()} (checked against the GSO list of April 2022)"
        return _unit(level, code, name, parent, FOUR_FROM, LAST_DAY_OF_DISTRICTS, source)
    source = f"{package_source()} (set in force on 30/06/2025)"
    return _unit(level, code, name, parent, "", LAST_DAY_OF_DISTRICTS, source)


def _unit(level: str, code: str, name: str, parent: str, first: str, last: str, source: str) -> Row:
    unit_type, name = _typed(name)
    return dict(zip(COLUMNS, (level, code, name, unit_type, parent, first, last, source), strict=True))


def _typed(name: str) -> tuple[str, str]:
    """Split off the type and set its capitals right ("Thị Xã Mường Lay" -> "Thị xã", "Thị xã Mường Lay")."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    for unit_type in UNIT_TYPES:
        if name.lower().startswith(unit_type.lower() + " "):
            return unit_type, unit_type + name[len(unit_type) :]
    raise LookupError(f"no known type of unit begins the name {name!r}")


def _ordered(units: Iterable[Row]) -> list[Row]:
    return sorted(units, key=lambda unit: (LEVELS.index(unit["level"]), unit["code"]))


def main() -> Iterator[str]:
    """Write both files and say how many units each has."""
    yield f"units_2022.csv: {write('units_2022.csv', COLUMNS, units_2022())} units"
    yield f"units_2025.csv: {write('units_2025.csv', COLUMNS, units_2025())} units"


if __name__ == "__main__":
    print("\n".join(main()))
