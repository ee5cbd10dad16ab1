"""Transfers as they stand, on both databases: stages, who acts, what is in transit, what is promised, what is late."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, select

from server.ledger.accept import accept
from server.ledger.models import EntryRow
from server.stock.allocations import allocations
from server.stock.models import StockBalance, StockMovement
from server.stock.sending import next_number, sendable, with_lines
from server.stock.transfers import (
    Standing,
    count_transfers,
    open_transfers,
    transfer,
    transfer_of,
    transfers,
    unconfirmed,
)
from server.stock.transit import Changed, changed_on_the_way
from server.sync.projectors import PROJECTORS
from tests.server.ledger.hands import (
    CLOCK,
    LOT,
    PROVINCE,
    SITES,
    TODAY,
    Hand,
    enrol,
    enrol_hands,
    place,
    push,
    rebuilds_alike,
)

ITEM, OTHER, GLOVES = place("item"), place("other lot"), place("gloves")
A, B = SITES
ENDS = {"source": A, "destination": B}
ONE = place("transfer one")

Hands = tuple[Hand, Hand, Hand]


@pytest.fixture
def hands(engine: Engine) -> Hands:
    """The keepers of both sites and a reviewer; Pfizer in two lots and gloves without expiry at A."""
    admin, *found = enrol(engine, "administrator", "station", "station", "district_reviewer")
    item = {
        "code": "PFZ_ADULT", "name_vi": "Pfizer", "name_en": "Pfizer", "item_class": "vaccine", "vaccine": "PFZ_ADULT",
        "unit_vi": "lọ", "unit_en": "vial", "doses_per_vial": 6, "thaw_days": 31,
    }  # fmt: skip
    gloves = {
        "code": "G", "name_vi": "Găng", "name_en": "Gloves", "item_class": "supply", "unit_vi": "đôi", "unit_en": "pair"
    }  # fmt: skip
    lots: list[tuple[str, dict[str, Any]]] = [
        (LOT, {"item": ITEM, "lot_number": "124001", "label_expiry": "2022-04-30"}),
        (OTHER, {"item": ITEM, "lot_number": "FP1", "label_expiry": "2022-05-31"}),
        (GLOVES, {"item": place("gloves item"), "lot_number": "G1"}),
    ]
    early = TODAY - timedelta(days=40)
    push(
        engine,
        admin,
        admin.entry("item", ITEM, PROVINCE, item, on=early),
        admin.entry("item", place("gloves item"), PROVINCE, gloves, on=early),
        *[admin.entry("lot", lot, PROVINCE, body, on=early) for lot, body in lots],
    )
    sender = found[0]
    for lot, vials in ((LOT, 20), (OTHER, 10), (GLOVES, 100)):
        body = {"state": "frozen", "vials": vials, "reason": "opening"}
        push(engine, sender, sender.entry("stock_movement", lot, A, body, on=early))
    return found[0], found[1], found[2]


def line(vials: int, lot: str = LOT, **more: Any) -> dict[str, Any]:
    return {"lot": lot, "state": "frozen", "vials": vials, **more}


def came(accepted: int, rejected: int = 0, lot: str = LOT, **more: Any) -> dict[str, Any]:
    return {"lot": lot, "state": "frozen", "accepted": accepted, "rejected": rejected, **more}


def order(
    hand: Hand, *lines: dict[str, Any], of: str = ONE, by: str = "2022-04-18", **more: Any
) -> dict[str, Any]:
    body = {**ENDS, "purpose": "supply", "dispatch_by": by, "lines": list(lines) or [line(8)], **more}
    return hand.entry("transfer_order", of, A, body)


def decide(hand: Hand, decision: str = "approved", of: str = ONE, **more: Any) -> dict[str, Any]:
    return hand.entry("transfer_decision", of, A, {**ENDS, "decision": decision, **more})


def send(hand: Hand, *lines: dict[str, Any], of: str = ONE, on: date = TODAY, **more: Any) -> dict[str, Any]:
    changed = {"corrects": more.pop("corrects")} if "corrects" in more else {}
    return hand.entry("dispatch", of, A, {**ENDS, "lines": list(lines), **more}, on=on, **changed)


def receive(
    hand: Hand, *lines: dict[str, Any], more: str = "no", of: str = ONE, on: date = TODAY, **said: Any
) -> Any:
    changed = {"corrects": said.pop("corrects")} if "corrects" in said else {}
    return hand.entry(
        "receipt", of, B, {**ENDS, "lines": list(lines), "more": more, **said}, on=on, **changed
    )


def settle(hand: Hand, *lines: dict[str, Any], of: str = ONE) -> dict[str, Any]:
    body = {**ENDS, "lines": list(lines), "cause": "lost", "reason": "Rơi vỡ"}
    return hand.entry("settlement", of, A, body)


def seen(engine: Engine, today: date = TODAY) -> Standing:
    with engine.connect() as connection:
        found = transfer(connection, ONE, today)
    assert found is not None
    return found


@pytest.mark.proves("R036", "R081")
def test_the_chain_from_order_to_settlement(engine: Engine, hands: Hands) -> None:
    sender, receiver, reviewer = hands
    push(engine, sender, order(sender, line(8), line(3, OTHER)))
    assert (seen(engine).stage, seen(engine).awaited) == ("proposed", "decider")
    assert seen(engine, date(2022, 4, 19)).stage == "lapsed"
    push(engine, reviewer, decide(reviewer, lines=[line(6)], document="QĐ 4"))
    one = seen(engine)
    assert (one.stage, one.awaited, one.row.document) == ("approved", "source", "QĐ 4")
    assert [told.standing.ordered for told in one.lines] == [6]
    assert one.first_expiry == date(2022, 4, 30)
    push(engine, sender, send(sender, line(6, vvm=1), expected_on="2022-04-16", document="PX 1"))
    one = seen(engine, date(2022, 4, 18))
    assert (one.stage, one.in_transit, one.doses_in_transit) == ("dispatched", 6, 36)
    assert (one.days_on_the_way(date(2022, 4, 18)), one.days_late(date(2022, 4, 18))) == (3, 2)
    push(engine, receiver, receive(receiver, came(2), more="yes"))
    assert seen(engine).stage == "partly"
    push(engine, receiver, receive(receiver, came(2, 1, why="Vỡ")))
    one = seen(engine)
    assert (one.stage, one.in_transit, one.days_late(date(2022, 4, 30))) == ("disputed", 1, 0)
    push(engine, reviewer, settle(reviewer, {"lot": LOT, "state": "frozen", "lost": 1}))
    one = seen(engine)
    assert (one.stage, one.awaited, one.in_transit, one.days_on_the_way(TODAY)) == ("closed", None, 0, None)
    told = one.lines[0].standing
    assert told.dispatched == told.accepted + told.rejected + told.lost + told.back == 6
    assert [document.kind for document in one.documents] == ["dispatch", "receipt", "receipt", "settlement"]
    with engine.connect() as connection:
        assert transfer_of(connection, one.documents[0].id) == ONE
        assert transfer_of(connection, place("nothing")) is None
        assert transfer(connection, place("nothing"), TODAY) is None
        assert [found.id for found in transfers(connection, [B], TODAY)] == [ONE]
        assert transfers(connection, [place("elsewhere")], TODAY) == []
        assert open_transfers(connection, [A, B], TODAY) == []
        assert (count_transfers(connection, [A, B]), count_transfers(connection, [place("elsewhere")])) == (
            1,
            0,
        )
        rebuilds_alike(connection)


def test_a_lot_nobody_knows_yet_is_a_dash(engine: Engine, hands: Hands) -> None:
    push(engine, hands[0], send(hands[0], line(2, place("unknown lot"))))
    [told] = seen(engine).lines
    assert (told.lot_number, told.item_name_vi, told.item_id, told.expiry) == ("–", "–", None, None)


def test_a_monitor_that_turned_ends_the_expiry_in_transit(engine: Engine, hands: Hands) -> None:
    push(engine, hands[0], send(hands[0], line(2, vvm=3)))
    assert seen(engine).lines[0].expiry == TODAY - timedelta(days=1)


@pytest.mark.proves("R036")
def test_what_the_other_side_has_not_confirmed_for_days(engine: Engine, hands: Hands) -> None:
    sender, receiver, _ = hands
    second, third = place("transfer two"), place("transfer three")
    push(engine, sender, send(sender, line(1), on=date(2022, 4, 5)))
    push(engine, sender, send(sender, line(1), of=second, on=date(2022, 4, 12)))
    push(engine, receiver, receive(receiver, came(2), of=third, on=date(2022, 4, 8)))
    with engine.connect() as connection:
        found = unconfirmed(connection, [B], TODAY, 3)
        assert [(one.id, one.stage) for one in found] == [(ONE, "dispatched"), (third, "unconfirmed")]
        assert [one.id for one in unconfirmed(connection, [A], TODAY, 2)] == [ONE, third, second]
        assert unconfirmed(connection, [place("elsewhere")], TODAY, 0) == []
    push(engine, receiver, receive(receiver, came(1)))
    with engine.connect() as connection:
        assert ONE not in [one.id for one in unconfirmed(connection, [B], TODAY, 3)]


@pytest.mark.proves("R008")
def test_what_may_be_sent_stands_by_expiry_less_what_is_promised(engine: Engine, hands: Hands) -> None:
    sender, _, reviewer = hands
    push(engine, sender, order(sender, line(15)))
    push(engine, reviewer, decide(reviewer))
    count_body = {"lines": [{"lot": LOT, "state": "frozen", "vials": 20}]}
    push(engine, sender, sender.entry("stock_count", A, A, count_body, on=date(2022, 4, 9)))
    with engine.connect() as connection:
        held = {one.lot_number: one for one in sendable(connection, A, TODAY)}
        apart = {one.lot_number: one.usable for one in sendable(connection, A, TODAY, apart=ONE)}
        back = sendable(connection, A, TODAY, back={(LOT, "frozen", None): 4})
        assert [one.lot_number for one in sendable(connection, A, TODAY)][-2:] == ["124001", "FP1"]
        [line_] = [transfers(connection, [A], TODAY)[0].lines[0]]
        others = with_lines([], [line_])
        assert next_number(connection, "dispatch", A, TODAY) == 1
    assert (held["124001"].vials, held["124001"].promised, held["124001"].usable) == (20, 15, 5)
    assert held["124001"].counted_on == date(2022, 4, 9)
    assert apart["124001"] == 20
    assert next(one.vials for one in back if one.lot_number == "124001") == 24
    assert (held["G1"].barred, held["G1"].usable) == (None, 100), "gloves need no expiry day"
    assert [(one.lot_number, one.vials, one.usable) for one in others] == [("124001", 0, 0)]
    push(engine, sender, send(sender, line(15), document="PX"))
    with engine.connect() as connection:
        after = {one.lot_number: one for one in sendable(connection, A, TODAY)}
        assert (after["124001"].vials, after["124001"].promised) == (5, 0)
        assert next_number(connection, "dispatch", A, TODAY) == 2
        assert next_number(connection, "dispatch", A, date(2023, 1, 1)) == 1
        assert next_number(connection, "receipt", B, TODAY) == 1


def test_an_expiry_revised_on_the_way(engine: Engine, hands: Hands) -> None:
    sender, receiver, _ = hands
    manager = Hand(place("manager device"), place("manager"), "provincial_manager")
    push(engine, sender, send(sender, line(3), line(1, OTHER), on=date(2022, 4, 10)))
    with engine.begin() as connection:
        enrol_hands(connection, [manager])
        first = connection.execute(_lot_entry()).scalar_one()
    body = {"revisions": [{"state": "frozen", "expiry": "2022-07-31", "document": "CV 9"}]}
    push(engine, manager, manager.entry("lot", LOT, PROVINCE, body, on=date(2022, 4, 12), based_on=[first]))
    with engine.connect() as connection:
        found = changed_on_the_way(connection, transfers(connection, [A], TODAY))
    assert found == {(ONE, LOT, "frozen", None): Changed(date(2022, 4, 30), None)}
    push(engine, receiver, receive(receiver, came(3), came(1, lot=OTHER)))
    with engine.connect() as connection:
        assert changed_on_the_way(connection, transfers(connection, [A], TODAY)) == {}


@pytest.mark.proves("R048")
def test_receipts_count_for_the_allocation_their_transfer_names(engine: Engine, hands: Hands) -> None:
    sender, receiver, reviewer = hands
    named, other = place("allocation named"), place("allocation other")
    body = {"item": ITEM, "source": A, "vials": 5, "by_on": "2022-04-20", "document": "QĐ 1"}
    push(engine, reviewer, reviewer.entry("allocation", other, B, {**body, "by_on": "2022-04-16"}))
    push(engine, reviewer, reviewer.entry("allocation", named, B, body))
    push(engine, sender, order(sender, line(5), allocation=named), send(sender, line(5), document="PX 8"))
    push(engine, receiver, receive(receiver, came(4, 1), document="QĐ 1"))
    with engine.connect() as connection:
        found = {one.id: one for one in allocations(connection, [B], {A: [A]})}
    assert (found[named].issued, found[named].received, found[named].received_on) == (5, 4, TODAY)
    assert (found[other].issued, found[other].received) == (0, 0), (
        "the document is that of both, the transfer of one"
    )


_NUMBERS = count()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5), st.integers(0, 2)), max_size=9), st.randoms())
@pytest.mark.proves("R081")
def test_nothing_is_lost_between_sites_whatever_was_written(
    engine: Engine, hands: Hands, drawn: list[tuple[int, int, int]], chance: random.Random
) -> None:
    """Documents of two transfers in any order, some corrected: what was opened is at a site, in transit or lost."""
    sender, _, _ = hands
    number = next(_NUMBERS)
    lot = place(f"law lot {number}")
    written: list[tuple[Hand, dict[str, Any]]] = []
    opening = {"state": "frozen", "vials": 30, "reason": "opening"}
    written.append((sender, sender.entry("stock_movement", lot, A, opening)))
    former: dict[tuple[str, str], str] = {}
    for what, vials, which in drawn:
        of = place(f"law {number} {which % 2}")
        raw = _document(hands, what, vials, of, lot)
        key = raw[1]["kind"], of
        if which == 2 and key in former:
            raw[1]["corrects"] = former[key]
        former[key] = raw[1]["id"]
        written.append(raw)
    chance.shuffle(written)
    with engine.connect() as connection, connection.begin() as transaction:
        for hand, raw_entry in written:
            accept(connection, hand.sender(), [raw_entry], CLOCK, PROJECTORS)
        found = [one for one in transfers(connection, [A, B], TODAY) if any(_of(one, lot))]
        lines = [told.standing for one in found for told in one.lines if told.standing.lot == lot]
        for told in lines:
            assert told.dispatched == told.accepted + told.rejected + told.lost + told.back + told.in_transit
        gone = sum(told.in_transit + told.lost for told in lines)
        assert _at_sites(connection, lot) == 30 - gone
        assert all(one.stage != "closed" or not one.in_transit for one in found)
        still_open = [one for one in open_transfers(connection, [A, B], TODAY) if any(_of(one, lot))]
        assert still_open == [one for one in found if one.awaited], (
            "the condition in the database is the rule"
        )
        transaction.rollback()


def _document(hands: Hands, what: int, vials: int, of: str, lot: str) -> tuple[Hand, dict[str, Any]]:
    sender, receiver, reviewer = hands
    made: dict[int, Callable[[], tuple[Hand, dict[str, Any]]]] = {
        0: lambda: (sender, order(sender, line(vials + 1, lot), of=of)),
        1: lambda: (reviewer, decide(reviewer, of=of)),
        2: lambda: (sender, send(sender, line(vials + 1, lot), of=of)),
        3: lambda: (sender, send(sender, line(vials + 1, lot), of=of)),
        4: lambda: (receiver, receive(receiver, came(vials, vials % 3, lot), of=of)),
        5: lambda: (receiver, receive(receiver, came(vials, 0, lot), more="yes", of=of)),
        6: lambda: (reviewer, settle(reviewer, {"lot": lot, "state": "frozen", "lost": 1, "back": vials}, of=of)),
    }  # fmt: skip
    return made[what]()


def _of(one: Standing, lot: str) -> list[bool]:
    return [told.standing.lot == lot for told in one.lines]


def _at_sites(connection: Connection, lot: str) -> int:
    """Vials at all sites by the balances, which are the sums of the movements."""
    balances = select(func.sum(StockBalance.vials)).where(StockBalance.lot_id == lot)
    moved = select(func.sum(StockMovement.vials)).where(StockMovement.lot_id == lot, ~StockMovement.idle)
    held = int(connection.scalar(balances) or 0)
    assert held == int(connection.scalar(moved) or 0)
    return held


def _lot_entry() -> Any:
    return select(EntryRow.id).where(EntryRow.kind == "lot", EntryRow.subject_id == LOT)
