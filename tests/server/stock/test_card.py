"""The stock card: running balances, reversed pairs, counts as lines, and in–out–balance that adds up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from server.stock.card import Card, Line, items_moved, stock_card
from server.stock.turnover import Turnover, put_together, turnover
from shared.identifiers import holding_id
from tests.server.ledger.hands import LOT, SITES, TODAY
from tests.server.stock.books import BOX, ITEM, OTHER_LOT, SUPPLY, Books, open_books

D = timedelta(days=1)
LONG_AGO = TODAY - 60 * D


@pytest.fixture
def books(engine: Engine) -> Books:
    return open_books(engine)


def card(
    books: Books, first: date = LONG_AGO, last: date = TODAY, item: str = ITEM, holding: str = ""
) -> Card:
    with books.engine.connect() as connection:
        return stock_card(connection, books.site, item, first, last, holding)


def moved(found: Card) -> list[tuple[str, int, int]]:
    return [(line.reason, line.vials, line.balance) for line in found.lines if isinstance(line, Line)]


@pytest.mark.proves("R036", "R081")
def test_the_balance_runs_through_the_days_whatever_order_papers_came_in(books: Books) -> None:
    books.move(-4, "administered", TODAY - 2 * D)
    books.move(10, "received", TODAY - 9 * D, document="PN 01")
    books.move(5, "received", TODAY - 5 * D, lot=OTHER_LOT)
    books.move(-1, "broken", TODAY)
    books.move(100, "received", TODAY, lot=BOX, state="chilled")
    found = card(books)
    assert moved(found) == [
        ("received", 10, 10),
        ("received", 5, 15),
        ("administered", -4, 11),
        ("broken", -1, 10),
    ]
    assert (found.opening, found.came, found.went, found.closing) == (0, 15, 5, 10)
    later = card(books, first=TODAY - 4 * D, last=TODAY - D)
    assert (later.opening, later.closing, moved(later)) == (15, 11, [("administered", -4, 11)])
    assert [(h.lot_number, h.opening, h.closing) for h in later.holdings] == [
        ("FP8191", 10, 6),
        ("PCA0016", 5, 5),
    ]
    with books.engine.connect() as connection:
        assert items_moved(connection, books.site) == {ITEM, SUPPLY}
        assert items_moved(connection, SITES[1]) == set()


@pytest.mark.proves("R081")
def test_a_reversed_pair_is_crossed_and_counts_on_the_day_of_the_first(books: Books) -> None:
    wrong = books.move(10, "received", TODAY - 9 * D)
    right = books.move(12, "received", TODAY - 9 * D)
    books.move(-10, "received", TODAY, reverses=wrong)
    books.move(-10, "received", TODAY, reverses=wrong)  # on another phone as well: without effect
    found = card(books)
    lines = [line for line in found.lines if isinstance(line, Line)]
    assert [(line.on, line.vials, line.crossed, line.idle) for line in lines if line.entry_id != right] == [
        (TODAY - 9 * D, 10, True, False),
        (TODAY - 9 * D, -10, True, False),
        (TODAY - 9 * D, -10, False, True),
    ]
    assert [line.reversible for line in lines if line.entry_id == right] == [True]
    assert not any(line.reversible for line in lines if line.entry_id != right)
    assert (found.came, found.went, found.closing) == (12, 0, 12)


def test_a_thaw_moves_between_holdings_and_leaves_the_sum(books: Books) -> None:
    books.move(10, "received", TODAY - 9 * D)
    thawed = (TODAY - 3 * D).isoformat()
    books.move(-4, "thawed", TODAY - 3 * D, to_state="thawed", to_thawed_on=thawed)
    found = card(books)
    assert moved(found) == [("received", 10, 10), ("thawed", -4, 6), ("thawed", 4, 10)]
    assert (found.came, found.went, found.closing) == (10, 0, 10)
    held = holding_id(books.site, LOT, "thawed", thawed)
    one = card(books, holding=held)
    assert (moved(one), one.came, one.closing) == ([("thawed", 4, 4)], 4, 4)


def test_below_zero_is_flagged_in_the_evening_only(books: Books) -> None:
    books.move(-3, "administered", TODAY - 4 * D)
    books.move(3, "received", TODAY - 4 * D)
    books.move(-2, "administered", TODAY - 2 * D)
    found = card(books)
    lines = [line for line in found.lines if isinstance(line, Line)]
    assert [(line.on, line.negative) for line in lines] == [
        (TODAY - 4 * D, False),
        (TODAY - 4 * D, False),
        (TODAY - 2 * D, True),
    ]
    assert [(h.lot_number, h.closing) for h in found.negative] == [("FP8191", -2)]


@pytest.mark.proves("L25")
def test_a_count_is_a_line_that_changes_nothing_and_what_explains_it_follows(books: Books) -> None:
    books.move(10, "received", TODAY - 9 * D)
    count = books.count(7, TODAY - 2 * D)
    books.explain(count, [{"vials": -3, "reason": "broken"}], on=TODAY - 2 * D)
    books.move(-1, "administered", TODAY - 2 * D)
    found = card(books)
    words = [
        line.reason if isinstance(line, Line) else (line.vials, line.book, line.difference)
        for line in found.lines
    ]
    assert words == ["received", "administered", (7, 9, -2), "broken"]
    assert found.closing == 6


def test_a_long_card_is_carried_over(books: Books) -> None:
    for days in range(6):
        books.move(1, "received", TODAY - days * D)
    carried, shown = card(books).last(2)
    assert (carried, [line.balance for line in shown if isinstance(line, Line)]) == (4, [5, 6])
    assert card(books).last(10)[0] == 0


_MOVES = st.lists(
    st.tuples(
        st.sampled_from(SITES),
        st.sampled_from((LOT, OTHER_LOT, BOX)),
        st.sampled_from(
            (
                "opening",
                "received",
                "issued",
                "returned",
                "administered",
                "expired",
                "session_end",
                "found",
                "data_entry",
            )
        ),
        st.integers(1, 40),
        st.integers(0, 20),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)
_IN = {"opening", "received", "found"}
_EITHER = {"returned", "data_entry"}


@pytest.mark.proves("R081")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=_MOVES, cut=st.integers(0, 20))
def test_what_one_period_ends_with_the_next_begins_with(books: Books, moves: list[tuple], cut: int) -> None:  # type: ignore[type-arg]
    """closing(t) = opening(t+1); sums over sites are those of the province; reversals leave no trace. Movements of
    earlier examples stay: any history will do.
    """
    for site, lot, reason, vials, days, out, reverse in moves:
        signed = vials if reason in _IN or (reason in _EITHER and not out) else -vials
        entry = books.move(signed, reason, TODAY - days * D, lot=lot, site=site)
        if reverse:
            books.move(-signed, reason, TODAY, lot=lot, site=site, reverses=entry)
    day = TODAY - cut * D
    with books.engine.connect() as connection:
        for measure in ("vials", "doses"):
            before = turnover(connection, SITES, LONG_AGO, day, measure)  # type: ignore[arg-type]
            after = turnover(connection, SITES, day + D, TODAY, measure)  # type: ignore[arg-type]
            whole = turnover(connection, SITES, LONG_AGO, TODAY, measure)  # type: ignore[arg-type]
            closing = {row.key: row.closing for row in before if row.closing}
            assert closing == {row.key: row.opening for row in after if row.opening}
            assert {r.key: r.closing for r in whole if r.closing} == {
                r.key: r.closing for r in after if r.closing
            }
            assert _sums(put_together(whole, lambda _: "province", by_lot=False)) == _sums(
                row
                for site in SITES
                for row in put_together(
                    turnover(connection, [site], LONG_AGO, TODAY, measure), str, by_lot=True
                )  # type: ignore[arg-type]
            )


def _sums(rows: object) -> dict[str, tuple[int, ...]]:
    found: dict[str, Turnover] = {}
    for row in rows:  # type: ignore[attr-defined]
        found.setdefault(row.key.item_id, Turnover(row.key)).add(row)
    return {
        item: (row.opening, *row.moved.values(), row.closing)
        for item, row in found.items()
        if row.opening or any(row.moved.values())
    }


def test_columns_say_where_stock_went_and_opened_vials_count_in_doses(books: Books) -> None:
    books.move(10, "opening", TODAY - 40 * D)
    books.move(6, "received", TODAY - 9 * D)
    books.move(-2, "opened", TODAY, doses=-12, to_state="opened", to_opened_on=TODAY.isoformat())
    opened = {"state": "opened", "opened_on": TODAY.isoformat()}
    books.move(-1, "administered", TODAY, doses=-9, **opened)
    books.move(-1, "session_end", TODAY, doses=-3, **opened)
    books.move(-1, "broken", TODAY)
    with books.engine.connect() as connection:
        (vials,) = turnover(connection, SITES, TODAY - 10 * D, TODAY)
        (doses,) = turnover(connection, SITES, TODAY - 10 * D, TODAY, "doses")
    assert (vials.opening, vials.closing) == (10, 13)
    assert {name: vials.shown(name) for name in vials.moved} == {
        "started": 0, "received": 6, "issued": 0, "used": 1, "open_waste": 1, "closed_waste": 1, "adjusted": 0,
    }  # fmt: skip
    assert (doses.opening, doses.closing) == (60, 13 * 6)
    assert (doses.shown("used"), doses.shown("open_waste"), doses.shown("closed_waste")) == (9, 3, 6)
