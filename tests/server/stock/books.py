"""A catalogue and hands that keep a station's and a team's books, for tests of cards, counts and reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Engine

from shared.identifiers import named_id
from tests.server.ledger.hands import LOT, PROVINCE, SITES, TODAY, Hand, enrol, place, push

ITEM, SUPPLY = place("item"), place("supply")
OTHER_LOT, BOX = place("other lot"), place("box of syringes")


@dataclass
class Books:
    """Writes movements and counts and pushes each at once."""

    engine: Engine
    admin: Hand
    hand: Hand
    site: str = SITES[0]
    written: list[dict[str, Any]] = field(default_factory=list)

    def move(
        self, vials: int, reason: str = "received", on: date = TODAY, lot: str = LOT, **more: Any
    ) -> str:
        """A movement of frozen vials unless `more` says otherwise; its entry id."""
        site = more.pop("site", self.site)
        body = {"state": "frozen", "vials": vials, "reason": reason, **more}
        return self._push(self.hand.entry("stock_movement", lot, site, body, on=on))

    def count(self, vials: int | None, on: date = TODAY, lot: str = LOT, **more: Any) -> str:
        """A count of one holding (and of what `lines` adds); its entry id."""
        further = more.pop("lines", [])
        line = {"lot": lot, "state": "frozen", "vials": vials, **more}
        lines = [{name: value for name, value in line.items() if value is not None}, *further]
        return self._push(self.hand.entry("stock_count", self.site, self.site, {"lines": lines}, on=on))

    def explain(self, count: str, lines: list[dict[str, Any]], on: date = TODAY, **more: Any) -> str:
        """An explanation of a count, of frozen vials unless a line says otherwise; its entry id."""
        told = [{"lot": LOT, "state": "frozen", **line} for line in lines]
        body: dict[str, Any] = {"lines": told} | (
            {"signed_by": more.pop("signed_by")} if "signed_by" in more else {}
        )
        return self._push(self.hand.entry("count_explanation", count, self.site, body, on=on, **more))

    def _push(self, entry: dict[str, Any]) -> str:
        answer = push(self.engine, self.hand, entry)
        assert not any(arrival.faults for arrival in answer.arrivals), answer
        self.written.append(entry)
        return str(entry["id"])


def open_books(engine: Engine) -> Books:
    """A vaccine in two lots (31 days after thaw) and a box of syringes."""
    admin, hand = enrol(engine, "administrator", "station")
    items = {
        ITEM: {
            "code": "PFZ_ADULT", "name_vi": "Pfizer", "name_en": "Pfizer", "item_class": "vaccine",
            "vaccine": "PFZ_ADULT", "unit_vi": "lọ", "unit_en": "vial", "doses_per_vial": 6, "thaw_days": 31,
        },
        SUPPLY: {
            "code": "BKT", "name_vi": "Bơm kim tiêm", "name_en": "Syringe", "item_class": "supply", "unit_vi": "cái",
            "unit_en": "piece",
        },
    }  # fmt: skip
    lots: dict[str, dict[str, Any]] = {
        LOT: {"item": ITEM, "lot_number": "FP8191", "label_expiry": "2022-07-31"},
        OTHER_LOT: {"item": ITEM, "lot_number": "PCA0016", "label_expiry": "2022-05-31"},
        BOX: {"item": SUPPLY, "lot_number": "BOX", "label_expiry": "2026-01-01"},
    }
    push(engine, admin, *[admin.entry("item", id_, PROVINCE, body) for id_, body in items.items()])
    push(engine, admin, *[admin.entry("lot", id_, PROVINCE, body) for id_, body in lots.items()])
    return Books(engine, admin, hand)


def edit_lot(books: Books, lot: str, **body: Any) -> None:
    """Change a lot, based on its first entry."""
    first = next(e for e in books.admin.written if e["kind"] == "lot" and e["subject"] == lot)
    parents = [e["id"] for e in books.admin.written if e["kind"] == "lot" and e["subject"] == lot][-1:]
    entry = books.admin.entry("lot", lot, first["place"], body, based_on=parents)
    push(books.engine, books.admin, entry)


def site(name: str) -> str:
    """A site that no hand keeps, as a counterpart."""
    return named_id("ledger test", name)
