"""A seed from the empty database to fresh cells, all through the ledger's own acceptance."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text

from server.accounts.models import User
from server.indicators.refreshing import refresh
from server.ledger.accept import accept
from server.ledger.author import ServerAuthor
from server.ledger.batch import Sender
from server.ledger.models import EntryRow
from server.places.models import Place
from server.seed.affairs import write_affairs
from server.seed.amendment import write_amendment
from server.seed.commune import Hands, Tally, fill_commune, leave_stock, write_stock
from server.seed.fridge import Delivery, Fridge
from server.seed.land import Commune, District, Land, survey
from server.seed.plan import SeedPlan
from server.seed.programme import write_programme, write_targets
from server.seed.reports import write_reports
from server.seed.stores import Issues, StoreKeeper
from server.seed.supply import write_supply
from server.seed.users import DemoUser, demo_users, store_users
from server.seed.writing import Ids, Writer
from server.sync.projectors import PROJECTORS
from shared.clock import FixedClock
from shared.faults import Fault, Refused, fault
from shared.wire import PUSH_LIMIT

#: Told (people done, people in all) as the seed goes on.
Tell = Callable[[int, int], None]

#: Villages whose cells are counted in one transaction.
REFRESHED_TOGETHER = 200


@dataclass(slots=True)
class Seeded:
    """What a seed made."""

    communes: int = 0
    villages: int = 0
    people: int = 0
    doses: int = 0
    entries: int = 0
    users: int = 0


def is_empty(engine: Engine) -> bool:
    """Whether nothing was written to the database yet."""
    with engine.connect() as connection:
        return (
            connection.execute(select(EntryRow.id).limit(1)).first() is None
            and connection.execute(select(User.id).limit(1)).first() is None
        )


def seed(engine: Engine, plan: SeedPlan, tell: Tell = lambda done, total: None) -> Seeded:
    """Fill an empty, migrated database. Raises Refused (`seed.not_empty`) when it is not empty."""
    if not is_empty(engine):
        raise Refused(fault("seed.not_empty"))
    return _Seeding(engine, plan, tell).run()


class _Seeding:
    def __init__(self, engine: Engine, plan: SeedPlan, tell: Tell) -> None:
        self.engine, self.plan, self.tell = engine, plan, tell
        self.land = survey(plan)
        self.users = demo_users(plan, self.land)
        self.by_name = {user.username: user for user in self.users}
        self.made = Seeded(users=len(self.users))
        self.block = 0
        self.deliveries: list[tuple[District, str, Delivery]] = []

    def run(self) -> Seeded:
        plan, land = self.plan, self.land
        with self.engine.begin() as connection:
            store_users(connection, plan, self.users, plan.morning(-60).now())
        with self.engine.begin() as connection:
            write_programme(self._author(connection, "quantri"), plan, land, self._ids("programme"))
        people = _share_out(plan, land)
        tallies: dict[str, Tally] = {}
        done, total = 0, sum(people.values())
        issues: list[tuple[District, Issues, int]] = []
        for district in land.districts:
            issued: Issues = []
            team = self._writer(f"to.{district.unit.code}")
            team_fridge = Fridge(plan, Random(f"{plan.seed}/team/{district.unit.code}"))
            for commune in district.communes:
                tally = self._commune(commune, people[commune.id], team, team_fridge, issued)
                _add(tallies.setdefault(commune.current, Tally()), tally)
                done += people[commune.id]
                self.tell(done, total)
            self._team(district, team, team_fridge, issued)
            issues.append((district, issued, sum(people[c.id] for c in district.communes)))
        with self.engine.begin() as connection:
            manager = self._author(connection, "tinh")
            keeper = StoreKeeper(manager, plan, land, self._ids("stores"))
            for district, issued, inhabitants in issues:
                keeper.district(district, issued, inhabitants)
            keeper.province(total)
            manager.flush()
            write_targets(self._author(connection, "quantri"), plan, land, tallies, self._ids("targets"))
        with self.engine.begin() as connection:
            authors = partial(self._author_at, connection)
            write_affairs(authors, plan, land, self._ids("affairs"))
            write_amendment(connection, authors, plan, land, tallies, self._ids("amendment"))
            write_reports(connection, authors, plan, land, self._ids("reports"))
            write_supply(authors, plan, land, self.deliveries, self._ids("supply"))
        self._refresh()
        self._finish(tallies)
        return self.made

    def _commune(
        self, commune: Commune, people: int, team: Writer, team_fridge: Fridge, issued: Issues
    ) -> Tally:
        plan = self.plan
        own = self.by_name[f"tram.{commune.unit.code}"]
        hands = Hands(self._writer(own.username), team, self._workers(commune), own.silent_days)
        self.block += 1
        tally, fridge = fill_commune(plan, commune, people, hands, team_fridge, self.block)
        chance = Random(f"{plan.seed}/stock/{commune.unit.code}")
        last_day = -1 - own.silent_days
        leave_stock(fridge, chance, people, last_day)
        found = write_stock(plan, fridge, hands.station, commune.station, commune.district, chance, last_day)
        self._delivered(commune.district, commune.station, found, issued)
        self._send(hands.station, own.silent_days)
        for worker_writer, worker in {w.device: (w, u) for w, u in hands.workers.values()}.values():
            self._send(worker_writer, worker.silent_days)
        self._send(team, 0)
        return tally

    def _team(self, district: District, team: Writer, fridge: Fridge, issued: Issues) -> None:
        chance = Random(f"{self.plan.seed}/stock/team/{district.unit.code}")
        fridge.leave(2, -1)
        found = write_stock(self.plan, fridge, team, district.team, district, chance, -1)
        self._delivered(district, district.team, found, issued)
        self._send(team, 0)

    def _delivered(self, district: District, site: str, found: Iterable[Delivery], issued: Issues) -> None:
        for delivery in found:
            issued.append((site, delivery.holding, delivery.day, delivery.vials))
            self.deliveries.append((district, site, delivery))

    def _workers(self, commune: Commune) -> dict[str, tuple[Writer, DemoUser]]:
        """Village id -> who visits it, for the villages of workers with a phone."""
        found: dict[str, tuple[Writer, DemoUser]] = {}
        for village in commune.villages:
            worker = self.by_name.get(f"thon.{village.number}")
            if worker is not None and worker.phone:
                hand = (self._writer(worker.username), worker)
                found |= dict.fromkeys(worker.places, hand)
        return found

    def _writer(self, username: str) -> Writer:
        user = self.by_name[username]
        return Writer(user.id, user.role, user.device, self._ids(username))

    def _ids(self, name: str) -> Ids:
        self.block += 1
        return Ids(Random(f"{self.plan.seed}/ids/{name}"), self.block)

    def _author(self, connection: Connection, username: str) -> ServerAuthor:
        return self._author_at(connection, username, self.plan.morning())

    def _author_at(self, connection: Connection, username: str, clock: FixedClock) -> ServerAuthor:
        user = connection.execute(select(User).where(User.username == username)).one()
        return ServerAuthor(connection, user, clock, PROJECTORS)  # type: ignore[arg-type]

    def _send(self, writer: Writer, silent_days: int) -> None:
        """Push what was written, 1,000 at a time, as the phone did on the morning it was last heard of."""
        clock = self.plan.morning(-silent_days)
        sender = Sender(writer.device, writer.user, writer.role, lambda place: True)
        raw = writer.take()
        for start in range(0, len(raw), PUSH_LIMIT):
            with self.engine.begin() as connection:
                _accept_all(connection, sender, raw[start : start + PUSH_LIMIT], clock)

    def _refresh(self) -> None:
        with self.engine.connect() as connection:
            villages = sorted(connection.execute(select(Place.id).where(Place.level == "village")).scalars())
        self.made.villages = len(villages)
        for start in range(0, len(villages), REFRESHED_TOGETHER):
            with self.engine.begin() as connection:
                refresh(connection, villages[start : start + REFRESHED_TOGETHER], self.plan.morning())

    def _finish(self, tallies: dict[str, Tally]) -> None:
        with self.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
            self.made.entries = connection.execute(select(func.count()).select_from(EntryRow)).scalar_one()
        self.made.communes = len(self.land.communes)
        self.made.people = sum(tally.people for tally in tallies.values())
        self.made.doses = sum(tally.doses for tally in tallies.values())


def _accept_all(connection: Connection, sender: Sender, raw: list[dict[str, Any]], clock: FixedClock) -> None:
    answer = accept(connection, sender, raw, clock, PROJECTORS, offset_s=0)
    refused: list[Fault] = [found for arrival in answer.arrivals for found in arrival.faults]
    if refused:
        raise Refused(refused)


def _share_out(plan: SeedPlan, land: Land) -> dict[str, int]:
    """People each commune gets, in proportion to the last census; a small seed evens the communes out.

    The shares are of the whole province, also when only some of its communes are seeded.
    """
    power = 0.5 if plan.people < 100_000 else 1.0
    weights = {commune.id: commune.weight**power for commune in land.communes}
    everywhere = sum(commune.weight**power for commune in survey(replace(plan, communes=None)).communes)
    return {place: round(plan.people * weight / everywhere) for place, weight in weights.items()}


def _add(total: Tally, tally: Tally) -> None:
    total.people += tally.people
    total.doses += tally.doses
    for group, people in tally.groups.items():
        total.groups[group] = total.groups.get(group, 0) + people
