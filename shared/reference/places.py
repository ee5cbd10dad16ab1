"""National places: units before and after 1 July 2025, what became of each, former districts, centres.

The set of 2022 is that of 15/04/2022 for the four provinces 11, 12, 14 and 91. For the rest of the country
it is the set of 30/06/2025, the last day of the districts; the column `source` of each unit says which.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import takewhile

from shared.reference.tables import day, rows, whole

YEARS = (2022, 2025)


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative unit. `code` is the GSO code: unique in one level of one set, reused between sets."""

    level: str  # province | district | commune
    code: str
    name: str  # with its type: "Xã Hua Bum"
    unit_type: str  # Tỉnh, Thành phố, Huyện, Quận, Thị xã, Xã, Phường, Thị trấn, Đặc khu
    parent_code: str | None
    province_code: str
    valid_from: date | None  # None: not known
    valid_to: date | None  # the last day; None: still in force
    source: str


@dataclass(frozen=True, slots=True)
class Succession:
    """One commune of before 1/7/2025 and the commune that took it over, wholly or in part."""

    old_code: str  # "" for the five island districts that had no communes
    old_name: str
    old_district_code: str
    old_province_code: str
    new_code: str
    new_name: str
    new_province_code: str
    kind: str  # whole | part
    as_of: date  # the day at which the old unit is described
    source: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Which share of an old commune's area a new one took over (0 to 1), measured on two boundary layers."""

    old_code: str
    new_code: str
    area_share: float
    source: str


@dataclass(frozen=True, slots=True)
class Grouping:
    """The former district that a commune of 2025 mostly came from."""

    new_commune_code: str
    district_code_2022: str
    district_name: str
    how: str


@dataclass(frozen=True, slots=True)
class Centre:
    """The centre of a commune's largest part, in degrees (EPSG:4326)."""

    code: str
    lat: float
    lon: float
    source: str


@dataclass(frozen=True, slots=True)
class PopulationFigure:
    """A published number of inhabitants of a unit, with what is known of its quality."""

    year: int  # of the count: 2009 | 2025
    level: str
    code: str
    unit_set: int  # the set the code belongs to: 2022 | 2025
    people: int
    quality: str
    source: str


@cache
def national_units(year: int, province_code: str | None = None) -> tuple[Unit, ...]:
    """Units of the set of `year` (2022 or 2025): provinces, then districts, then communes, each by code.

    With a province code, that province and everything in it. Raises KeyError for another year.
    """
    if year not in YEARS:
        raise KeyError(f"there is no set of units for {year}: only {YEARS}")
    if province_code is not None:
        return tuple(unit for unit in national_units(year) if unit.province_code == province_code)
    return tuple(_units(f"units_{year}.csv"))


@cache
def province_codes_2022() -> frozenset[str]:
    """GSO codes of the 63 provinces before 1/7/2025, as in identity numbers, without loading every unit."""
    return frozenset(
        row["code"] for row in takewhile(lambda row: row["level"] == "province", rows("units_2022.csv"))
    )


@cache
def successions(province_code: str | None = None) -> tuple[Succession, ...]:
    """What became of each commune on 1/7/2025, by old code; `province_code` is that of the old province."""
    if province_code is not None:
        return tuple(each for each in successions() if each.old_province_code == province_code)
    return tuple(
        Succession(**(row | {"as_of": date.fromisoformat(row["as_of"])}))  # type: ignore[arg-type]
        for row in rows("succession_2025.csv")
    )


@cache
def overlaps() -> dict[tuple[str, str], Overlap]:
    """(old code, new code) -> the share, for the communes of the four provinces."""
    return {
        (row["old_code"], row["new_code"]): Overlap(
            row["old_code"], row["new_code"], float(row["area_share"]), row["source"]
        )
        for row in rows("overlap_2025.csv")
    }


@cache
def interim_units() -> dict[tuple[str, str], Unit]:
    """(level, code) -> the unit under this code on 30/06/2025, where it changed since 15/04/2022 (four provinces)."""
    since = date(2022, 4, 15)
    changed = _units("changes_2022_2025.csv")
    return {(unit.level, unit.code): unit for unit in changed if unit.valid_from and unit.valid_from > since}


@cache
def groupings_2025() -> dict[str, Grouping]:
    """New commune code -> the former district it mostly came from, for the communes of the four provinces."""
    return {row["new_commune_code"]: Grouping(**row) for row in rows("groupings_2025.csv")}


@cache
def commune_centres() -> dict[str, Centre]:
    """Commune code -> centre, for the communes of the four provinces before 1/7/2025."""
    return {
        row["code"]: Centre(row["code"], float(row["lat"]), float(row["lon"]), row["source"])
        for row in rows("commune_centres.csv")
    }


@cache
def population_figures(year: int) -> dict[tuple[str, str], PopulationFigure]:
    """(level, code) -> published figure of `year` (2009 or 2025); units without a figure are left out."""
    return {
        (row["level"], row["code"]): PopulationFigure(
            year=int(row["year"]),
            level=row["level"],
            code=row["code"],
            unit_set=int(row["unit_set"]),
            people=int(row["people"]),
            quality=row["quality"],
            source=row["source"],
        )
        for row in rows("population_figures.csv")
        if whole(row["year"]) == year
    }


def _units(filename: str) -> Iterator[Unit]:
    province_of_district: dict[str, str] = {}
    for row in rows(filename):
        level, code, parent = row["level"], row["code"], row["parent_code"]
        province = code if level == "province" else province_of_district.get(parent, parent)
        if level == "district":
            province_of_district[code] = province
        yield Unit(
            level=level,
            code=code,
            name=row["name"],
            unit_type=row["unit_type"],
            parent_code=parent or None,
            province_code=province,
            valid_from=day(row["valid_from"]),
            valid_to=day(row["valid_to"]),
            source=row["source"],
        )
