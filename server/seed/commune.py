"""Everything that happened in one commune, written in the names of its station, its workers and the team."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from server.seed.courses import Campaign, Given
from server.seed.fridge import Delivery, Fridge
from server.seed.land import Commune, District
from server.seed.plan import SeedPlan
from server.seed.register import Home, Member, settle
from server.seed.safety import observe, screen, watch
from server.seed.sessions import Sessions, dose_body
from server.seed.users import DemoUser
from server.seed.visits import visit_days, write_visit
from server.seed.writing import Ids, Writer
from shared.reference import AgeGroup, age_groups
from shared.rules.ages import in_group

#: Age groups whose people a commune's population return states.
GROUPS = ("A18", "A12_17", "A05_11", "A03_04")


@dataclass(slots=True)
class Tally:
    """What the seed of a commune made: people present by age group on the due date, and all of them."""

    people: int = 0
    doses: int = 0
    groups: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Hands:
    """Who writes in a commune: station, team, and the worker of each village that has one with a phone."""

    station: Writer
    team: Writer
    workers: dict[str, tuple[Writer, DemoUser]]
    silent_days: int


def fill_commune(
    plan: SeedPlan, commune: Commune, people: int, hands: Hands, team_fridge: Fridge, block: int
) -> tuple[Tally, Fridge]:
    """Write a commune with about `people` people; what was made, and the station's fridge as it stands."""
    chance = Random(f"{plan.seed}/{commune.unit.code}")
    ids = Ids(chance, block)
    fridge = Fridge(plan, chance)
    campaign = Campaign(chance, plan, people, -1 - hands.silent_days)
    homes = _settle_all(chance, plan, commune, people, ids)
    courses = [(home, [(member, campaign.course(member)) for member in home.members]) for home in homes]
    sessions = Sessions(commune, ids, frozenset(commune.district.served()))
    attended = [
        (home, [(member, [(given, sessions.attend(member, home.village.id, given)) for given in course])
                for member, course in members])
        for home, members in courses
    ]  # fmt: skip
    writers = {False: hands.station, True: hands.team}
    sessions.write(plan, chance, writers, {False: fridge, True: team_fridge})
    tally = Tally()
    reach = chance.uniform(0.55, 0.97)
    luck = Random(f"{plan.seed}/safety/{commune.unit.code}")
    eyes = Random(f"{plan.seed}/observation/{commune.unit.code}")
    for home, members in attended:
        _write_home(hands.station, plan, home)
        for member, course in members:
            for given, session in course:
                cautious = chance.random() < 0.05 or (member.years() >= 65 and chance.random() < 0.3)
                body = dose_body(session, given, cautious)
                writer = writers[session.mobile]
                dose = writer.write("dose", member.id, session.site, plan.day(given[1]), body)
                reacted = watch(writer, luck, plan, member, session.site, given[1], dose)
                observe(writer, eyes, plan, member, session, dose, reacted=reacted)
                tally.doses += 1
            _correct_register(hands.station, chance, plan, home, member)
        lacking = {member.id for member, course in members if _lacks(member, [given for given, _ in course])}
        for member, _ in members:
            if member.id in lacking and member.present:
                screen(hands.station, luck, plan, member, commune.station, -1 - hands.silent_days)
        _visit(chance, plan, hands, home, reach, lacking)
    _count_people(plan, homes, tally)
    return tally, fridge


def _settle_all(chance: Random, plan: SeedPlan, commune: Commune, people: int, ids: Ids) -> list[Home]:
    weights = [chance.uniform(0.6, 1.6) for _ in commune.villages]
    return [
        home
        for village, weight in zip(commune.villages, weights, strict=True)
        for home in settle(chance, plan, commune, village, round(people * weight / sum(weights)), ids)
    ]


def _write_home(writer: Writer, plan: SeedPlan, home: Home) -> None:
    writer.write("household", home.id, home.village.id, plan.day(home.registered), home.body)
    for member in home.members:
        member.entry = writer.write("person", member.id, home.village.id, member.registered, member.body)


