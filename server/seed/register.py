"""Households and persons of a village, as they stand after the reviews of the last months."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from server.seed.families import compose
from server.seed.land import Commune, Village
from server.seed.names import family_name, given_name, naming_of
from server.seed.peoples import people_of_household, shares
from server.seed.plan import SeedPlan
from server.seed.writing import Ids
from shared.reference import reasons

YEAR = 365.25

#: When the registers were made, in days before the seed's day.
REGISTERED = (-75, -20)

_LANES = ("Xóm Trên", "Xóm Dưới", "Xóm Suối", "Đầu bản", "Cuối bản", "Ngõ 1", "Ngõ 2", "Ngõ 3", "Bên suối")
_NOTES = (
    "Nhà có chó",
    "Đi nương cả ngày, đến sau 17 giờ",
    "Nhà trên dốc, không đi được xe máy",
    "Chìa khóa gửi hàng xóm",
)


@dataclass(slots=True)
class Member:
    """A person, as far as the rest of the seed asks: age in days on the seed's day, and what keeps them away.

    `entry` is the person's first entry, once written.
    """

    id: str
    age_days: int
    residence: str
    contraindicated: bool
    cannot_come: bool
    body: dict[str, Any]
    registered: date
    entry: str = ""

    @property
    def present(self) -> bool:
        """Whether they count as residents who are there."""
        return self.residence in ("permanent", "temporary", "staying")

    def years(self, offset: int = 0) -> int:
        """Complete years of age so many days after the seed's day."""
        return int((self.age_days + offset) / YEAR)


@dataclass(slots=True)
class Home:
    """A household of a village with its members."""

    id: str
    village: Village
    registered: int
    body: dict[str, Any]
    members: list[Member] = field(default_factory=list)


def settle(
    chance: Random, plan: SeedPlan, commune: Commune, village: Village, people: int, ids: Ids
) -> list[Home]:
    """Households of a village with about `people` members in all."""
    neighbours = list(shares(commune.unit))
    homes, settled = [], 0
    while settled < people:
        home = _home(chance, plan, commune, village, neighbours, ids)
        settled += len(home.members)
        homes.append(home)
    return homes


def _home(
    chance: Random, plan: SeedPlan, commune: Commune, village: Village, neighbours: list[str], ids: Ids
) -> Home:
    people = people_of_household(chance, village.people, neighbours)
    naming = naming_of(people, plan.province)
    family = family_name(chance, naming)
    registered = chance.randint(*REGISTERED)
    relatives = compose(chance, plan.province)
    body: dict[str, Any] = {"head_name": given_name(chance, naming, relatives[0][1], family)}
    if chance.random() < 0.6:
        body["lane"] = chance.choice(_LANES)
    phone = _phone(chance) if chance.random() < 0.66 else None
    if phone:
        body["phone"] = phone
    if chance.random() < 0.03:
        body["note"] = chance.choice(_NOTES)
    if chance.random() < 0.8:
        body["lat_e6"] = village.lat_e5 * 10 + chance.randint(-4_000, 4_000)
        body["lon_e6"] = village.lon_e5 * 10 + chance.randint(-4_000, 4_000)
    home = Home(ids.new(), village, registered, body)
    head = body["head_name"]
    for age, sex, relation in relatives:
        own = family if relation not in ("Vợ", "Chồng", "Mẹ") else family_name(chance, naming)
        name = head if relation == "Chủ hộ" else given_name(chance, naming, sex, own)
        home.members.append(_member(chance, plan, home, ids.new(), (age, sex, relation), name, people, phone))
    return home


