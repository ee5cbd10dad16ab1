"""Allocations beside what moved under their documents, whatever arrived first; on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from server.stock.allocations import Planned, allocations
from tests.server.ledger.hands import LOT, PROVINCE, SITES, TODAY, Hand, enrol, place, push, rebuilds_alike

ITEM, STORE = place("item"), place("store")
INSIDE = {STORE: [STORE]}


@pytest.fixture
def hands(engine: Engine) -> tuple[Hand, Hand]:
    """A manager and a station; the catalogue has Pfizer in one lot."""
    admin, manager, station = enrol(engine, "administrator", "provincial_manager", "station")
    item = {
        "code": "PFZ_ADULT", "name_vi": "Pfizer", "name_en": "Pfizer", "item_class": "vaccine", "vaccine": "PFZ_ADULT",
        "unit_vi": "lọ", "unit_en": "vial", "doses_per_vial": 6,
    }  # fmt: skip
    push(engine, admin, admin.entry("item", ITEM, PROVINCE, item))
    push(engine, admin, admin.entry("lot", LOT, PROVINCE, {"item": ITEM, "lot_number": "124001"}))
    return manager, station


def allocate(hand: Hand, name: str, vials: int, by_on: str, **more: Any) -> dict[str, Any]:
    body = {"item": ITEM, "source": STORE, "vials": vials, "by_on": by_on, "document": "PX 15/KDT", **more}
    return hand.entry("allocation", place(name), SITES[0], body)


def move(hand: Hand, site: str, vials: int, reason: str, **more: Any) -> dict[str, Any]:
    body = {"state": "frozen", "vials": vials, "reason": reason, "document": "px15/kdt", **more}
    return hand.entry("stock_movement", LOT, site, body)


def told(engine: Engine, **asked: Any) -> dict[str, tuple[int | None, int, str]]:
    with engine.connect() as connection:
        found = allocations(connection, [SITES[0]], INSIDE, **asked)
        rebuilds_alike(connection)
    return {line.id: (line.issued, line.received, line.state(TODAY)) for line in found}


@pytest.mark.proves("R048")
def test_the_first_day_is_met_first_and_receipts_may_come_before_the_plan(
    engine: Engine, hands: tuple[Hand, Hand]
) -> None:
    manager, station = hands
    received = move(station, SITES[0], 9, "received", counterpart=STORE)
    push(engine, station, received)
    late = allocate(manager, "late", 5, "2022-04-20")
    push(engine, manager, late, allocate(manager, "first", 7, "2022-04-10"))
    push(engine, manager, move(manager, STORE, -12, "issued", counterpart=SITES[0]))
    push(engine, manager, move(manager, STORE, -3, "issued", counterpart=SITES[1]))
    assert told(engine) == {place("first"): (7, 7, "received"), place("late"): (5, 2, "partly")}
    back = move(station, SITES[0], -9, "received", reverses=received["id"])
    push(engine, station, back)
    assert told(engine) == {place("first"): (7, 0, "overdue"), place("late"): (5, 0, "waiting")}
    withdrawn = {"withdrawn": "Huyện đã có nguồn khác"}
    push(
        engine,
        manager,
        {**manager.entry("allocation", place("late"), SITES[0], withdrawn), "based_on": [late["id"]]},
    )
    assert told(engine)[place("late")] == (None, 0, "withdrawn")


@pytest.mark.proves("R048")
def test_more_than_planned_and_another_document(engine: Engine, hands: tuple[Hand, Hand]) -> None:
    manager, station = hands
    push(engine, manager, allocate(manager, "one", 5, "2022-04-20"))
    push(
        engine,
        station,
        move(station, SITES[0], 8, "received"),
        move(station, SITES[0], 4, "received", document="x"),
    )
    with engine.connect() as connection:
        [line] = allocations(connection, [SITES[0]], {})
    assert (line.received, line.difference, line.outstanding, line.issued) == (8, 3, 0, None)
    assert (line.doses(line.vials), line.received_on) == (30, TODAY)


def test_what_goes_out_of_ones_own_stock_is_found_by_its_source(
    engine: Engine, hands: tuple[Hand, Hand]
) -> None:
    manager, _ = hands
    push(engine, manager, allocate(manager, "one", 5, "2022-04-20"))
    with engine.connect() as connection:
        assert allocations(connection, [SITES[1]], INSIDE) == []
        [line] = allocations(connection, [SITES[1]], INSIDE, sources=[STORE])
    assert line.outstanding == 5


def test_an_item_nobody_knows_yet_has_no_doses(engine: Engine, hands: tuple[Hand, Hand]) -> None:
    manager, _ = hands
    push(engine, manager, allocate(manager, "one", 5, "2022-04-20", item=place("unknown")))
    with engine.connect() as connection:
        [line] = allocations(connection, [SITES[0]], INSIDE)
    assert isinstance(line, Planned)
    assert (line.item_name_vi, line.doses(5), line.by_on) == ("–", None, date(2022, 4, 20))
