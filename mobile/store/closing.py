"""The end of a session: what became of its vials, worked out from what was recorded, and written as movements.

A session that has ended may be accounted for again, when doses of another phone arrive after it, or when two phones
ended it: every movement it made is reversed and what happened is written anew, in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mobile.store import movements, sessions, stock
from mobile.store.sessions import SessionRow
from mobile.store.stock import HoldingRow, LotRow
from shared.faults import Fault, Refused, fault
from shared.rules.dose_doubts import session_doubts
from shared.rules.sessions import Kept, movements_at_close, opened_vials_cover, vials_agree, vials_needed

if TYPE_CHECKING:
    from mobile.store.store import Store

#: Why doses of an opened vial are thrown away unless something else is said.
SESSION_END = "session_end"

Line = dict[str, Any]


class Closing:
    """The vials of one session. A line is {lot, vials_taken, vials_opened, vials_returned, vials_discarded,
    doses_discarded}; `again` tells that the session had ended before. Raises Refused (phone.unknown_subject).
    """

    def __init__(self, store: Store, session_id: str) -> None:
        self._store, self.session = store, session_id
        self._lots = {lot.id: lot for lot in stock.lots(store)}
        self._look()

    def _look(self) -> None:
        """Take in what is recorded now."""
        store, session_id = self._store, self.session
        held = sessions.session(store, session_id)
        if held is None:
            raise Refused(fault("phone.unknown_subject"))
        self.held: SessionRow = held
        self.again = held.closed
        self.values = sessions.session_values(store, session_id)
        self.doses = sessions.doses_by_lot(store, session_id)
        self._opened = {} if self.again else sessions.opened_in(store, session_id)
        self._moved_in = sessions.moved_in_open(store, session_id) if self.again else {}
        self._stock = self._holdings()

    def lot(self, lot_id: str) -> LotRow | None:
        """The lot as the catalogue has it."""
        return self._lots.get(lot_id)

    def begun(self) -> list[Line]:
        """The lots taken out, and those that doses were given from without being taken out: these were opened."""
        taken = self.values.get("lots") or []
        named = {line["lot"] for line in taken}
        given = [
            {"lot": lot, "vials_taken": None} for lot in [*self.doses, *self._opened] if lot not in named
        ]
        return [self._line(line) for line in [*taken, *{line["lot"]: line for line in given}.values()]]

    def opened_before(self, lot: str) -> int:
        """Vials recorded as opened already, which stay opened; accounted for again, they are opened anew."""
        return self._opened.get(lot, 0)

    def left(self, line: Mapping[str, Any]) -> int:
        """Doses that stay in opened vials when everybody was given theirs."""
        lot = line["lot"]
        still = max(0, line["vials_opened"] - self.opened_before(lot))
        return max(0, self._left_open(lot) + still * (self._per_vial(lot) or 0) - self.doses.get(lot, 0))

    def check(self, line: Mapping[str, Any]) -> Fault | None:
        """What does not add up."""
        lot = line["lot"]
        still = max(0, line["vials_opened"] - self.opened_before(lot))
        return vials_agree(line) or opened_vials_cover(
            self.doses.get(lot, 0), still, self._per_vial(lot) or 1, self._left_open(lot)
        )

    def doubts(self) -> list[Fault]:
        """What the server doubts about a session that has ended: more doses than the vials its closing says were
        opened, as when two phones ended it and the figures of one stand.
        """
        lines = [line for line in self.values.get("lots") or [] if line.get("vials_opened") is not None]
        per_vial = {lot.id: lot.doses_per_vial for lot in self._lots.values() if lot.doses_per_vial}
        told = {line["lot"] for line in lines}
        doses = {lot: many for lot, many in self.doses.items() if lot in told}
        return [found for _, found in session_doubts(lines, doses, per_vial)] if self.again else []

    def close(
        self, lines: Sequence[Line], reasons: Mapping[str, str], more: Mapping[str, Any], draft: str
    ) -> list[str]:
        """Write the end of the session with its movements, all durable at once; answers the ids of the entries.
        `reasons`: why doses of a lot were thrown away; `more`: further fields of the session (its waste).

        Raises Refused as `Store.edit` and `Store.record` do; nothing is written then.
        """
        store, held, written = self._store, self.held, list[str]()
        with store.together():  # a session is never closed without its vials leaving the stock
            self._look()  # a sync may have brought doses, or the end another phone wrote
            again = self.again
            body = {"lots": list(lines) or None, "closed": True, **more}
            ended = store.edit("session", self.session, body, draft=draft)
            store.drop_draft(draft)
            written += [ended.id] if ended else []
            if again:
                for entry in sessions.movements_of(store, self.session):
                    written.append(movements.reverse(store, held.site_id, entry))
                self._stock = self._holdings()
            for line in lines:
                for moved in self._moved(line, reasons.get(line["lot"], SESSION_END)):
                    gone = store.record(
                        "stock_movement",
                        subject=line["lot"],
                        place=held.site_id,
                        body=moved | {"session": self.session},
                        occurred_on=held.held_on,
                    )
                    written.append(gone.id)
        return written

    def _moved(self, line: Line, reason: str) -> list[dict[str, Any]]:
        lot = line["lot"]
        return movements_at_close(
            line,
            [Kept(h.state, h.thawed_on, h.opened_on, h.vials, h.doses or 0) for h in self._of(lot)],
            given=self.doses.get(lot, 0),
            doses_per_vial=self._per_vial(lot),
            on=self.held.held_on,
            opened_before=self.opened_before(lot),
            reason=reason,
        )

    def _line(self, line: Mapping[str, Any]) -> Line:
        """A line as the doses let expect it; of a session accounted for again, what was opened or broken stays so."""
        lot = line["lot"]
        missing = max(0, self.doses.get(lot, 0) - self._left_open(lot))
        opened = self.opened_before(lot) + vials_needed(missing, self._per_vial(lot) or 1)
        broken = 0
        if self.again:
            opened = max(opened, line.get("vials_opened") or 0)
            broken = line.get("vials_discarded") or 0
        taken = opened + broken if line["vials_taken"] is None else line["vials_taken"]
        if self.again:  # another phone gave doses from vials that were not noted
            taken = max(taken, opened + broken)
        opened = min(taken, opened)
        broken = min(broken, taken - opened)
        return {
            **line,
            "vials_taken": taken,
            "vials_opened": opened,
            "vials_returned": taken - opened - broken,
            "vials_discarded": broken,
        }

    def _holdings(self) -> dict[str, list[HoldingRow]]:
        found: dict[str, list[HoldingRow]] = {}
        for holding in stock.holdings(self._store, self.held.site_id):
            if holding.state != "quarantined":
                found.setdefault(holding.lot.id, []).append(holding)
        return found

    def _of(self, lot: str) -> list[HoldingRow]:
        """The holdings of a lot here, first-expired first, what may be used before what may not."""
        return sorted(self._stock.get(lot, ()), key=lambda h: not stock.usable(h))

    def _per_vial(self, lot: str) -> int | None:
        found = self._lots.get(lot)
        return found.doses_per_vial if found else None

    def _left_open(self, lot: str) -> int:
        """Doses in vials that stand open, of this session or of one before where the item may be kept open; when it is
        accounted for again, of those before it.
        """
        standing = sum(max(0, h.doses or 0) for h in self._stock.get(lot, ()) if h.state == "opened")
        return max(0, standing - self._moved_in.get(lot, 0))
