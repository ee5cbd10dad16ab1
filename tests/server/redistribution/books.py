"""A small province with a book: A has what nobody uses there, B uses it and ran out, C is far away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from server.places.tree import Tree
from tests.server.ledger.hands import TODAY, Hand, enrol, place, push

PROVINCE = place("province")
A, B, C = (place(f"station {letter}") for letter in "abc")
ITEM, DILUENT, LOT, LATER = place("vaccine"), place("diluent"), place("short lot"), place("long lot")

#: The day proposals are made; the rest of the story happens until TODAY.
DAY = TODAY - timedelta(days=30)

#: The last day of use of LOT at every site.
EXPIRY = TODAY - timedelta(days=5)


class Books:
    """Writes the story, step by step."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.admin, self.keeper, self.manager = enrol(
            engine, "administrator", "station", "provincial_manager"
        )
        self._catalogue()

    def _catalogue(self) -> None:
        admin = self.admin
        places = [admin.entry("place", PROVINCE, PROVINCE, _place("province", "Tỉnh Lai Châu", 0))]
        for number, (name, east) in enumerate((("Bản Bo", 10), ("Bình Lư", 25), ("Ka Lăng", 900))):
            commune, station = place(f"commune {number}"), (A, B, C)[number]
            body = _place("commune", f"Xã {name}", east)
            body["versions"][0]["parent"] = PROVINCE
            places.append(admin.entry("place", commune, PROVINCE, body))
            body = _place("station", f"Trạm Y tế xã {name}", None)
            body["versions"][0]["parent"] = commune
            places.append(admin.entry("place", station, PROVINCE, body))
        diluent = {
            "code": "NACL", "name_vi": "Dung môi", "name_en": "Diluent", "item_class": "diluent", "unit_vi": "lọ",
            "unit_en": "vial",
        }  # fmt: skip
        item = {
            "code": "AZ", "name_vi": "AstraZeneca", "name_en": "AstraZeneca", "item_class": "vaccine", "vaccine": "AZ",
            "unit_vi": "lọ", "unit_en": "vial", "doses_per_vial": 10, "diluent": DILUENT,
        }  # fmt: skip
        items = [admin.entry("item", DILUENT, PROVINCE, diluent), admin.entry("item", ITEM, PROVINCE, item)]
        lots = [
            admin.entry(
                "lot", lot, PROVINCE, {"item": ITEM, "lot_number": number, "label_expiry": last.isoformat()}
            )
            for lot, number, last in ((LOT, "SHORT", EXPIRY), (LATER, "LONG", TODAY + timedelta(days=90)))
        ]
        push(self.engine, admin, *places, *items, *lots)

    def until_the_day(self) -> None:
        """A received 60 vials and used none; B used 2 vials of 10 doses a day and ran out two weeks ago."""
        begin = DAY - timedelta(days=56)
        self.move(A, LOT, 60, DAY - timedelta(days=20), "received")
        self.move(B, LATER, 84, begin, "received")
        used = [self.moved(B, LATER, -2, begin + timedelta(days=n), "administered") for n in range(42)]
        push(self.engine, self.keeper, *used)
        lines = [{"lot": LOT, "state": "chilled", "vials": 60}]
        count = self.keeper.entry("stock_count", A, A, {"lines": lines}, on=DAY - timedelta(days=3))
        push(self.engine, self.keeper, count)

    def moved(self, site: str, lot: str, vials: int, on: date, reason: str) -> dict[str, Any]:
        body = {"state": "chilled", "vials": vials, "reason": reason}
        return self.keeper.entry("stock_movement", lot, site, body, on=on)

    def move(self, site: str, lot: str, vials: int, on: date, reason: str) -> None:
        push(self.engine, self.keeper, self.moved(site, lot, vials, on, reason))

    def document(self, hand: Hand, kind: str, transfer: str, where: str, on: date, **body: Any) -> None:
        told = {"source": A, "destination": B, **body}
        answer = push(self.engine, hand, hand.entry(kind, transfer, where, told, on=on))
        assert not [fault for arrival in answer.arrivals for fault in arrival.faults]

    def ordered(self, transfer: str, proposal: str, vials: int, decision: str, saves: int = 0) -> None:
        """An order that names a proposal, and the decision on it."""
        lines = [{"lot": LOT, "state": "chilled", "vials": vials}]
        by = (DAY + timedelta(days=3)).isoformat()
        self.document(
            self.manager, "transfer_order", transfer, A, DAY, purpose="redistribution", lines=lines, dispatch_by=by,
            proposal=proposal, saves=saves,
        )  # fmt: skip
        self.document(
            self.manager, "transfer_decision", transfer, A, DAY, decision=decision, reason="Theo đề xuất"
        )

    def tree(self, connection: Connection) -> Tree:
        return Tree.load(connection, DAY)


def _place(level: str, name: str, east: int | None) -> dict[str, Any]:
    """`east` kilometres of the first, at 22° north; None: no position of its own."""
    version = {"valid_from": "2020-01-01", "name": name, "unit_type": name.split()[0]}
    body: dict[str, Any] = {"level": level, "versions": [version]}
    if east is not None:
        body |= {"lat_e5": 2_200_000, "lon_e5": 10_000_000 + round(east / 103.1 * 100_000)}
    return body
