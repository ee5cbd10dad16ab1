"""The board's sums and rows are those of every holding read one by one, on either database."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from server.ledger.models import EntryRow
from server.redistribution.losing import exposed_stock
from server.redistribution.weighing import stale_sites, weigh_sites
from server.stock.board import Filter, board_count, board_rows, board_sums, site_sums, soonest, stock_state
from server.stock.expiring import expiring_stock
from server.stock.expiry_models import StockExpiry
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
    """Everything the board says of a day, against the holdings read one by one."""
    with engine.connect() as connection:
        stocks = expiring_stock(connection, SITES, today)
        usable = {
            s.holding_id: why_unusable(s.state, s.hold, s.days_left, s.vvm) is None and s.vials > 0
            for s in stocks
        }
        amounts: Counter[Any] = Counter()
        for s in stocks:
            amounts[s.item_id, s.bucket, usable[s.holding_id]] += s.vials if s.doses is None else s.doses
        sums = board_sums(connection, SITES, today)
        assert {(s.item_id, s.bucket, s.usable): s.amount for s in sums} == dict(amounts)
        assert sum(s.holdings for s in sums) == len(stocks) == board_count(connection, SITES, today)
        rows = board_rows(connection, SITES, today, limit=100)
        assert [(r.holding_id, r.expiry, r.bucket, r.doses, r.vvm) for r in rows] == [
            (s.holding_id, s.expiry, s.bucket, s.doses, s.vvm) for s in sorted(stocks, key=_by_expiry)
        ]
        assert {r.holding_id: r.stopped for r in rows} == {
            s.holding_id: why_unusable(s.state, s.hold, s.days_left, s.vvm) for s in stocks
        }
        for shown in (Filter(usable=True), Filter(usable=False)):
            found = {r.holding_id for r in board_rows(connection, SITES, today, shown, limit=100)}
            assert found == {id_ for id_, may in usable.items() if may is shown.usable}
        for bucket in {s.bucket for s in stocks}:
            shown = Filter(buckets=frozenset({bucket}), items=frozenset({ITEM}))
            wanted = [
                s.holding_id
                for s in sorted(stocks, key=_by_expiry)
                if s.bucket == bucket and s.item_id == ITEM
            ]
            assert [r.holding_id for r in board_rows(connection, SITES, today, shown, limit=100)] == wanted
            assert board_count(connection, SITES, today, shown) == len(wanted)
        by_site = {s.site_id: s for s in site_sums(connection, SITES, today)}
        for site in SITES:
            mine = [s for s in stocks if s.site_id == site]
            assert by_site[site].on_hand == sum(s.vials if s.doses is None else s.doses for s in mine)
        (other,) = site_sums(connection, [SITES[1]], today)
        assert other == by_site[SITES[1]]


def _by_expiry(stock: Any) -> tuple[bool, date, str]:
    return stock.expiry is None, stock.expiry or date.max, stock.holding_id


@pytest.mark.proves("R070", "L26")
def test_sums_and_rows_are_those_of_the_holdings_on_any_day(engine: Engine, hand: Hand) -> None:
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


def test_an_emptied_holding_leaves_the_board(engine: Engine, hand: Hand) -> None:
    moves(engine, hand, place("tests"), -40, SITES[0], state="frozen")
    check(engine, TODAY)


@pytest.mark.proves("R070")
def test_losses_are_weighed_again_for_sites_with_news_only(engine: Engine, hand: Hand) -> None:
    with engine.begin() as connection:
        before = stock_state(connection, SITES)
        assert stale_sites(connection, TODAY) == sorted(SITES)
        weigh_sites(connection, SITES, TODAY)
        assert stale_sites(connection, TODAY) == []
        assert stale_sites(connection, day(1)) == sorted(SITES)
        weighed = stock_state(connection, SITES)
        assert weighed != before
    moves(engine, hand, place("tests"), 9, SITES[1], state="frozen")
    with engine.begin() as connection:
        assert stale_sites(connection, TODAY) == [SITES[1]]
        assert stock_state(connection, SITES) != weighed
        weigh_sites(connection, [SITES[1]], TODAY)
        told = {e.stock.holding_id: e.losing for e in exposed_stock(connection, SITES, (), TODAY)}
        rows = board_rows(connection, SITES, TODAY, order="losing", limit=100)
        assert {row.holding_id: row.losing for row in rows} == told
        assert [row.losing for row in rows] == sorted(told.values(), reverse=True)
        assert sum(s.losing for s in board_sums(connection, SITES, TODAY)) == sum(told.values()) > 0


def test_the_soonest_to_expire(engine: Engine, hand: Hand) -> None:
    with engine.connect() as connection:
        stocks = expiring_stock(connection, SITES, TODAY, 7)
        found = soonest(connection, SITES, TODAY, 7)
        assert found is not None
        assert found.doses == sum(s.doses for s in stocks if s.doses and s.doses > 0)
        assert found.most.doses == max(s.doses or 0 for s in stocks)
        assert soonest(connection, [place("elsewhere")], TODAY, 7) is None
