"""Every holding's effective expiry as it is stored, and the sums over it, on either database."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from server.ledger.models import EntryRow
from server.stock.expiries import HELD, doses_of, expiry_of
from server.stock.expiring import expiring_stock
from server.stock.expiry_models import StockExpiry
from server.stock.soon import bucket_sums, heads_of, soonest
from shared.rules.expiry import bucket, days_left
from shared.rules.need import why_unusable
from tests.server.ledger.hands import (
    LOT,
    PROVINCE,
    SITES,
    TODAY,
    Hand,
    enrol,
    outcomes,
    place,
    push,
    rebuilds_alike,
)

ITEM, TEST = place("item"), place("test")
LOTS = {
    LOT: (ITEM, {"lot_number": "124001", "label_expiry": "2022-04-14"}),
    place("held"): (ITEM, {"lot_number": "FK0112", "label_expiry": "2022-05-15", "hold": "CV 1/TTr"}),
    place("unknown"): (ITEM, {"lot_number": "U"}),
    place("tests"): (TEST, {"lot_number": "T", "label_expiry": "2022-06-30"}),
}
HOLDINGS = [
    (LOT, 10, {"state": "frozen"}),
    (LOT, 4, {"state": "thawed", "thawed_on": "2022-04-01"}),
    (LOT, 3, {"state": "quarantined"}),
    (place("held"), 2, {"state": "frozen"}),
    (place("unknown"), 1, {"state": "frozen"}),
    (place("tests"), 40, {"state": "frozen"}),
    (place("tests"), -5, {"state": "chilled"}),
]


@pytest.fixture
def hands(engine: Engine) -> tuple[Hand, Hand]:
    """Who wrote it: two sites with stock in every bucket, one heat-exposed; the second has a tenth of the first's."""
    admin, station = enrol(engine, "administrator", "station")
    common = {"unit_vi": "lọ", "unit_en": "vial"}
    vaccine = {
        "code": "P",
        "name_vi": "Pfizer",
        "name_en": "Pfizer",
        "item_class": "vaccine",
        "vaccine": "PFZ_ADULT",
    }
    items = [
        admin.entry("item", ITEM, PROVINCE, {**common, **vaccine, "doses_per_vial": 6, "thaw_days": 31}),
        admin.entry(
            "item", TEST, PROVINCE,
            {**common, "code": "T", "name_vi": "Test", "name_en": "Test", "item_class": "supply"},
        ),
    ]  # fmt: skip
    lots = [admin.entry("lot", lot, PROVINCE, {"item": item, **body}) for lot, (item, body) in LOTS.items()]
    sites = [
        admin.entry(
            "place", site, PROVINCE,
            {"level": level, "versions": [{"valid_from": "2020-01-01", "name": level, "unit_type": "T"}]},
        )
        for site, level in zip(SITES, ("station", "team"), strict=True)
    ]  # fmt: skip
    push(engine, admin, *items, *lots, *sites)
    for lot, vials, kept in HOLDINGS:
        for site, share in ((SITES[0], 1), (SITES[1], 10)):
            moves(engine, station, lot, vials // share or 1, site, **kept)
    moves(engine, station, LOT, 6, SITES[0], state="chilled", reason="received", vvm=3)
    return admin, station


@pytest.fixture
def hand(hands: tuple[Hand, Hand]) -> Hand:
    return hands[1]


def moves(engine: Engine, hand: Hand, lot: str, vials: int, site: str, **body: Any) -> None:
    told = {"vials": vials, "reason": "data_entry", **body}
    answer = push(engine, hand, hand.entry("stock_movement", lot, site, told, on=TODAY - timedelta(days=3)))
    assert outcomes(answer) == ["accepted"]


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def check(engine: Engine, today: date) -> None:
    """What is stored of every holding is what the rule says of it, and the sums are those of the holdings."""
    with engine.connect() as connection:
        stored = {row.holding_id: row for row in connection.execute(select(StockExpiry.__table__))}
        held = {row.holding_id: row for row in connection.execute(HELD)}
        assert {id_: (row.expires_on, row.vials, row.doses) for id_, row in stored.items()} == {
            id_: (expiry_of(row), row.vials, doses_of(row)) for id_, row in held.items()
        }
        stocks = expiring_stock(connection, SITES, today)
        assert len(stocks) == len(stored)
        for stock in stocks:
            left = days_left(stored[stock.holding_id].expires_on, today)
            assert (stock.days_left, stock.bucket) == (left, bucket(left))
            why = why_unusable(stock.state, stock.hold, left, stock.vvm)
            assert why in (
                (stored[stock.holding_id].stopped,) if left is None or left >= 0 else ("expired", "vvm")
            )
        amounts: Counter[str] = Counter()
        for stock in stocks:
            amounts[stock.bucket] += stock.doses or 0
        sums = bucket_sums(connection, today)
        assert {name: doses for name, (_, doses) in sums.items()} == dict(amounts)
        assert sum(holdings for holdings, _ in sums.values()) == len(stocks)
        soon = [s for s in stocks if s.days_left is not None and s.days_left <= 30]
        assert {s.holding_id for s in expiring_stock(connection, SITES, today, 30)} == {
            s.holding_id for s in soon
        }


@pytest.mark.proves("R070", "L26")
def test_what_is_stored_is_what_the_rule_says_on_any_day(engine: Engine, hand: Hand) -> None:
    for today in (TODAY, day(20), day(400)):
        check(engine, today)


@pytest.mark.proves("R009")
def test_a_change_of_lot_or_item_moves_every_holding(engine: Engine, hands: tuple[Hand, Hand]) -> None:
    admin, _ = hands
    revised = [{"state": "frozen", "expiry": "2022-07-31", "document": "CV 9456/BYT-DP"}]
    with engine.connect() as connection:
        query = select(EntryRow.subject_id, EntryRow.id).where(EntryRow.kind.in_(("lot", "item")))
        first = dict(connection.execute(query).tuples().all())
    edit = admin.entry("lot", LOT, PROVINCE, {"revisions": revised}, based_on=[first[LOT]])
    longer = admin.entry("item", ITEM, PROVINCE, {"thaw_days": 90}, based_on=[first[ITEM]])
    push(engine, admin, edit, longer)
    check(engine, TODAY)
    with engine.connect() as connection:
        frozen = select(StockExpiry.expires_on).where(
            StockExpiry.lot_id == LOT, StockExpiry.state == "frozen"
        )
        assert set(connection.scalars(frozen)) == {date(2022, 7, 31)}
        rebuilds_alike(connection)


def test_an_emptied_holding_is_forgotten(engine: Engine, hand: Hand) -> None:
    moves(engine, hand, place("tests"), -40, SITES[0], state="frozen")
    check(engine, TODAY)


def test_heads_tell_where_news_arrived(engine: Engine, hand: Hand) -> None:
    with engine.connect() as connection:
        before = heads_of(connection, [*SITES, place("elsewhere")])
    assert before.keys() == set(SITES)
    moves(engine, hand, place("tests"), 9, SITES[1], state="frozen")
    with engine.connect() as connection:
        after = heads_of(connection, SITES)
    assert (after[SITES[0]], after[SITES[1]]) == (before[SITES[0]], before[SITES[1]] + 1)


def test_the_soonest_to_expire(engine: Engine, hand: Hand) -> None:
    with engine.connect() as connection:
        stocks = expiring_stock(connection, SITES, TODAY, 7)
        found = soonest(connection, SITES, TODAY, 7)
        assert found is not None
        assert found.doses == sum(s.doses for s in stocks if s.doses and s.doses > 0)
        most = max(stocks, key=lambda s: s.doses or 0)
        assert (found.site_id, found.lot_number, found.days_left) == (
            most.site_id,
            most.lot_number,
            most.days_left,
        )
        assert soonest(connection, [place("elsewhere")], TODAY, 7) is None
