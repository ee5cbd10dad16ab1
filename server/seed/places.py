"""The land as `place` entries: every place with its versions before and after 1 July 2025."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from server.places.hierarchies import REFORM
from server.seed.land import Commune, District, Land, Village
from shared.reference import Unit, groupings_2025, interim_units, national_units

#: From when on the made-up villages, stations and stores stand.
SINCE = "2021-03-01"
LAST_DAY = (REFORM - timedelta(days=1)).isoformat()
FIRST_DAY = REFORM.isoformat()
MADE_UP = "dữ liệu mẫu / generated demo data"
INFERRED = "suy ra từ phần diện tích / inferred from shares of area"

Body = dict[str, Any]


def place_bodies(land: Land) -> Iterator[tuple[str, Body]]:
    """(place id, body) of every place, parents before children."""
    yield from _province(land)
    for district in land.districts:
        yield from _district(land, district)
    yield from _communes_of_2025(land)
    for commune in land.communes:
        yield from _commune(land, commune)


def _province(land: Land) -> Iterator[tuple[str, Body]]:
    first = _version(land.unit, None)
    if land.successor is None:
        first.pop("valid_to", None)
    yield land.id, {"level": "province", "versions": [first], "source": land.unit.source}
    if land.successor_id and land.successor:
        later = _version(land.successor, None)
        yield land.successor_id, {
            "level": "province", "versions": [later], "succeeds": [land.id], "source": land.successor.source,
        }  # fmt: skip
    store = _twice(f"Kho CDC {_lower(land.unit.name)}", "Kho", land.id, land.successor_id or land.id)
    yield land.store, {"level": "store", "versions": store, "source": MADE_UP}


def _district(land: Land, district: District) -> Iterator[tuple[str, Body]]:
    bare = district.unit.name.removeprefix(f"{district.unit.unit_type} ")
    area = {"valid_from": FIRST_DAY, "name": f"Khu vực {bare}", "unit_type": "Khu vực y tế"}
    area["health_parent"] = land.successor_id or land.id
    versions = [*_until_the_reform(district.unit, land.id), area]
    yield district.id, {"level": "district", "versions": versions, "source": district.unit.source}
    name = _lower(district.unit.name)
    for place, level, title, kind in (
        (district.store, "store", f"Kho TTYT {name}", "Kho"),
        (district.team, "team", f"Tổ tiêm lưu động {name}", "Tổ lưu động"),
    ):
        body: Body = {
            "level": level,
            "versions": _twice(title, kind, district.id, district.id),
            "source": MADE_UP,
        }
        if level == "team":
            body["serves"] = district.served()
        yield place, body


def _communes_of_2025(land: Land) -> Iterator[tuple[str, Body]]:
    units = {unit.code: unit for unit in national_units(2025) if unit.level == "commune"}
    former: dict[tuple[str, str], list[Commune]] = {}
    for commune in land.communes:
        for successor in commune.successors.items():
            former.setdefault(successor, []).append(commune)
    for (place, code), communes in former.items():
        unit = units[code]
        version = _version(unit, land.successor_id or land.id)
        version["health_parent"] = _main_district(code, communes).id
        yield (
            place,
            {
                "level": "commune",
                "versions": [version],
                "succeeds": sorted(commune.id for commune in communes),
                "lat_e5": sum(commune.lat_e5 for commune in communes) // len(communes),
                "lon_e5": sum(commune.lon_e5 for commune in communes) // len(communes),
                "source": unit.source,
            },
        )


def _main_district(new_code: str, communes: list[Commune]) -> District:
    """The former district a commune of 2025 mostly came from, as groupings_2025.csv says, among those seeded."""
    code = groupings_2025()[new_code].district_code_2022
    return next((c.district for c in communes if c.district.unit.code == code), communes[0].district)


def _commune(land: Land, commune: Commune) -> Iterator[tuple[str, Body]]:
    yield (
        commune.id,
        {
            "level": "commune",
            "versions": _until_the_reform(commune.unit, commune.district.id),
            "lat_e5": commune.lat_e5,
            "lon_e5": commune.lon_e5,
            "source": commune.unit.source,
        },
    )
    for village in commune.villages:
        yield village.id, _village(commune, village)
    title = f"Trạm Y tế {_lower(commune.unit.name)}"
    yield (
        commune.station,
        {
            "level": "station",
            "versions": _twice(title, "Trạm y tế", commune.id, commune.successor),
            "serves": [village.id for village in commune.villages],
            "lat_e5": commune.lat_e5,
            "lon_e5": commune.lon_e5,
            "source": MADE_UP,
        },
    )


def _until_the_reform(unit: Unit, parent: str) -> list[Body]:
    """A district or commune through 30/06/2025. One that ended before stays as the area of its villages: no document
    seen says which commune each of them fell to in between, and a village belongs somewhere on every day.
    """
    first = _version(unit, parent)
    if unit.valid_to is None or unit.valid_to.isoformat() >= LAST_DAY:
        return [first]
    since = (unit.valid_to + timedelta(days=1)).isoformat()
    later: Body = {"valid_from": since, "valid_to": LAST_DAY, "parent": parent}
    interim = interim_units().get((unit.level, unit.code))
    if interim is not None:
        later |= {"name": interim.name, "unit_type": interim.unit_type, "code": interim.code}
    else:
        later |= {"name": f"Địa bàn {_lower(unit.name)} cũ", "unit_type": "Địa bàn cũ"}
    return [first, later]


def _village(commune: Commune, village: Village) -> Body:
    return {
        "level": "village",
        "versions": _twice(village.name, village.unit_type, commune.id, village.successor),
        "lat_e5": village.lat_e5,
        "lon_e5": village.lon_e5,
        "source": MADE_UP if len(commune.successors) == 1 else f"{MADE_UP}; {INFERRED}",
    }


def _version(unit: Unit, parent: str | None) -> Body:
    version = {
        "valid_from": unit.valid_from.isoformat() if unit.valid_from else SINCE,
        "name": unit.name,
        "unit_type": unit.unit_type,
        "code": unit.code,
    }
    if unit.valid_to:
        version["valid_to"] = unit.valid_to.isoformat()
    if parent:
        version["parent"] = parent
    return version


def _twice(name: str, unit_type: str, before: str, after: str) -> list[Body]:
    """One version, or two when the parent changed on 1/7/2025."""
    first = {"valid_from": SINCE, "name": name, "unit_type": unit_type, "parent": before}
    if before == after:
        return [first]
    return [first | {"valid_to": LAST_DAY}, first | {"valid_from": FIRST_DAY, "parent": after}]


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
