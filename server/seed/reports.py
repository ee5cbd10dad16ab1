"""Reports of a few days to look at: accepted and closed in one district, in every other state in the next."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection

from server.ledger.author import ServerAuthor
from server.places.tree import Tree
from server.plans.versions import plan_version_of
from server.reports import closing, reconciling, reviewing
from server.reports.counting import Campaigns, count
from server.reports.layouts import layout_of
from server.reports.sending import send
from server.reports.standing import Sent, sent_reports
from server.reports.units import Unit, units_under
from server.seed.land import District, Land
from server.seed.plan import SeedPlan
from server.seed.writing import Ids
from shared.clock import FixedClock
from shared.reporting import drafts
from shared.rules.periods import Period, period_of

#: Gives an author: in whose name, at what moment.
Authors = Callable[[str, FixedClock], ServerAuthor]

FORM = "PL5_43"

#: What became of the reports of the second district, unit by unit in turn.
STATES = ("accepted", "queried", "submitted", "answered", "accepted", "missing")

QUERY = "Số liều sử dụng nhiều hơn số mũi tiêm, đề nghị xã kiểm tra lại sổ kho."
ANSWER = "Lọ mở dở cuối buổi đã hủy, có biên bản tại trạm."
NOTE = "Đã đối chiếu với sổ tiêm."


class _Numbered(ServerAuthor):
    """An author whose entries get the seed's own identifiers, the same every time."""

    ids: Ids

    def write(self, kind: str, *, entry_id: str | None = None, **rest: Any) -> str:
        """See ServerAuthor."""
        return super().write(kind, entry_id=entry_id or self.ids.new(), **rest)


def write_reports(connection: Connection, authors: Authors, plan: SeedPlan, land: Land, ids: Ids) -> None:
    """Last week's reports in the first two districts, and some of yesterday's."""
    writing = _Reports(connection, authors, plan, land, ids)
    closed, *others = land.districts
    week = period_of("week", plan.day(-7))
    writing.district(closed, week, ("accepted",))
    writing.close(closed, week)
    writing.reconcile(closed, week)
    writing.district(closed, period_of("day", plan.day(-1)), ("submitted", "missing"))
    for district in others[:1]:
        writing.district(district, week, STATES)


class _Reports:
    def __init__(
        self, connection: Connection, authors: Authors, plan: SeedPlan, land: Land, ids: Ids
    ) -> None:
        self.connection, self.authors, self.plan, self.land, self.ids = connection, authors, plan, land, ids
        self.tree = Tree.load(connection, plan.today)
        self.layout = layout_of(connection, land.id, FORM)
        self.users = {commune.current: f"tram.{commune.unit.code}" for commune in reversed(land.communes)}
        self.users |= {district.team: f"to.{district.unit.code}" for district in land.districts}

    def district(self, district: District, period: Period, states: tuple[str, ...]) -> None:
        """Send the reports of a district's units, each with what was said of it."""
        units = self._units(district)
        counted = count(self.connection, units, period)
        for number, unit in enumerate(units):
            state = states[number % len(states)]
            if state == "missing":
                continue
            found = drafts.draft(self.layout, counted[unit.id], None)
            found.nothing_held = not any(row.vaccine for row in found.rows)
            if found.nothing_held and state in ("queried", "answered"):
                state = "accepted"  # there is nothing to ask about
            for row in found.rows:
                row.note = None if found.nothing_held else NOTE
                for cell in row.cells.values():
                    cell.value = cell.value or 0  # what the records leave open, the station knew
            morning = self.plan.morning((period.last - self.plan.today).days + 1)
            hand = self._hand(self.users[unit.id], morning)
            plan = self._plan(period.last)
            send(hand, self.layout, unit, period, found, None, plan, morning.now())
            self._say(district, unit, period, state, morning)

    def _say(self, district: District, unit: Unit, period: Period, state: str, morning: FixedClock) -> None:
        reviewer = self._hand(self._reviewer(district), morning)
        if state in ("queried", "answered"):
            sent = self._sent(unit, period)
            cell = next(iter(sent.values()))._replace(indicator="stock_doses_used")
            about = f"{self.layout.name}: {self.layout.heading_of(cell.indicator)}"
            reviewing.query(reviewer, sent, ",".join(sent.heads), cell.key, QUERY, about)
        if state == "answered":
            sent = self._sent(unit, period)
            hand = self._hand(self.users[unit.id], morning)
            reviewing.answer(hand, sent, sent.open_queries[0].id, ANSWER)
        if state == "accepted":
            sent = self._sent(unit, period)
            reviewing.accept(reviewer, sent, ",".join(sent.heads))

    def close(self, district: District, period: Period) -> None:
        """Close a district's period, every report of which is accepted."""
        units = self._units(district)
        sent = self._all_sent(units, period)
        hand = self._hand(self._reviewer(district), self.plan.morning())
        plan = self._plan(period.last)
        closing.close(hand, self.layout, district.id, period, units, sent, plan, "")

    def reconcile(self, district: District, period: Period) -> None:
        """Compare a day's doses of two communes with the CDC's: one agreed, one still open."""
        hand = self._hand("tinh", self.plan.morning())
        sent = self._all_sent(self._units(district), period)
        for more, (unit, report) in zip((0, 2), sorted(sent.items()), strict=False):
            own = sum(v or 0 for cell, v in report.values().items() if cell.indicator == "doses.booster_1")
            figures: dict[str, Any] = {
                "unit_value": own,
                "cdc_value": own + more,
                "cdc_source": "Nền tảng quản lý tiêm chủng",
            }
            figures |= {"state": "open"} if more else {"state": "agreed", "agreed_value": own}
            reconciling.write(hand, unit, period, "doses.booster_1", None, figures)
        hand.flush()

    def _units(self, district: District) -> list[Unit]:
        return [unit for unit in units_under(self.tree, district.id) if unit.id in self.users]

    def _all_sent(self, units: Iterable[Unit], period: Period) -> dict[str, Sent]:
        found = sent_reports(self.connection, units, FORM, [period])
        return {unit: sent for (unit, _), sent in found.items()}

    def _sent(self, unit: Unit, period: Period) -> Sent:
        return self._all_sent([unit], period)[unit.id]

    def _plan(self, day: date) -> Any:
        campaign = Campaigns(self.connection, {self.land.id}).on(self.land.id, day)
        return plan_version_of(self.connection, campaign, day) if campaign else None

    def _reviewer(self, district: District) -> str:
        return f"huyen{self.land.districts.index(district) + 1}"

    def _hand(self, username: str, clock: FixedClock) -> _Numbered:
        author = self.authors(username, clock)
        hand = _Numbered(author.connection, author.user, clock, author.projectors)
        hand.ids = self.ids
        return hand
