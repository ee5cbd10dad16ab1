"""A commune's day made by hand: doses, vials, a visit, a screening, a reaction; and the desks that report on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Connection, select

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.places.tree import Tree
from server.reports.closing import close, standing_closes
from server.reports.counting import count
from server.reports.layouts import layout_of
from server.reports.restating import Restated, compare, restate, restatements
from server.reports.sending import send
from server.reports.standing import Sent, sent_reports
from server.reports.units import Unit, unit_of, units_under
from server.reports.watching import units_closed
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from shared.clock import FixedClock
from shared.identifiers import new_id
from shared.reporting.counting import Rows
from shared.reporting.drafts import Draft, draft
from shared.reporting.layouts import Layout
from shared.rules.periods import Period, period_of
from tests.server.world import TODAY, World

#: A day on which the small province gave no dose by itself.
DAY = date(2022, 3, 20)
PERIOD = period_of("day", DAY)
VACCINE = "PFZ_ADULT"


@dataclass
class Commune:
    """A commune with its station, and hands to write with. Everything happens in the app's context."""

    app: Flask
    world: World

    @property
    def id(self) -> str:
        return self.world.communes[0]

    @property
    def station(self) -> str:
        return self.world.stations[self.id]

    @property
    def village(self) -> str:
        return self.world.villages[self.id][0]

    @property
    def people(self) -> list[str]:
        return [person for village in self.world.villages[self.id] for person in self.world.persons[village]]

    @property
    def district(self) -> str:
        return str(self.unit.district_id)

    @property
    def connection(self) -> Connection:
        return db.session.connection()

    @property
    def tree(self) -> Tree:
        return Tree.load(self.connection, TODAY)

    @property
    def unit(self) -> Unit:
        return unit_of(self.tree, self.id)

    @property
    def units(self) -> list[Unit]:
        return units_under(self.tree, self.district)

    @property
    def layout(self) -> Layout:
        return layout_of(self.connection, self.world.province, "PL5_43")

    def hand(self, username: str = "", later: timedelta = timedelta(0)) -> ServerAuthor:
        """Someone's hand; `later` than the app's clock."""
        name = username or next(n for n in self.world.users if n.startswith(f"tram.{self.station[:6]}"))
        user = db.session.scalars(select(User).where(User.username == name)).one()
        clock = FixedClock(current_settings().clock.now() + later)
        return ServerAuthor(self.connection, user, clock, PROJECTORS)

    def dose(
        self, person: str, dose_type: str = "booster_1", *, later: timedelta = timedelta(0), **body: Any
    ) -> str:
        """Give a dose; the id of its entry."""
        made = new_id()
        hand = self.hand(later=later)
        told = {
            "vaccine": VACCINE, "dose_type": dose_type, "screening": "eligible", "lot": self.world.lots[0],
        } | body  # fmt: skip
        hand.write("dose", subject=person, place=self.station, body=told, occurred_on=DAY, entry_id=made)
        hand.flush()
        return made

    def write(self, kind: str, subject: str, place: str, body: dict[str, Any], **rest: Any) -> str:
        made = new_id()
        hand = self.hand()
        hand.write(kind, subject=subject, place=place, body=body, occurred_on=DAY, entry_id=made, **rest)
        hand.flush()
        return made

    def use(self, vials: int, reason: str = "administered") -> str:
        """Take vials of the first lot off the stock."""
        body = {"state": "frozen", "vials": -vials, "reason": reason}
        return self.write("stock_movement", self.world.lots[0], self.station, body)

    def visit(self, **outcomes: str) -> str:
        """A visit with an outcome for the n-th person: p0="refused"."""
        lines = [
            {"person": self.people[int(name[1:])], "outcome": outcome}
            | ({"reason": "side_effects"} if outcome == "refused" else {})
            for name, outcome in outcomes.items()
        ]
        body = {"visit_type": "door_to_door", "outcomes": lines}
        return self.write("visit", new_id(), self.village, body)

    def screen(self, person: int, outcome: str) -> str:
        """A screening; "referred" is a deferral that sends the person to a hospital."""
        body = {"outcome": "deferred" if outcome == "referred" else outcome}
        if body["outcome"] == "deferred":
            body["deferred_until"] = (DAY + timedelta(days=14)).isoformat()
            body["reason"] = "refer_hospital" if outcome == "referred" else "acute_illness"
        if outcome == "contraindicated":
            body["reason"] = "anaphylaxis_component"
        return self.write("screening", self.people[person], self.station, body)

    def counted(self) -> Rows:
        return count(self.connection, [self.unit], PERIOD)[self.unit.id]

    def sent(self, period: Period = PERIOD) -> Sent | None:
        found = sent_reports(self.connection, [self.unit], self.layout.code, [period])
        return found.get((self.unit.id, period.key))

    def fill(self, **values: int) -> Draft:
        """The draft with every blank filled in: by `values` (indicators with dots as __), else by 0."""
        found = draft(self.layout, self.counted(), self.sent())
        told = {name.replace("__", "."): value for name, value in values.items()}
        for row in found.rows:
            for name, cell in row.cells.items():
                if name in told:
                    cell.value, cell.reason = told[name], "theo sổ giấy"
                elif cell.value is None:
                    cell.value = 0
        return found

    def send(self, filled: Draft | None = None) -> Sent:
        hand = self.hand()
        send(hand, self.layout, self.unit, PERIOD, filled or self.fill(), self.sent(), None, hand.clock.now())
        found = self.sent()
        assert found is not None
        return found

    def close(self, reason: str = "xã còn lại gửi sau") -> str:
        sent = {
            unit: report
            for (unit, _), report in sent_reports(
                self.connection, self.units, self.layout.code, [PERIOD]
            ).items()
        }
        district = next(n for n in self.world.users if n.startswith("huyen.") and self._answers_for(n))
        return close(self.hand(district), self.layout, self.district, PERIOD, self.units, sent, None, reason)

    def _answers_for(self, username: str) -> bool:
        from server.places.scope import assigned_places

        return self.district in assigned_places(self.connection, self.world.users[username])

    @property
    def reviewer(self) -> str:
        return next(n for n in self.world.users if n.startswith("huyen.") and self._answers_for(n))

    def restate(self, subject: str) -> Restated | None:
        """Compare a closed period and restate it when there is news; the latest restatement."""
        closed = standing_closes(self.connection, [subject])[subject]
        told = restatements(self.connection, [subject]).get(subject, [])
        found = compare(
            self.connection, closed, units_closed(self.connection, closed), told[-1] if told else None
        )
        if found.news:
            restate(self.hand(self.reviewer), closed, found, "bản ghi đến muộn")
        told = restatements(self.connection, [subject]).get(subject, [])
        return told[-1] if told else None