def _correct_register(writer: Writer, chance: Random, plan: SeedPlan, home: Home, member: Member) -> None:
    """Now and then something about a person was changed later: papers came, or the person went away to work."""
    if chance.random() > 0.015:
        return
    on = max(member.registered, plan.day(-14))
    changed: dict[str, Any] = {"phone": f"+849{chance.randrange(10**8):08}"}
    if member.body["id_kind"] == "none" and member.years() >= 14:
        changed = {"id_kind": "cccd", "id_number": f"0{plan.province}{chance.randrange(10**9):09}"}
    writer.write("person", member.id, home.village.id, on, changed, based_on=(member.entry,))


def _lacks(member: Member, course: list[Given]) -> bool:
    """Whether a person of 12 or over still lacks what the plan asks for."""
    had = {dose_type for dose_type, _, _ in course}
    if member.contraindicated or member.years() < 12:
        return False
    return ("booster_1" if member.years() >= 18 else "primary_2") not in had


def _visit(chance: Random, plan: SeedPlan, hands: Hands, home: Home, reach: float, lacking: set[str]) -> None:
    writer, silent_days = hands.station, hands.silent_days
    if home.village.id in hands.workers:
        writer, worker = hands.workers[home.village.id]
        silent_days = worker.silent_days
    for day in visit_days(chance, home, reach, -1 - silent_days):
        write_visit(writer, chance, plan, home, day, lacking)


def _count_people(plan: SeedPlan, homes: list[Home], tally: Tally) -> None:
    groups: dict[str, AgeGroup] = {code: age_groups()[code] for code in GROUPS}
    tally.groups = dict.fromkeys(GROUPS, 0)
    for home in homes:
        tally.people += len(home.members)
        for member in home.members:
            if not member.present:
                continue
            born = date.fromisoformat(member.body["birth_date"])
            for code, group in groups.items():
                if in_group(born, group, plan.due_on):
                    tally.groups[code] += 1


def leave_stock(fridge: Fridge, chance: Random, people: int, last_day: int) -> None:
    """What stands in a station's fridge on the seed's day beside what its sessions left over."""
    scale = people // 250
    fridge.leave(scale, last_day)
    if chance.random() < 0.3:
        fridge.keep("PFZ_CHILD", "FT4821", "thawed", -14, chance.randint(1, 4 + scale), -14)
    if chance.random() < 0.12:
        fridge.keep("PFZ_ADULT", "FK0112", "quarantined", None, chance.randint(1, 5), -118)
    if chance.random() < 0.25:
        fridge.keep("AZ", "NM0084", "chilled", None, chance.randint(1, 3 + scale), -70)
    if chance.random() < 0.3:
        fridge.keep("VERO", "202109B2715", "chilled", None, chance.randint(1, 20 + scale), -100)
    if chance.random() < 0.35:
        fridge.keep("ABDALA", "AB22013", "chilled", None, chance.randint(1, 4 + scale), -30)
    fridge.keep("ADRENALIN", "020921", "chilled", None, chance.randint(5, 20), -120)
    if chance.random() < 0.8:
        fridge.keep(
            "TEST_AG", chance.choice(("QMH1221", "QMH0322")), "chilled", None, chance.randint(5, 60), -30
        )


def write_stock(
    plan: SeedPlan,
    fridge: Fridge,
    writer: Writer,
    site: str,
    district: District,
    chance: Random,
    last_day: int,
) -> list[Delivery]:
    """Write a site's movements and perhaps a count; what the district's store delivered."""
    issued = []
    for number, (holding, day, body) in enumerate(fridge.movements(district.store), 1):
        if body["reason"] == "received":
            body["document"] = f"PX {district.unit.code}-{number:03}"
            left = fridge.holdings[holding].left
            issued.append(Delivery(holding, day, body["vials"], left, body["document"]))
        writer.write("stock_movement", holding.lot.id, site, plan.day(day), body)
    if chance.random() < 0.75:
        on = min(last_day, -chance.randint(1, 12))
        if lines := fridge.counted(on):
            writer.write("stock_count", site, site, plan.day(on), {"lines": lines})
    return issued
