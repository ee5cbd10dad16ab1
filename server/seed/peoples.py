"""Which peoples live where, in plausible shares (codes of ethnic_groups.csv). Shares are estimates for made-up data."""

from random import Random

from shared.reference import Unit

TOWNS = ("Phường", "Thị trấn")

#: District code -> ethnic group -> share in hundredths, of the villages outside the towns.
_BY_DISTRICT: dict[str, dict[str, int]] = {
    "105": {"08": 30, "03": 25, "25": 20, "01": 20, "09": 5},
    "106": {"08": 32, "09": 20, "03": 17, "25": 10, "42": 9, "37": 7, "01": 5},
    "107": {"35": 34, "41": 27, "03": 22, "08": 6, "45": 5, "48": 3, "50": 3},
    "108": {"08": 33, "09": 27, "03": 27, "42": 7, "29": 3, "45": 3},
    "109": {"09": 38, "08": 27, "03": 21, "35": 8, "25": 4, "01": 2},
    "110": {"03": 70, "08": 16, "01": 8, "09": 3, "29": 3},
    "111": {"03": 50, "08": 24, "01": 12, "29": 6, "25": 4, "09": 4},
    "112": {"03": 42, "08": 24, "45": 14, "29": 8, "35": 7, "48": 5},
    "899": {"01": 88, "04": 7, "05": 5},
    "900": {"01": 84, "05": 9, "04": 7},
    "905": {"01": 62, "05": 34, "04": 4},
    "906": {"01": 80, "05": 19, "04": 1},
    "907": {"01": 68, "05": 31, "04": 1},
}
_KIEN_GIANG = {"01": 88, "05": 10, "04": 2}
_LAI_CHAU = {"03": 34, "08": 26, "09": 16, "01": 12, "35": 5, "25": 4, "42": 3}
_TOWN_LAI_CHAU = {"01": 62, "03": 22, "08": 7, "25": 6, "09": 3}
_TOWN_KIEN_GIANG = {"01": 88, "04": 7, "05": 5}

#: How many in a hundred households of a village belong to its own people; the others are Kinh or neighbours.
OWN_PEOPLE = 92


def shares(commune: Unit) -> dict[str, int]:
    """Ethnic group -> weight, for the villages of a commune."""
    town = commune.unit_type in TOWNS
    if commune.province_code == "91":
        return _TOWN_KIEN_GIANG if town else _BY_DISTRICT.get(commune.parent_code or "", _KIEN_GIANG)
    return _TOWN_LAI_CHAU if town else _BY_DISTRICT.get(commune.parent_code or "", _LAI_CHAU)


def people_of_village(chance: Random, commune: Unit) -> str:
    """The people most of a village belong to."""
    weights = shares(commune)
    return chance.choices(list(weights), list(weights.values()))[0]


def people_of_household(chance: Random, own: str, neighbours: list[str]) -> str:
    """The people a household belongs to: nearly always the village's own."""
    return own if chance.random() * 100 < OWN_PEOPLE else chance.choice(neighbours)
