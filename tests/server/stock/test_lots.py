"""A lot: every holding with its limits, the lots documents name, and what became of its vials."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from server.stock.expiring import expiring_stock
from server.stock.lots import Fate, LotInfo, Whereabouts, fate, lot_of, lots_of, on_the_way, whereabouts
from server.stock.postings import deed_of, movement_body, needs_a_reason
from server.stock.recalling import recalls_to_write
from shared.faults import Refused
from shared.records.stock_movement import REASONS
from tests.server.ledger.hands import LOT, PROVINCE, SITES, TODAY, Hand, enrol_hands, place, push
from tests.server.stock.books import BOX, OTHER_LOT, Books, edit_lot, open_books, site

D = timedelta(days=1)


@pytest.fixture
def books(engine: Engine) -> Books:
    return open_books(engine)


def lot(books: Books, lot_id: str = LOT) -> LotInfo:
    with books.engine.connect() as connection:
        found = lot_of(connection, lot_id, [PROVINCE])
    assert found is not None
    return found


def held(books: Books, today: date = TODAY, sites: tuple[str, ...] = SITES) -> list[Whereabouts]:
    with books.engine.connect() as connection:
        return whereabouts(connection, lot(books), sites, today)


def said(books: Books, *sites: str) -> Fate:
    with books.engine.connect() as connection:
        return fate(connection, LOT, sites, on_the_way(connection, LOT, sites))


@pytest.mark.proves("R008", "L26")
def test_the_frozen_part_of_a_revised_lot_lives_longer_and_the_thawed_part_does_not(books: Books) -> None:
    """Lots 124001 and 123002: label 30/11/2021, frozen stock revised to 28/02/2022, 31 days after thaw unchanged."""
    document = "Gia hạn 6 → 9 tháng, 22/10/2021"
    edit_lot(
        books, LOT, lot_number="124001", label_expiry="2021-11-30",
        revisions=[
            {"state": "frozen", "expiry": "2022-02-28", "document": document},
            {"state": "thawed", "expiry": "2022-02-28", "document": document},
        ],
    )  # fmt: skip
    arrived, thawed = date(2021, 11, 1), date(2022, 1, 10)
    books.move(20, "received", arrived)
    books.move(-5, "thawed", thawed, to_state="thawed", to_thawed_on=thawed.isoformat())
    found = {one.state: one for one in held(books, date(2022, 2, 15))}
    frozen, soft = found["frozen"], found["thawed"]
    assert (frozen.vials, frozen.last_day, frozen.unusable) == (15, date(2022, 2, 28), None)
    assert [(term.name, term.source) for term in frozen.terms] == [("revised", document)]
    assert (soft.vials, soft.last_day, soft.unusable) == (5, thawed + 31 * D, "expired")
    assert [(term.name, term.last_day) for term in soft.terms] == [
        ("thaw", date(2022, 2, 10)),
        ("revised", date(2022, 2, 28)),
    ]


@pytest.mark.proves("R081", "L27")
def test_a_lot_on_hold_is_on_the_book_and_not_usable_until_it_is_freed(books: Books) -> None:
    """FK0112 was suspended by a notice."""
    books.move(9, "received", TODAY - 3 * D)
    edit_lot(books, LOT, lot_number="FK0112", hold="Thông báo tạm dừng sử dụng lô FK0112")
    assert [(one.vials, one.unusable) for one in held(books)] == [(9, "hold")]
    edit_lot(books, LOT, hold=None)
    assert [(one.vials, one.unusable) for one in held(books)] == [(9, None)]
    assert lot(books).hold is None


@pytest.mark.proves("R036", "R081")
def test_every_vial_of_a_lot_is_somewhere(books: Books) -> None:
    books.move(30, "received", TODAY - 9 * D)
    books.move(-12, "issued", TODAY - 5 * D, counterpart=SITES[1])
    books.move(10, "received", TODAY - 4 * D, site=SITES[1], counterpart=SITES[0])
    books.move(-3, "administered", TODAY - 3 * D, site=SITES[1])
    books.move(-2, "broken", TODAY - 2 * D)
    books.move(-4, "issued", TODAY - 2 * D, counterpart=site("elsewhere"))
    books.move(1, "found", TODAY)
    books.move(-5, "thawed", TODAY, to_state="thawed", to_thawed_on=TODAY.isoformat())
    wrong = books.move(-7, "expired", TODAY)
    books.move(7, "expired", TODAY, reverses=wrong)
    books.move(50, "received", TODAY, lot=OTHER_LOT)
    found = said(books, *SITES)
    assert found == Fate(
        entered=30, sent_out=4, adjusted=1, on_hand=20, on_the_way=2, lost=0, used=3, discarded={"broken": 2}
    )
    assert found.on_hand == sum(one.vials for one in held(books))
    balance = found.entered - found.sent_out + found.adjusted
    assert balance == found.on_hand + found.on_the_way + found.lost + found.used + sum(
        found.discarded.values()
    )
    alone = said(books, SITES[1])
    assert (alone.entered, alone.used, alone.on_hand, alone.on_the_way) == (10, 3, 7, 0)


@pytest.mark.proves("R036")
def test_vials_between_two_sites_are_in_transit_and_lost_ones_are_told(books: Books, engine: Engine) -> None:
    books.move(30, "received", TODAY - 9 * D)
    both = {"source": SITES[0], "destination": SITES[1]}
    line = {"lot": LOT, "state": "frozen"}
    reviewer = enrol_reviewer(engine)
    push(
        engine,
        books.hand,
        books.hand.entry("dispatch", site("t"), SITES[0], {**both, "lines": [{**line, "vials": 10}]}),
    )
    with engine.connect() as connection:
        assert [(way.vials, way.lost) for way in on_the_way(connection, LOT, [SITES[1]])] == [(10, 0)]
    accepted = {**both, "more": "no", "lines": [{**line, "accepted": 6, "rejected": 1}]}
    push(engine, books.hand, books.hand.entry("receipt", site("t"), SITES[1], accepted))
    settled = {**both, "cause": "broken", "reason": "Vỡ dọc đường", "lines": [{**line, "lost": 2}]}
    push(engine, reviewer, reviewer.entry("settlement", site("t"), SITES[0], settled))
    found = said(books, *SITES)
    assert (found.entered, found.on_hand, found.on_the_way, found.lost) == (30, 27, 1, 2)
    assert {(one.site_id, one.state): one.vials for one in held(books)} == {
        (SITES[0], "frozen"): 20,
        (SITES[1], "frozen"): 6,
        (SITES[1], "quarantined"): 1,
    }
    with engine.connect() as connection:
        assert on_the_way(connection, LOT, [site("far")]) == []


def enrol_reviewer(engine: Engine) -> Hand:
    found = Hand(place("reviewer's device"), place("reviewer"), "district_reviewer")
    with engine.begin() as connection:
        enrol_hands(connection, [found])
    return found


@pytest.mark.proves("R037")
def test_a_recall_goes_to_every_holder_once(books: Books, engine: Engine) -> None:
    books.move(8, "received")
    books.move(5, "received", site=SITES[1], state="chilled")
    books.move(-1, "opened", doses=-6, to_state="opened", to_opened_on=TODAY.isoformat())
    known = lot(books)
    with engine.connect() as connection:
        told = recalls_to_write(connection, known, SITES)
        assert dict(told) == {SITES[0]: 7, SITES[1]: 5}
        assert recalls_to_write(connection, known, [SITES[1]]) == [(SITES[1], 5)]
    reviewer = enrol_reviewer(engine)
    body = {
        "item": known.item_id, "lot": LOT, "vials": 7, "deadline": TODAY.isoformat(), "cause": "lot",
        "status": "approved", "document": "CV 1",
    }  # fmt: skip
    push(engine, reviewer, reviewer.entry("recall", site("recall"), SITES[0], body))
    with engine.connect() as connection:
        assert recalls_to_write(connection, known, SITES) == [(SITES[1], 5)]


def test_lots_are_those_of_the_province(books: Books) -> None:
    with books.engine.connect() as connection:
        assert [one.lot_number for one in lots_of(connection, [PROVINCE])] == ["BOX", "FP8191", "PCA0016"]
        assert lots_of(connection, [SITES[0]]) == []
        assert lot_of(connection, LOT, [SITES[0]]) is None


@pytest.mark.proves("R009")
def test_a_longer_dated_lot_needs_a_reason_while_the_shorter_stands(books: Books) -> None:
    books.move(10, "received")
    books.move(4, "received", lot=OTHER_LOT)
    books.move(9, "received", lot=BOX, state="chilled")

    def asks(number: str, vials: int) -> bool:
        with books.engine.connect() as connection:
            found = expiring_stock(connection, SITES, TODAY)
        return needs_a_reason(found, next(one for one in found if one.lot_number == number), vials)

    assert (asks("PCA0016", 3), asks("FP8191", 1), asks("BOX", 9)) == (False, True, False)
    edit_lot(books, OTHER_LOT, hold="CV 2")
    assert not asks("FP8191", 1), "what is on hold is nobody's first choice"


def test_bodies_are_signed_and_name_their_holding(books: Books) -> None:
    books.move(10, "received")
    with books.engine.connect() as connection:
        (holding,) = expiring_stock(connection, SITES, TODAY)
    thaw = movement_body("thaw", holding, {"vials": 3, "to_thawed_on": "2022-04-15"})
    assert {key: value for key, value in thaw.items() if value is not None} == {
        "reason": "thawed", "vials": -3, "state": "frozen", "to_state": "thawed", "to_thawed_on": "2022-04-15",
    }  # fmt: skip
    came = movement_body("receive", None, {"vials": 3, "state": "chilled", "reason": "opening"})
    assert (came["vials"], came["state"], came["reason"]) == (3, "chilled", "opening")
    with pytest.raises(Refused):
        movement_body("discard", holding, {"vials": 1, "reason": "administered"})


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_but_those_of_counts_has_a_page(reason: str) -> None:
    only_counts = {"data_entry", "unexplained", "opened"}
    assert (deed_of(reason, 1) is None) == (reason in only_counts)
