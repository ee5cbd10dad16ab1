"""Wastage from movements, sessions and doses, and what looks odd in the books; on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from server.database import insert_rows
from server.registers.safety import SessionDoubt
from server.stock.anomalies import anomalies
from server.stock.discards import discards
from server.stock.wastage import REMAINDER, Sum, wastage
from tests.server.ledger.hands import LOT, PROVINCE, SITES, TODAY, VILLAGES, Hand, enrol, place, push

ITEM = place("item")
SINCE = TODAY - timedelta(days=30)


@pytest.fixture
def hands(engine: Engine) -> tuple[Hand, Hand]:
    """(manager, station); Pfizer with 6 doses a vial in one lot, and a medicine without doses."""
    admin, manager, station = enrol(engine, "administrator", "provincial_manager", "station")
    item = {
        "code": "PFZ_ADULT", "name_vi": "Pfizer", "name_en": "Pfizer", "item_class": "vaccine", "vaccine": "PFZ_ADULT",
        "unit_vi": "lọ", "unit_en": "vial", "doses_per_vial": 6, "thaw_days": 31,
    }  # fmt: skip
    medicine = {
        "code": "ADRE", "name_vi": "Adrenalin", "name_en": "Adrenaline", "item_class": "medicine", "unit_vi": "ống",
        "unit_en": "ampoule",
    }  # fmt: skip
    push(
        engine,
        admin,
        admin.entry("item", ITEM, PROVINCE, item),
        admin.entry("item", place("medicine"), PROVINCE, medicine),
    )
    push(
        engine,
        admin,
        admin.entry("lot", LOT, PROVINCE, {"item": ITEM, "lot_number": "FL1", "label_expiry": "2022-05-31"}),
        admin.entry("lot", place("ampoules"), PROVINCE, {"item": place("medicine"), "lot_number": "A1"}),
    )
    return manager, station


def move(hand: Hand, vials: int, reason: str, *, site: str = SITES[0], on: date = TODAY, **more: Any) -> Any:
    lot = more.pop("lot", LOT)
    body = {"state": "chilled", "vials": vials, "reason": reason, **more}
    return hand.entry("stock_movement", lot, site, body, on=on)


def session(engine: Engine, hand: Hand, name: str, people: int) -> str:
    """People who are given a dose of the lot at a session."""
    held = place(name)
    for number in range(people):
        who = f"{name} {number}"
        body = {
            "vaccine": "PFZ_ADULT",
            "dose_type": "primary_1",
            "screening": "eligible",
            "lot": LOT,
            "session": held,
        }
        push(engine, hand, hand.person(who, VILLAGES[0]), hand.entry("dose", place(who), SITES[0], body))
    return held


@pytest.mark.proves("R008", "R081")
def test_opened_and_unopened_vials_and_what_cannot_be_avoided(
    engine: Engine, hands: tuple[Hand, Hand]
) -> None:
    _, station = hands
    first, second = session(engine, station, "one", 8), session(engine, station, "two", 4)
    wrong = move(station, -3, "broken")
    push(
        engine,
        station,
        move(station, 20, "opening", on=SINCE - timedelta(days=1)),
        move(station, -2, "administered", session=first),  # 12 doses for 8 people: 4 left
        move(station, -2, "administered", session=second),  # 12 doses for 4 people: 8 left, one vial too many
        move(station, -1, "administered", session=place("unknown")),  # no doses recorded: used
        move(station, -1, "broken"),
        wrong,
        move(station, 3, "broken", reverses=wrong["id"]),
        move(station, -5, "expired", on=SINCE - timedelta(days=1)),  # before the period
        move(station, -9, "expired", lot=place("ampoules")),  # has no doses
    )
    with engine.connect() as connection:
        [line] = wastage(connection, SITES, SINCE, TODAY)
        assert (line.site_id, line.item_id, line.used) == (SITES[0], ITEM, 8 + 4 + 6)
        assert line.open == {REMAINDER: 12}
        assert line.closed == {"broken": 6}
        assert (line.sessions, line.unavoidable, line.beyond_need) == (2, 4 + 2, 1)
        total = Sum.of([line])
        assert (total.discarded, total.handled, total.avoidable) == (18, 36, 6)
        assert total.reasons == {REMAINDER: 12, "broken": 6}
        assert wastage(connection, [SITES[1]], SINCE, TODAY) == []
        told = discards(connection, SITES, SINCE, TODAY)
        assert sum(one.doses for one in told) == 6
        assert len(told) == 3, "the one taken back and what takes it back are shown"


def test_what_is_left_in_opened_vials_is_told_in_doses(engine: Engine, hands: tuple[Hand, Hand]) -> None:
    _, station = hands
    held = session(engine, station, "one", 4)
    day = TODAY.isoformat()
    opened = {"opened_on": day, "session": held}
    push(
        engine,
        station,
        move(station, 3, "opening"),
        move(station, -1, "opened", to_state="opened", to_opened_on=day, doses=-6, session=held),
        move(station, -1, "administered", state="opened", doses=-4, **opened),
        move(station, 0, "session_end", state="opened", doses=-2, **opened),
    )
    with engine.connect() as connection:
        [line] = wastage(connection, SITES, SINCE, TODAY)
        assert (line.used, line.open, line.closed) == (4, {"session_end": 2}, {})
        assert (line.unavoidable, line.beyond_need) == (2, 0)


@pytest.mark.proves("R081")
def test_what_looks_odd_is_told_with_its_figures(engine: Engine, hands: tuple[Hand, Hand]) -> None:
    manager, station = hands
    push(engine, manager, move(manager, 300, "opening", on=SINCE))
    for _ in range(5):
        wrong = move(station, -1, "broken")
        push(engine, station, wrong, move(station, 1, "broken", reverses=wrong["id"]))
    push(engine, station, move(station, -4, "expired"))
    for number in range(4):
        book = 300 if number < 3 else 296
        day = TODAY - timedelta(days=3 - number)
        lines = [{"lot": LOT, "state": "chilled", "vials": book}]
        lines += [{"lot": place(f"other {n}"), "state": "chilled", "vials": 0} for n in range(2)]
        push(engine, station, station.entry("stock_count", SITES[0], SITES[0], {"lines": lines}, on=day))
    doubt = {
        "session_id": place("s"), "about_id": LOT, "code": "session.doses_exceed", "site_id": SITES[0],
        "held_on": TODAY, "params": "{}",
    }  # fmt: skip
    with engine.begin() as connection:
        insert_rows(connection, SessionDoubt.__table__, [doubt])  # type: ignore[arg-type]
        found = anomalies(connection, wastage(connection, SITES, SINCE, TODAY), SITES, SINCE, TODAY)
        kinds = {one.kind: dict(one.figures) for one in found}
        assert kinds["doses_exceed"] == {"sessions": 1}
        assert kinds["before_expiry"] == {"vials": 4}
        assert kinds["reversals"] == {"reversals": 5, "movements": 12}
        assert set(kinds) <= {"doses_exceed", "before_expiry", "reversals", "counts_alike"}
        assert {one.site_id for one in found} == {SITES[0]}
        assert anomalies(connection, [], [SITES[1]], SINCE, TODAY) == []


def test_a_site_far_from_its_peers_is_named_and_compared_with_them(
    engine: Engine, hands: tuple[Hand, Hand]
) -> None:
    manager, _ = hands
    sites = [place(f"site {n}") for n in range(7)]
    for number, site in enumerate(sites):
        broken = 8 if number == 3 else 1
        push(
            engine,
            manager,
            move(manager, 100, "opening", site=site),
            move(manager, -30, "administered", site=site),
            move(manager, -broken, "broken", site=site),
        )
    with engine.connect() as connection:
        found = wastage(connection, sites, SINCE, TODAY)
        [one] = anomalies(connection, found, sites, SINCE, TODAY)
        assert (one.site_id, one.kind) == (sites[3], "rate_high")
        assert one.figures == {"discarded": 48, "handled": 228, "middle": (1, 31)}
        assert anomalies(connection, found, [sites[0]], SINCE, TODAY) == [], (
            "told only of the sites asked for"
        )
