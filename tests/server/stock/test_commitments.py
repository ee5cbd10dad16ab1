"""Commitments, their recalls and what carries them out, from entries in any order; on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from server.database import insert_rows, table_of
from server.places.tree import Tree
from server.redistribution.destinations import destinations
from server.redistribution.models import DemandForecast
from server.stock.commitments import Commitment, commitments
from server.stock.recalls import Carried, Draft, Recalled, carried_out, draft, movable, recalls_of
from tests.server.ledger.hands import CLOCK, LOT, PROVINCE, TODAY, Hand, enrol, place, push, rebuilds_alike

ITEM, DISTRICT, STORE = place("item"), place("district"), place("store")
STATIONS = (place("station 1"), place("station 2"))
FAR = place("station far")
ALLOCATION, TRANSFER, RECALL = place("allocation"), place("transfer"), place("recall")
EVERYWHERE = (*STATIONS, STORE, FAR)
START = TODAY - timedelta(days=28)


@pytest.fixture
def manager(engine: Engine) -> Hand:
    """A province of two districts; the first with a store and two stations. Pfizer in one lot."""
    admin, hand = enrol(engine, "administrator", "provincial_manager")
    rows = [
        (PROVINCE, "province", None),
        (DISTRICT, "district", PROVINCE),
        (place("other"), "district", PROVINCE),
    ]
    rows += [(STORE, "store", DISTRICT), (FAR, "station", place("other"))]
    rows += [(station, "station", DISTRICT) for station in STATIONS]
    for id_, level, parent in rows:
        version: dict[str, Any] = {
            "valid_from": "2020-01-01",
            "name": f"{level} {id_[:4]}",
            "unit_type": level,
        }
        version |= {"parent": parent} if parent else {}
        push(engine, admin, admin.entry("place", id_, PROVINCE, {"level": level, "versions": [version]}))
    item = {
        "code": "PFZ_ADULT", "name_vi": "Pfizer", "name_en": "Pfizer", "item_class": "vaccine", "vaccine": "PFZ_ADULT",
        "unit_vi": "lọ", "unit_en": "vial", "doses_per_vial": 6,
    }  # fmt: skip
    push(engine, admin, admin.entry("item", ITEM, PROVINCE, item))
    lot = {"item": ITEM, "lot_number": "FP8191", "label_expiry": "2022-05-31"}
    push(engine, admin, admin.entry("lot", LOT, PROVINCE, lot))
    return hand


def promise(hand: Hand, site: str, vials: int, **more: Any) -> dict[str, Any]:
    body = {
        "item": ITEM, "vials": vials, "by_on": START.isoformat(), "document": "PX 7",
        "use_by": (TODAY + timedelta(days=7)).isoformat(), **more,
    }  # fmt: skip
    return hand.entry("allocation", ALLOCATION, site, body, on=START)


def move(hand: Hand, site: str, vials: int, reason: str, on: date = START, **more: Any) -> dict[str, Any]:
    body = {"state": "chilled", "vials": vials, "reason": reason, **more}
    return hand.entry("stock_movement", LOT, site, body, on=on)


def found(engine: Engine) -> Commitment:
    with engine.connect() as connection:
        rebuilds_alike(connection)
        tree = Tree.load(connection, TODAY)
        [one] = commitments(connection, tree, EVERYWHERE, {}, CLOCK.today())
        return one


def drafted(engine: Engine) -> Draft | None:
    one = found(engine)
    with engine.connect() as connection:
        return draft(one, movable(connection, one))


@pytest.mark.proves("R037")
def test_use_is_counted_since_the_receipt_and_a_reversal_takes_it_back(engine: Engine, manager: Hand) -> None:
    used = move(manager, STATIONS[0], -6, "administered", START + timedelta(days=2))
    push(
        engine,
        manager,
        move(manager, STATIONS[0], -9, "administered", START - timedelta(days=1)),  # before it came
        used,
        move(manager, STATIONS[0], -1, "broken", START + timedelta(days=3)),
        move(manager, STATIONS[0], 20, "received", document="px7"),
        promise(manager, STATIONS[0], 20),
    )
    one = found(engine)
    assert (one.use.received, one.use.used, one.use.discarded, one.use.left) == (120, 36, 6, 78)
    assert one.state == "broken"
    push(engine, manager, move(manager, STATIONS[0], 6, "administered", TODAY, reverses=used["id"]))
    one = found(engine)
    assert (one.use.used, one.use.left) == (0, 114)


@pytest.mark.proves("R037")
def test_a_store_has_used_what_its_stations_used_and_issuing_to_them_is_no_loss(
    engine: Engine, manager: Hand
) -> None:
    push(
        engine,
        manager,
        promise(manager, STORE, 20),
        move(manager, STORE, 20, "received", document="PX 7"),
        move(manager, STORE, -8, "issued", counterpart=STATIONS[0]),
        move(manager, STATIONS[0], 8, "received", counterpart=STORE),
        move(manager, STORE, -2, "issued", counterpart=FAR),
        move(manager, STATIONS[0], -5, "administered", START + timedelta(days=9)),
        move(manager, FAR, -2, "administered", START + timedelta(days=9)),
    )
    one = found(engine)
    assert (one.use.used, one.use.moved, one.use.left) == (30, 12, 78)


@pytest.mark.proves("R037", "R038")
def test_the_draft_is_whole_vials_that_are_there_and_may_be_used(engine: Engine, manager: Hand) -> None:
    push(
        engine,
        manager,
        promise(manager, STATIONS[0], 20),
        move(manager, STATIONS[0], 20, "received", document="PX 7"),
        move(manager, STATIONS[0], -2, "administered", TODAY - timedelta(days=3)),
    )
    made = drafted(engine)
    assert made is not None
    assert (made.vials, made.deadline) == (17, TODAY + timedelta(days=7))  # 108 left, 3 expected in a week
    push(engine, manager, move(manager, STATIONS[0], -13, "quarantined", TODAY, to_state="quarantined"))
    made = drafted(engine)
    assert made is not None
    assert made.vials == 5, "what is set apart is not passed on"
    push(engine, manager, manager.entry("lot", LOT, PROVINCE, {"hold": "CV 1"}, based_on=[heads(engine)]))
    assert drafted(engine) is None


def heads(engine: Engine) -> str:
    from server.ledger.projecting import entries_of

    with engine.connect() as connection:
        return entries_of(connection, "lot", [LOT])[-1].id


@pytest.mark.proves("R036", "R037", "R038")
def test_the_chain_is_the_same_in_whatever_order_it_arrives(engine: Engine, manager: Hand) -> None:
    recall = {
        "item": ITEM, "vials": 14, "deadline": TODAY.isoformat(), "allocation": ALLOCATION, "cause": "commitment",
        "status": "approved",
    }  # fmt: skip
    ends = {"source": STATIONS[0], "destination": FAR}
    line = {"lot": LOT, "state": "chilled"}
    order = {
        **ends, "purpose": "recall", "lines": [{**line, "vials": 14}], "dispatch_by": TODAY.isoformat(),
        "recall": RECALL, "allocation": ALLOCATION,
    }  # fmt: skip
    day = TODAY - timedelta(days=2)
    entries = [
        move(manager, STATIONS[0], 20, "received", document="PX 7"),
        promise(manager, STATIONS[0], 20),
        manager.entry("recall", RECALL, STATIONS[0], recall, on=day),
        manager.entry("transfer_order", TRANSFER, STATIONS[0], order, on=day),
        manager.entry("transfer_decision", TRANSFER, STATIONS[0], {**ends, "decision": "approved"}, on=day),
        manager.entry("dispatch", TRANSFER, STATIONS[0], {**ends, "lines": [{**line, "vials": 14}]}, on=day),
        manager.entry(
            "receipt", TRANSFER, FAR, {**ends, "more": "no", "lines": [{**line, "accepted": 13}]}, on=day
        ),
        move(manager, FAR, -3, "administered", TODAY),
        move(manager, FAR, -50, "administered", START),  # before it came
    ]
    for entry in reversed(entries):
        push(engine, manager, entry)
    one = found(engine)
    assert (one.use.moved, one.use.left, one.recalled, one.state) == (84, 36, True, "recalled")
    recalls, carried = _chain(engine)
    assert [(r.status, [step.status for step in r.steps]) for r in recalls] == [("approved", ["approved"])]
    [transfer] = carried
    assert transfer.transfer.stage == "disputed"
    assert (transfer.vials("ordered"), transfer.vials("accepted"), transfer.used) == (14, 13, 18)


def _chain(engine: Engine) -> tuple[list[Recalled], list[Carried]]:
    with engine.connect() as connection:
        recalls = recalls_of(connection, [ALLOCATION])
        using = {site: (site,) for site in EVERYWHERE}
        return recalls, carried_out(connection, [r.id for r in recalls], [ALLOCATION], using, TODAY)


@pytest.mark.proves("R038")
def test_destinations_are_those_that_can_use_more_before_it_expires(engine: Engine, manager: Hand) -> None:
    push(
        engine,
        manager,
        move(manager, STATIONS[0], 10, "opening"),
        move(manager, STATIONS[1], 30, "opening"),
        move(manager, STATIONS[1], -14, "administered", TODAY - timedelta(days=2)),
        move(manager, FAR, 30, "opening"),
        move(manager, FAR, -28, "administered", TODAY - timedelta(days=2)),
    )
    expiry = date(2022, 5, 12)  # four weeks from today, today being one of the days
    with engine.connect() as connection:
        tree = Tree.load(connection, TODAY)
        told = destinations(connection, tree, EVERYWHERE, [STATIONS[0]], ITEM, expiry, TODAY)
        assert [(one.site_id, one.usable, one.used, one.absorbs) for one in told] == [
            (FAR, 12, 168, 168),
            *((site, 96, 84, 45) for site in sorted((STATIONS[1], STORE))),
        ]
        nobody = destinations(connection, tree, EVERYWHERE, EVERYWHERE, ITEM, expiry, TODAY)
        assert nobody == []


@pytest.mark.proves("R038")
def test_a_fresh_forecast_says_what_a_destination_can_use(engine: Engine, manager: Hand) -> None:
    """Nobody was vaccinated there lately, but forty people are still due."""
    push(engine, manager, move(manager, STATIONS[0], 10, "opening"))
    row = {
        "province_id": PROVINCE, "site_id": FAR, "item_id": ITEM, "made_on": TODAY - timedelta(days=1),
        "mean_milli": 2_500, "dispersion_milli": 1_000, "still_due": 40, "horizon_days": 28, "used_doses": 0,
        "stocked_days": 0,
    }  # fmt: skip
    table = table_of(DemandForecast)
    with engine.begin() as connection:
        insert_rows(connection, table, [row])
        tree = Tree.load(connection, TODAY)
        soon, late = (
            destinations(
                connection, tree, EVERYWHERE, [STATIONS[0]], ITEM, TODAY + timedelta(days=days), TODAY
            )
            for days in (3, 60)
        )
    assert [(one.site_id, one.used, one.absorbs) for one in soon] == [(FAR, 0, 10)]
    assert [(one.site_id, one.used, one.absorbs) for one in late] == [(FAR, 0, 40)]
