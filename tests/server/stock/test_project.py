"""Stock tables after pushes, counts beside the book, and what expires."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from server.ledger.accept import PushAnswer
from server.stock.counts import last_counts, newest_counts
from server.stock.expiring import expiring_stock
from server.stock.models import Lot, StockBalance
from shared.identifiers import holding_id
from tests.server.ledger.hands import LOT, PROVINCE, SITES, TODAY, Hand, enrol, place, push, rebuilds_alike

ITEM = place("item")


@pytest.fixture
def hand(engine: Engine) -> Hand:
    """A station; the catalogue has Pfizer in lots 124001 (revised), a month-dated one and one on hold."""
    admin, station = enrol(engine, "administrator", "station")
    item = {
        "code": "PFZ_ADULT", "name_vi": "Pfizer", "name_en": "Pfizer", "item_class": "vaccine", "vaccine": "PFZ_ADULT",
        "unit_vi": "lọ", "unit_en": "vial", "doses_per_vial": 6, "thaw_days": 31,
    }  # fmt: skip
    revised = [{"state": "frozen", "expiry": "2022-07-31", "document": "CV 9456/BYT-DP"}]
    lots: list[tuple[str, dict[str, Any]]] = [
        (LOT, {"lot_number": "124001", "label_expiry": "2022-04-14", "revisions": revised}),
        (place("month"), {"lot_number": "M", "label_expiry": "2022-04-01", "expiry_precision": "month"}),
        (place("held"), {"lot_number": "FK0112", "label_expiry": "2022-04-15", "hold": "CV 1/TTr"}),
        (place("unknown"), {"lot_number": "U"}),
    ]
    push(engine, admin, admin.entry("item", ITEM, PROVINCE, item))
    push(engine, admin, *[admin.entry("lot", lot, PROVINCE, {"item": ITEM, **body}) for lot, body in lots])
    return station


def moves(engine: Engine, hand: Hand, lot: str, vials: int, on: date = TODAY, **more: Any) -> PushAnswer:
    body = {"state": "frozen", "vials": vials, "reason": "data_entry", **more}
    return push(engine, hand, hand.entry("stock_movement", lot, SITES[0], body, on=on))


@pytest.mark.proves("L26", "L27")
def test_what_expires_is_sorted_by_risk_with_its_last_day_of_use(engine: Engine, hand: Hand) -> None:
    moves(engine, hand, LOT, 10)
    moves(engine, hand, LOT, 4, state="thawed", thawed_on="2022-04-01")
    moves(engine, hand, place("month"), 3)
    moves(engine, hand, place("held"), 2)
    moves(engine, hand, place("unknown"), 1)
    moves(engine, hand, place("month"), 5, state="chilled")
    moves(engine, hand, place("month"), -5, state="chilled")
    with engine.connect() as connection:
        rows = expiring_stock(connection, [SITES[0]], TODAY)
        found = [(row.lot_number, row.state, row.days_left, row.bucket, row.vials, row.doses) for row in rows]
        assert found == [
            ("124001", "thawed", -1, "expired", 4, 24),
            ("FK0112", "frozen", 0, "within_7", 2, 12),
            ("M", "frozen", 15, "within_30", 3, 18),
            ("124001", "frozen", 107, "later", 10, 60),
            ("U", "frozen", None, "unknown", 1, 6),
        ]
        assert expiring_stock(connection, [SITES[1]], TODAY) == []
        rebuilds_alike(connection)


@pytest.mark.proves("L25")
def test_a_count_changes_no_balance_and_a_late_movement_changes_the_difference(
    engine: Engine, hand: Hand
) -> None:
    moves(engine, hand, LOT, 10, TODAY - timedelta(days=5))
    lines = [{"lot": LOT, "state": "frozen", "vials": 7}, {"lot": place("month"), "state": "frozen"}]
    count = hand.entry("stock_count", SITES[0], SITES[0], {"lines": lines}, on=TODAY - timedelta(days=2))
    push(engine, hand, count)
    frozen = holding_id(SITES[0], LOT, "frozen", None)
    for late, (book, difference) in ((0, (10, -3)), (-3, (7, 0))):
        if late:
            moves(engine, hand, LOT, late, TODAY - timedelta(days=3))
        with engine.connect() as connection:
            counted = last_counts(connection, [frozen])[frozen]
            assert (counted.vials, counted.book, counted.difference) == (7, book, difference)
            assert [c.difference for c in newest_counts(connection, SITES, 9)] in (
                [difference, None],
                [None, difference],
            )
    with engine.connect() as connection:
        assert connection.execute(select(StockBalance.vials)).scalars().all() == [7]


@pytest.mark.proves("R081")
def test_a_reversal_takes_a_movement_back(engine: Engine, hand: Hand) -> None:
    wrong = hand.entry(
        "stock_movement", LOT, SITES[0], {"state": "frozen", "vials": 10, "reason": "received"}
    )
    push(engine, hand, wrong)
    moves(engine, hand, LOT, -10, reason="received", reverses=wrong["id"])
    with engine.connect() as connection:
        assert connection.execute(select(StockBalance.vials)).scalars().all() == [0]
        assert connection.execute(
            select(Lot.label_expiry).where(Lot.id == place("month"))
        ).scalar_one() == date(2022, 4, 30)
