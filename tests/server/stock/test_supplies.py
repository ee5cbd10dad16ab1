"""Reserves and leftovers from entries; on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from server.stock.leftovers import Leftover, leftovers
from server.stock.levels import below_reserve, levels
from shared.identifiers import named_id
from tests.server.ledger.hands import (
    LOT,
    PROVINCE,
    SITES,
    TODAY,
    Hand,
    enrol,
    fault_codes,
    outcomes,
    place,
    push,
    rebuilds_alike,
)

SYRINGE, CHEMICAL, VACCINE, FREEZER = (place(name) for name in ("syringe", "chemical", "vaccine", "freezer"))
OLD = place("old chemical")


@pytest.fixture
def hands(engine: Engine) -> tuple[Hand, Hand]:
    """(manager, station). A default reserve of 50 syringes; a lot of chemicals that has expired."""
    manager, station = enrol(engine, "provincial_manager", "station")
    for item, item_class, least in (
        (SYRINGE, "supply", 50), (CHEMICAL, "chemical", None), (VACCINE, "vaccine", None), (FREEZER, "equipment", None),
    ):  # fmt: skip
        body = {
            "code": item_class, "name_vi": item_class, "name_en": item_class, "item_class": item_class,
            "unit_vi": "cái", "unit_en": "piece", "least": least,
        }  # fmt: skip
        known = {name: value for name, value in body.items() if value is not None}
        push(engine, manager, manager.entry("item", item, PROVINCE, known))
    for lot, item, expiry in (
        (LOT, SYRINGE, "2024-01-31"),
        (OLD, CHEMICAL, "2022-04-01"),
        (place("v"), VACCINE, None),
    ):
        body = {"item": item, "lot_number": lot[:6]} | ({"label_expiry": expiry} if expiry else {})
        push(engine, manager, manager.entry("lot", lot, PROVINCE, body))
    return manager, station


def move(hand: Hand, lot: str, vials: int, reason: str, **more: Any) -> dict[str, Any]:
    body = {"state": "chilled", "vials": vials, "reason": reason, **more}
    return hand.entry("stock_movement", lot, SITES[0], body)


def level(hand: Hand, item: str, **body: Any) -> dict[str, Any]:
    return hand.entry(
        "stock_level", named_id("stock_level", SITES[0], item), SITES[0], {"item": item, **body}
    )


@pytest.mark.proves("R074")
def test_only_what_may_be_used_counts_towards_a_reserve(engine: Engine, hands: tuple[Hand, Hand]) -> None:
    manager, station = hands
    push(engine, station, move(station, LOT, 20, "received"), move(station, OLD, 9, "received"))
    push(engine, manager, level(manager, CHEMICAL, least=5, most=8))
    with engine.connect() as connection:
        rebuilds_alike(connection)
        found = {one.item_id: one for one in levels(connection, SITES, TODAY)}
        assert (found[SYRINGE].least, found[SYRINGE].own, found[SYRINGE].missing) == (50, False, 30)
        chemical = found[CHEMICAL]
        assert (chemical.usable, chemical.on_hand, chemical.missing, chemical.over) == (0, 9, 5, 1)
        assert [one.item_id for one in below_reserve(connection, SITES, TODAY)] == [SYRINGE, CHEMICAL]
        assert levels(connection, [SITES[1]], TODAY) == [], "the default holds where the item was kept"
    push(engine, station, move(station, LOT, 40, "received"))
    with engine.connect() as connection:
        states = {one.item_id: one.state for one in levels(connection, SITES, TODAY)}
        assert states == {SYRINGE: "kept", CHEMICAL: "below"}


@pytest.mark.proves("R052", "R075")
def test_bought_used_left_over_proposed_and_decided(engine: Engine, hands: tuple[Hand, Hand]) -> None:
    manager, station = hands
    wrong = move(station, LOT, -5, "administered")
    counted = {
        "lines": [{"lot": OLD, "state": "chilled", "vials": 9, "condition": "broken", "solution": "destroy"}]
    }
    decided = {"lot": OLD, "decision": "destroy", "document": "CV 91", "until": "2022-05-01"}
    told = push(
        engine,
        manager,
        manager.entry("leftover_decision", named_id("leftover", SITES[0], OLD), SITES[0], decided),
    )
    answer = push(
        engine,
        station,
        move(station, LOT, 20, "received"),
        move(station, LOT, -6, "administered"),
        wrong,
        move(station, LOT, 5, "administered", reverses=wrong["id"]),
        move(station, LOT, -2, "broken"),
        move(station, LOT, -1, "issued", counterpart=SITES[1]),
        move(station, OLD, 9, "received"),
        move(station, place("v"), 9, "received"),
        station.entry("stock_count", SITES[0], SITES[0], counted),
        station.entry(
            "equipment", place("one"), SITES[0], {"item": FREEZER, "condition": "unused", "pieces": 2}
        ),
        station.entry(
            "equipment", place("two"), SITES[0], {"item": FREEZER, "condition": "good", "in_use": True}
        ),
        station.entry(
            "equipment", place("three"), SITES[0], {"item": FREEZER, "condition": "unused", "gone": "x"}
        ),
    )
    assert set(outcomes(answer) + outcomes(told)) == {"accepted"}, fault_codes(answer) + fault_codes(told)
    with engine.connect() as connection:
        rebuilds_alike(connection)
        found = leftovers(connection, SITES, TODAY)
    assert [one.item_id for one in found] == [FREEZER, SYRINGE, CHEMICAL], (
        "undecided first, of these the unused"
    )
    freezer, syringe, chemical = found
    assert _sums(syringe) == (20, 6, 1, 2, 11)
    assert not syringe.unused
    assert _sums(chemical) == (9, 0, 0, 0, 9)
    assert (chemical.condition, chemical.proposed, chemical.decided, chemical.document) == (
        "broken", "destroy", "destroy", "CV 91",
    )  # fmt: skip
    assert (chemical.days_left, chemical.bucket) == (-14, "expired")
    assert (freezer.left, freezer.unused, freezer.lot_id) == (2, True, None)


def _sums(one: Leftover) -> tuple[int, ...]:
    return one.bought, one.used, one.passed_on, one.discarded, one.left