def _member(
    chance: Random,
    plan: SeedPlan,
    home: Home,
    person: str,
    relative: tuple[int, str, str],
    name: str,
    people: str,
    home_phone: str | None,
) -> Member:
    age, sex, relation = relative
    draw = chance.random
    age_days = max(20, int((age + draw()) * YEAR))
    born = plan.today - timedelta(days=age_days)
    precision = "day"
    if draw() < (0.30 if age >= 55 and people != "01" else 0.06):
        precision, born = "year", born.replace(month=1, day=1)
        age_days = (plan.today - born).days
    registered = max(plan.day(home.registered), min(born + timedelta(days=5), plan.day(-14)))
    residence = _residence(chance, age)
    body: dict[str, Any] = {
        "household": home.id,
        "full_name": name,
        "birth_date": born.isoformat(),
        "birth_precision": precision,
        "sex": sex,
        "ethnic": people,
        "relation": relation,
        "residence": residence,
    }
    if residence != "permanent":
        body["residence_since"] = (registered - timedelta(days=chance.randint(0, 200))).isoformat()
    _papers(chance, body, plan.province, born, age, precision)
    if age >= 16:
        if draw() < 0.52:
            body["phone"] = home_phone if relation == "Chủ hộ" and home_phone else _phone(chance)
    elif draw() < 0.5:
        body["guardian_name"] = home.body["head_name"]
        if home_phone:
            body["guardian_phone"] = home_phone
    cannot_come = _health(chance, plan, body, age, sex, people, registered)
    contraindicated = age >= 12 and draw() < 0.009
    if contraindicated:
        body["contraindication"] = chance.choice(list(reasons("contraindication")))
    return Member(person, age_days, residence, contraindicated, cannot_come, body, registered)


def _residence(chance: Random, age: int) -> str:
    away = 0.09 if 17 <= age <= 40 else 0.015
    draw = chance.random()
    if draw < away:
        return "absent"
    if draw > 0.998:
        return "deceased" if age > 60 else "moved"
    if draw > 0.99:
        return "staying"
    return "temporary" if draw > 0.965 else "permanent"


def _papers(
    chance: Random, body: dict[str, Any], province: str, born: date, age: int, precision: str
) -> None:
    draw = chance.random()
    if draw < (0.075 if age >= 14 else 0.14):
        body["id_kind"] = "none"
    elif age >= 14 and precision == "year" and draw < 0.5:
        body["id_kind"], body["id_number"] = "cmnd", f"{chance.randrange(10**8, 10**9)}"
    else:
        body["id_kind"] = "cccd" if age >= 14 else "personal_code"
        century = 2 * (born.year // 100 - 19) + (body["sex"] == "female")
        body["id_number"] = f"0{province}{century}{born.year % 100:02}{chance.randrange(10**6):06}"


def _health(
    chance: Random, plan: SeedPlan, body: dict[str, Any], age: int, sex: str, people: str, registered: date
) -> bool:
    """Vulnerable groups, an infection of the winter, and whether the person cannot come to the point."""
    draw = chance.random
    groups = []
    if age >= 65:
        groups.append("elderly")
    if age >= 18 and draw() < (0.24 if age >= 60 else 0.045):
        groups.append("chronic")
    disabled = draw() < 0.009
    if disabled:
        groups.append("disabled")
    if sex == "female" and 18 <= age <= 41 and draw() < 0.035:
        groups.append("pregnant")
    if age < 16 and draw() < 0.004:
        groups.append("orphan")
    if people != "01":
        groups.append("minority")
    if groups:
        body["vulnerable"] = groups
    if age >= 3 and draw() < 0.2:
        infected = min(plan.day(chance.randint(-72, -14)), registered)
        if infected >= date.fromisoformat(body["birth_date"]):
            body["covid_on"] = infected.isoformat()
    if (disabled and draw() < 0.6) or (age >= 72 and draw() < 0.3) or (age >= 12 and draw() < 0.006):
        kind = "disabled" if disabled else "old" if age >= 72 else "far"
        body["cannot_come"] = "bedridden" if age >= 80 and draw() < 0.3 else kind
        return True
    return False


def _phone(chance: Random) -> str:
    return f"+84{chance.choice('35789')}{chance.randrange(10**8):08}"
