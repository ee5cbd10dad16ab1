"""Counts worked through: differences without their own explanation, late papers, recounts, who counts late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update

from server.ledger.models import EntryRow
from server.stock.count_reviews import (
    CountSheet,
    count_sheet,
    count_sheets,
    explanations,
    late_movements,
    left_out,
    overdue_counts,
    wanted,
)
from shared.identifiers import holding_id
from tests.server.ledger.hands import LOT, SITES, TODAY, rebuilds_alike
from tests.server.stock.books import OTHER_LOT, Books, open_books

D = timedelta(days=1)
AS_OF = TODAY - 2 * D


@pytest.fixture
def books(engine: Engine) -> Books:
    found = open_books(engine)
    found.move(10, "received", TODAY - 9 * D)
    return found


def sheet(books: Books, count: str) -> CountSheet:
    with books.engine.connect() as connection:
        found = count_sheet(connection, count)
    assert found is not None
    return found


def arrived(books: Books, entry: str, days_later: int) -> None:
    """As if the server had heard of an entry so many days after everything else."""
    with books.engine.begin() as connection:
        row = EntryRow.__table__
        known = connection.execute(row.select().where(row.c.id == entry)).one()
        later = known.received_at + timedelta(days=days_later)
        connection.execute(update(EntryRow).where(EntryRow.id == entry).values(received_at=later))


def due(books: Books, found: CountSheet) -> dict[Any, tuple[int, int]]:
    with books.engine.connect() as connection:
        stands = explanations(connection, found.id)
    return wanted(found, stands, stands[-1] if stands else None)


@pytest.mark.proves("L25")
def test_a_difference_is_explained_and_a_late_paper_opens_it_again(books: Books) -> None:
    count = books.count(7, AS_OF)
    found = sheet(books, count)
    assert (found.state, found.more, found.fewer, found.lines[0].difference, found.lines[0].open) == (
        "open",
        0,
        3,
        -3,
        -3,
    )
    first = books.explain(
        count, [{"vials": -2, "reason": "broken"}, {"vials": -1, "reason": "lost"}], on=AS_OF
    )
    found = sheet(books, count)
    assert (found.state, found.lines[0].book, found.lines[0].difference, found.lines[0].open) == (
        "explained",
        10,
        -3,
        0,
    )

    late = books.move(-1, "administered", AS_OF - D)
    arrived(books, late, 1)
    found = sheet(books, count)
    assert (found.state, found.lines[0].difference, found.lines[0].open) == ("review", -2, 1)
    with books.engine.connect() as connection:
        assert [(row.entry_id, row.vials) for row in late_movements(connection, count)] == [(late, -1)]
    assert due(books, found) == {(LOT, "frozen", None, None): (-2, 0)}

    books.explain(count, [{"vials": -2, "reason": "broken"}], on=AS_OF, corrects=first)
    found = sheet(books, count)
    assert (found.state, found.explained_by, found.lines[0].open) == ("explained", 1, 0)
    with books.engine.connect() as connection:
        rebuilds_alike(connection)


@pytest.mark.proves("L25", "R081")
def test_what_was_reversed_or_is_idle_counts_in_no_book(books: Books) -> None:
    count = books.count(10, AS_OF)
    wrong = books.move(-4, "administered", AS_OF - D)
    assert sheet(books, count).lines[0].difference == 4
    books.move(4, "administered", TODAY, reverses=wrong)
    books.move(4, "administered", TODAY, reverses=wrong)
    found = sheet(books, count)
    assert (found.state, found.lines[0].difference) == ("agrees", 0)


def test_two_explanations_from_two_phones_are_too_much_together(books: Books) -> None:
    count = books.count(7, AS_OF)
    books.explain(count, [{"vials": -3, "reason": "broken"}], on=AS_OF)
    books.explain(count, [{"vials": -3, "reason": "lost"}], on=AS_OF)
    found = sheet(books, count)
    assert (found.state, found.lines[0].open) == ("review", 3)
    assert due(books, found) == {}, "the one that stays says it all"


def test_doses_of_opened_vials_are_explained_beside_the_vials(books: Books) -> None:
    opened = {"state": "opened", "opened_on": AS_OF.isoformat()}
    books.move(-2, "opened", AS_OF, doses=-12, to_state="opened", to_opened_on=AS_OF.isoformat())
    count = books.count(2, AS_OF, doses=9, **opened)
    found = sheet(books, count)
    assert (found.lines[0].difference, found.lines[0].difference_doses, found.state) == (0, -3, "open")
    books.explain(count, [{"vials": 0, "doses": -3, "reason": "session_end", **opened}], on=AS_OF)
    assert sheet(books, count).state == "explained"


def test_what_was_not_counted_is_not_zero_and_what_was_left_out_is_named(books: Books) -> None:
    books.move(5, "received", TODAY - 9 * D, lot=OTHER_LOT)
    count = books.count(None, AS_OF)
    found = sheet(books, count)
    assert (found.state, found.partial, found.lines[0].difference, found.open) == (
        "not_counted",
        True,
        None,
        [],
    )
    with books.engine.connect() as connection:
        assert [(row.lot_number, row.vials) for row in left_out(connection, found)] == [("PCA0016", 5)]
    again = books.count(10, TODAY - D)
    assert sheet(books, count).again == {holding_id(books.site, LOT, "frozen", None): TODAY - D}
    assert sheet(books, again).again == {}
    with books.engine.connect() as connection:
        assert [one.id for one in count_sheets(connection, SITES, TODAY - 30 * D)] == [again, count]
        assert count_sheets(connection, [SITES[1]], TODAY - 30 * D) == []
        assert [one.id for one in count_sheets(connection, SITES, TODAY - D)] == [again]


def test_a_site_with_stock_is_told_to_count(books: Books) -> None:
    def told(days: int) -> list[tuple[str, Any]]:
        with books.engine.connect() as connection:
            return [(each.site_id, each.last) for each in overdue_counts(connection, SITES, TODAY, days)]

    assert told(30) == [(SITES[0], None)]
    books.count(None, TODAY)
    assert told(30) == [(SITES[0], None)], "a count without a number is none"
    books.count(10, TODAY - 5 * D)
    assert told(5) == []
    assert told(4) == [(SITES[0], TODAY - 5 * D)]
    books.move(-10, "issued")
    assert told(4) == []
