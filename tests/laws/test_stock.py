"""The five invariants of stock, for random histories of two sites' phones, a team and a district: entries late,
twice, in any order, reversed and corrected, on both databases.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, select

from server.database import open_engine
from server.ledger.accept import accept
from server.ledger.models import EntryRow
from server.stock.count_reviews import count_sheets
from server.stock.expiring import expiring_stock
from server.stock.models import StockBalance, StockMovement
from server.stock.transfer_models import Transfer, TransferLine
from server.sync.projectors import PROJECTORS
from server.tables import metadata
from shared.rules.need import why_unusable
from shared.rules.transfers import LineStanding
from tests.laws.stock_book import Book, Raw, recount
from tests.server.ledger.hands import CLOCK, LOT, PROVINCE, SITES, TODAY, place
from tests.server.ledger.histories import Step, pushes, write
from tests.server.ledger.test_law import ADMIN, Ledger

ITEM = place("item of the law")

#: Steps of which most move stock: what the writers of `histories` do with these numbers.
_step = st.tuples(
    st.integers(0, 3), st.sampled_from([5, 6, 20, 21, 22, 23]), st.integers(0, 3), st.integers(0, 999)
)
stock_steps = st.integers(0, 40).flatmap(lambda count: st.lists(_step, min_size=count, max_size=count))


@pytest.fixture(scope="module")
def in_memory() -> Iterator[Ledger]:
    engine = open_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.commit()
    yield Ledger(engine)
    engine.dispose()


def _told(connection: Connection) -> list[Raw]:
    """Every entry the ledger took, as it was written."""
    return [json.loads(payload) for payload in connection.execute(select(EntryRow.payload)).scalars()]


def _catalogue(connection: Connection) -> None:
    """A vaccine in the lot the histories move, so that it has an expiry."""
    item = {
        "code": "X", "name_vi": "Vắc xin", "name_en": "Vaccine", "item_class": "vaccine", "unit_vi": "lọ",
        "unit_en": "vial", "doses_per_vial": 6, "thaw_days": 31, "open_vial_hours": 6,
    }  # fmt: skip
    lot = {"item": ITEM, "lot_number": "L", "label_expiry": "2022-12-31"}
    entries = [ADMIN.entry("item", ITEM, PROVINCE, item), ADMIN.entry("lot", LOT, PROVINCE, lot)]
    accept(connection, ADMIN.sender(), entries, CLOCK, PROJECTORS)


def _holding(row: StockMovement | StockBalance) -> tuple[str, str, str, str, str]:
    days = (str(day) if day else "" for day in (row.thawed_on, row.opened_on))
    return (row.site_id, row.lot_id, row.state, *days)  # type: ignore[return-value]


def _balances_are_sums(connection: Connection, book: Book) -> None:
    """1. Balance(t) is the sum of the movements until t, for every day."""
    days = {day for moved in book.moved.values() for day, *_ in moved} | {str(TODAY)}
    columns = StockMovement.__table__.c
    key = [columns[name] for name in ("site_id", "lot_id", "state", "thawed_on", "opened_on")]
    for day in days:
        query = (
            select(*key, func.sum(columns.vials).label("vials"))
            .where(~columns.idle, columns.moved_on <= date.fromisoformat(day))
            .group_by(*key)
        )
        shown = {_holding(row): row.vials for row in connection.execute(query)}
        expected = {holding: book.vials(holding, day) for holding in book.moved}
        assert {h: v for h, v in shown.items() if v} == {h: v for h, v in expected.items() if v}, day
    stored = connection.execute(select(StockBalance.__table__))
    assert {_holding(row): (row.vials, row.doses) for row in stored if row.vials or row.doses} == {
        holding: (book.vials(holding), book.doses(holding))
        for holding in book.moved
        if book.vials(holding) or book.doses(holding)
    }


def _counts_keep_their_difference(connection: Connection, book: Book, told: list[Raw]) -> None:
    """2. Counted minus book, whatever came late; what explains it is what was written to explain it."""
    counts = {raw["id"]: raw for raw in told if raw["kind"] == "stock_count"}
    # A correction of another site's count has no effect.
    about = {raw["id"]: raw["subject"] for raw in counts.values()}
    corrected = {
        raw["corrects"] for raw in counts.values() if about.get(raw.get("corrects", "")) == raw["subject"]
    }
    shown = {sheet.id: sheet for sheet in count_sheets(connection, SITES, date.min)}
    assert set(shown) == set(counts) - corrected
    for count_id, sheet in shown.items():
        raw = counts[count_id]
        for line, found in zip(raw["body"]["lines"], sheet.lines, strict=True):
            holding = (raw["place"], line["lot"], line["state"], "", "")
            book_then = book.vials(holding, raw["occurred_on"], but=count_id)
            explained = book.vials(holding) - book.vials(holding, but=count_id)
            assert found.book == book_then
            if line.get("vials") is not None:
                assert found.difference == line["vials"] - book_then
                assert found.open == line["vials"] - book_then - explained


def _goods_are_conserved(connection: Connection, book: Book) -> None:
    """3. dispatched = accepted + rejected + lost + back + in transit, and the books together lack just that."""
    lines: dict[tuple[str, str], list[LineStanding]] = {}
    for row in connection.execute(select(TransferLine.__table__)):
        standing = LineStanding(
            row.lot_id, row.state, row.thawed_on, row.ordered, row.dispatched, row.accepted, row.rejected, row.lost,
            row.back,
        )  # fmt: skip
        lines.setdefault((row.transfer_id, row.lot_id), []).append(standing)
    for goods, standing in lines.items():
        assert sum(line.dispatched for line in standing) == book.sent[goods]
        assert sum(line.accepted + line.rejected + line.back for line in standing) == book.came[goods]
        assert sum(line.lost for line in standing) == book.gone[goods]
        in_transit = book.sent[goods] - book.came[goods] - book.gone[goods]
        assert sum(line.in_transit for line in standing) == in_transit
        moved = connection.execute(
            select(func.coalesce(func.sum(StockMovement.vials), 0)).where(
                StockMovement.transfer_id == goods[0], StockMovement.lot_id == goods[1], ~StockMovement.idle
            )
        ).scalar_one()
        assert moved == -(in_transit + book.gone[goods])
    assert {goods for goods, vials in (book.sent + book.came + book.gone).items() if vials} <= set(lines)
    assert len(set(connection.execute(select(Transfer.id)).scalars())) == len(
        {g[0] for g in lines} | _bare(connection)
    )


def _bare(connection: Connection) -> set[str]:
    """Transfers without a line: only decided, or every document corrected away."""
    known = select(TransferLine.transfer_id)
    return set(connection.execute(select(Transfer.id).where(Transfer.id.not_in(known))).scalars())


def _what_is_wrong_is_stored_and_not_used(connection: Connection, book: Book) -> None:
    """4. Negative balances and worn-out monitors are stored as they are and never count as usable."""
    shown = {each.holding_id: each for each in expiring_stock(connection, SITES, TODAY)}
    held = connection.execute(select(StockBalance.__table__)).all()
    assert len(shown) == sum(1 for row in held if row.vials or row.doses)
    for row in held:
        each = shown.get(row.holding_id)
        if each is None:
            continue
        assert each.vials == row.vials == book.vials(_holding(row))
        usable = why_unusable(each.state, each.hold, each.days_left) is None and each.vials > 0
        if row.vials < 0 or (row.vvm or 1) >= 3 or row.state in ("quarantined", "opened"):
            assert not usable, (row.state, row.vials, row.vvm)


def obeys(ledger: Ledger, history: list[Step], chance: random.Random) -> None:
    made = write(history)
    with ledger.anew() as connection:
        _catalogue(connection)
        for hand, raws in pushes(made, chance):
            accept(connection, hand.sender(), raws, CLOCK, PROJECTORS)
        told = _told(connection)
        book = recount(told)
        _balances_are_sums(connection, book)
        _counts_keep_their_difference(connection, book, told)
        _goods_are_conserved(connection, book)
        _what_is_wrong_is_stored_and_not_used(connection, book)


PHASES = (Phase.explicit, Phase.generate)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.proves("R081", "L25", "L9")
@settings(max_examples=50, phases=PHASES, suppress_health_check=SLOW)
@given(history=stock_steps, chance=st.randoms(use_true_random=False))
def test_the_stock_book_balances_whatever_arrives(
    in_memory: Ledger, history: list[Step], chance: random.Random
) -> None:
    obeys(in_memory, history, chance)


@pytest.mark.proves("R081", "L25")
def test_the_same_on_postgresql(pg: Engine) -> None:
    @settings(max_examples=12, phases=PHASES, suppress_health_check=SLOW, database=None)
    @given(history=stock_steps, chance=st.randoms(use_true_random=False))
    def law(history: list[Step], chance: random.Random) -> None:
        obeys(Ledger(pg), history, chance)

    law()
