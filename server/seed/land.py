"""The land a seed stands on: real districts and communes of 2022, made-up villages, a station each, teams, stores."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from server.seed.peoples import TOWNS, people_of_village
from server.seed.plan import SIZES, SeedPlan
from server.seed.villages import village_name, village_type
from shared.identifiers import named_id
from shared.reference import Unit, commune_centres, national_units, overlaps, population_figures, successions

#: Villages a mobile team goes to: a phone keeps them all.
TEAM_VILLAGES = 60

#: People of a commune without a census figure, before scaling.
USUAL_PEOPLE = {"Xã": 3_500, "Phường": 6_000, "Thị trấn": 5_000}


@dataclass(slots=True)
class Village:
    """A village; `people` is the ethnic group (code) most of it belongs to."""

    id: str
    number: str
    name: str
    unit_type: str
    people: str
    lat_e5: int
    lon_e5: int
    successor: str = ""


@dataclass(slots=True)
class Commune:
    """A commune of 2022. `current` is the place that governs its villages on the seed's day.

    `successor` took over the largest part of it, `successors` all its parts (place -> GSO code); which one a
    village fell to stands at the village.
    """

    unit: Unit
    id: str
    successor: str
    successors: dict[str, str]
    current: str
    district: "District"
    station: str
    lat_e5: int
    lon_e5: int
    weight: int
    villages: list[Village] = field(default_factory=list)


@dataclass(slots=True)
class District:
    """A district of 2022, from 1/7/2025 an area of health management only."""

    unit: Unit
    id: str
    team: str
    store: str
    communes: list[Commune] = field(default_factory=list)

    def served(self) -> list[str]:
        """Villages its mobile team goes to: those of the communes outside the towns, in turn, the remotest first."""
        rural = [c for c in self.communes if c.unit.unit_type not in TOWNS] or self.communes
        remotest = [list(reversed(c.villages)) for c in rural]
        most = max((len(found) for found in remotest), default=0)
        in_turn = [found[n].id for n in range(most) for found in remotest if n < len(found)]
        return in_turn[:TEAM_VILLAGES]


@dataclass(slots=True)
class Land:
    """The province with all in it. `id` is its stream; `successor` the province it became a part of, or None."""

    unit: Unit
    id: str
    successor: Unit | None
    store: str
    districts: list[District]

    @property
    def communes(self) -> list[Commune]:
        """Its communes, district by district."""
        return [commune for district in self.districts for commune in district.communes]

    @property
    def successor_id(self) -> str | None:
        """The place of the province it became a part of."""
        return named_id("place", "2025", "province", self.successor.code) if self.successor else None

    def villages(self) -> Iterator[tuple[Commune, Village]]:
        """Every village with its commune."""
        for commune in self.communes:
            for village in commune.villages:
                yield commune, village


def survey(plan: SeedPlan) -> Land:
    """The land of a plan; the same plan gives the same land."""
    units = national_units(2022, plan.province)
    province = units[0]
    provinces_2025 = {unit.code: unit for unit in national_units(2025) if unit.level == "province"}
    later = provinces_2025[successions(plan.province)[0].new_province_code]
    land = Land(
        province,
        named_id("place", "2022", "province", province.code),
        None if later.name == province.name else later,
        named_id("place", "2022", "store", "province", province.code),
        [],
    )
    by_code: dict[str, District] = {}
    for unit in units:
        if unit.level == "district":
            district = District(
                unit,
                named_id("place", "2022", "district", unit.code),
                named_id("place", "2022", "team", unit.code),
                named_id("place", "2022", "store", unit.code),
            )
            by_code[unit.code] = district
            land.districts.append(district)
    for unit in _wanted(units, plan.communes):
        district = by_code[unit.parent_code or ""]
        district.communes.append(_commune(plan, unit, district))
    land.districts = [district for district in land.districts if district.communes]
    return land


def _wanted(units: tuple[Unit, ...], most: int | None) -> list[Unit]:
    """The communes of the seed; with a limit those of the first districts, whole as far as it reaches."""
    communes = [unit for unit in units if unit.level == "commune"]
    communes.sort(key=lambda unit: (unit.parent_code or "", unit.code))
    return communes[:most]


def _commune(plan: SeedPlan, unit: Unit, district: District) -> Commune:
    shares = _shares(plan, unit)
    commune_id = named_id("place", "2022", "commune", unit.code)
    successors = {named_id("place", "2025", "commune", code): code for code in shares}
    successor = next(
        place for place, code in successors.items() if code == max(shares, key=lambda c: shares[c])
    )
    centre = commune_centres()[unit.code]
    figure = population_figures(2009).get(("commune", unit.code))
    commune = Commune(
        unit,
        commune_id,
        successor,
        successors,
        successor if plan.reformed else commune_id,
        district,
        named_id("place", "2022", "station", unit.code),
        round(centre.lat * 100_000),
        round(centre.lon * 100_000),
        figure.people if figure else USUAL_PEOPLE[unit.unit_type],
    )
    chance = Random(f"{plan.seed}/land/{unit.code}")
    taken: set[str] = set()
    for number in range(1, chance.randint(*SIZES[plan.size].villages) + 1):
        people = people_of_village(chance, unit)
        name = village_name(chance, unit, people, number, taken)
        commune.villages.append(
            Village(
                named_id("place", "2022", "village", unit.code, str(number)),
                f"{unit.code}.{number}",
                name,
                village_type(unit, name),
                people,
                commune.lat_e5 + chance.randint(-2_600, 2_600),
                commune.lon_e5 + chance.randint(-2_600, 2_600),
            )
        )
    _part(commune, shares)
    return commune


def _shares(plan: SeedPlan, unit: Unit) -> dict[str, float]:
    """Code of each commune that took this one over -> the share of its area; of one alone, all."""
    codes = [each.new_code for each in successions(plan.province) if each.old_code == unit.code]
    return {code: overlaps()[unit.code, code].area_share if len(codes) > 1 else 1.0 for code in codes}


def _part(commune: Commune, shares: dict[str, float]) -> None:
    """Which successor each village fell to: from west to east, as many as its share of the area."""
    places = list(commune.successors)
    villages = sorted(commune.villages, key=lambda v: (v.lon_e5, v.lat_e5, v.id))
    cuts = [sum(list(shares.values())[: n + 1]) / sum(shares.values()) for n in range(len(places))]
    for number, village in enumerate(villages):
        middle = (number + 0.5) / len(villages)
        village.successor = next(
            place for place, cut in zip(places, cuts, strict=True) if middle < cut + 1e-9
        )
