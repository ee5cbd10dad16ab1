"""A site's stock: what came, what a session used, what is left on the seed's day, what was counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from server.seed.catalogue import LOTS, SeedLot, lot_in_use
from server.seed.plan import DEMO_DAY, SeedPlan
from shared.reference import vaccines

#: Days (offsets) on which deliveries of the last weeks were taken out of the freezer.
THAWS = (-39, -26, -12, -4)

#: From this day on deliveries are not used up: something of each is left on the seed's day.
LEFT_SINCE = -39


@dataclass(frozen=True, slots=True)
class Holding:
    """A lot in one state; `thawed` is an offset in days, None when it was never frozen."""

    lot: SeedLot
    state: str
    thawed: int | None


@dataclass(slots=True)
class Stay:
    """What went out of a holding: (offset, vials, reason, session), and what is left at the end."""

    arrived: int
    out: list[tuple[int, int, str, str | None]] = field(default_factory=list)
    left: int = 0

    def taken(self, until: int = 0) -> int:
        """Vials that went out up to a day."""
        return sum(vials for day, vials, _, _ in self.out if day <= until)

    def balance(self, on: int) -> int:
        """What should stand there in the evening of a day."""
        return self.taken() + self.left - self.taken(on) if on >= self.arrived else 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """Vials of a holding that a site received on a day (offset) under a document; `left` are still there."""

    holding: Holding
    day: int
    vials: int
    left: int
    document: str


class Fridge:
    """The holdings of one site."""

    def __init__(self, plan: SeedPlan, chance: Random) -> None:
        self._plan, self._chance = plan, chance
        self.holdings: dict[Holding, Stay] = {}

    def use(self, offset: int, vaccine: str, doses: int, session: str) -> tuple[SeedLot, int]:
        """Take a session's vials out; the lot and how many vials were opened."""
        lot = lot_in_use(vaccine, DEMO_DAY + timedelta(days=offset))
        holding = Holding(lot, *_storage(vaccine, offset))
        stay = self.holdings.setdefault(holding, Stay(offset - 1))
        stay.arrived = min(stay.arrived, offset - 1)
        vials = -(-doses // vaccines()[vaccine].doses_per_vial)
        stay.out.append((offset, vials, "administered", session))
        if self._chance.random() < 0.02:
            stay.out.append((offset, 1, "broken", session))
        return lot, vials

    def keep(self, item: str, number: str, state: str, thawed: int | None, vials: int, arrived: int) -> None:
        """Put something in that no session has touched."""
        holding = Holding(LOTS[item, number], state, thawed)
        self.holdings.setdefault(holding, Stay(arrived)).left += vials

    def leave(self, scale: int, last_day: int) -> None:
        """Something is left of what came in the last weeks; past its limit, some of it was destroyed."""
        for holding, stay in self.holdings.items():
            if stay.arrived < LEFT_SINCE or not stay.out or self._chance.random() < 0.4:
                continue
            stay.left = self._chance.randint(1, 2 + scale)
            if holding.thawed == THAWS[0] and self._chance.random() < 0.4:
                stay.out.append((last_day, stay.left, "thaw_limit", None))
                stay.left = 0

    def movements(self, source: str) -> Iterator[tuple[Holding, int, dict[str, Any]]]:
        """(holding, offset, body) of every movement, in the order of days; `source` is where deliveries came from."""
        found = []
        for holding, stay in self.holdings.items():
            total = stay.taken() + stay.left
            if stay.arrived > LEFT_SINCE and stay.out and self._chance.random() < 0.02:
                total -= 1  # a receipt written one short: the balance will show it
            if total > 0:
                came = self._body(holding, total, "received") | {"counterpart": source}
                found.append((holding, stay.arrived, came))
            for day, vials, reason, session in stay.out:
                body = self._body(holding, -vials, reason)
                if session:
                    body["session"] = session
                found.append((holding, day, body))
        return iter(sorted(found, key=lambda each: each[1]))

    def counted(self, on: int) -> list[dict[str, Any]]:
        """Lines of a count: what should be there, now and then one off or not counted."""
        lines = []
        for holding, stay in self.holdings.items():
            balance = stay.balance(on)
            if not balance:
                continue
            line = {"lot": holding.lot.id, **self._storage_body(holding)}
            draw = self._chance.random()
            line["vials"] = None if draw < 0.05 else max(0, balance + (draw > 0.95) - (0.88 < draw <= 0.95))
            if holding.lot.item == "ABDALA" or (holding.lot.item == "AZ" and draw > 0.5):
                line["vvm"] = 2 if draw > 0.8 else 1
            lines.append(line)
        return lines

    def _body(self, holding: Holding, vials: int, reason: str) -> dict[str, Any]:
        return {**self._storage_body(holding), "vials": vials, "reason": reason}

    def _storage_body(self, holding: Holding) -> dict[str, Any]:
        body: dict[str, Any] = {"state": holding.state}
        if holding.thawed is not None:
            body["thawed_on"] = self._plan.day(holding.thawed).isoformat()
        return body


def _storage(vaccine: str, offset: int) -> tuple[str, int | None]:
    """The state in which a session found its vaccine."""
    if not vaccines()[vaccine].thaw_days:
        return "chilled", None
    if offset <= THAWS[0]:
        return "thawed", offset - 4
    return "thawed", max(day for day in THAWS if day < offset)
