"""The tables of doubts equal the pure rule, and follow what arrives, moves, merges, opens and is withdrawn."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from server.database import insert_rows
from server.places.models import Place
from server.registers import doubts
from server.registers.identity_models import DoseRepeat
from server.registers.models import Dose, Person
from server.registers.safety import DoseDoubt, Screening, SessionDoubt
from server.scheduler.work import scan_doubts
from shared.identifiers import named_id
from shared.rules.dose_doubts import doubts_of
from tests.server.ledger.hands import CLOCK, LOT, PROVINCE, SITES, TODAY, VILLAGES, Hand, enrol, place, push

HANDS = tuple[Engine, Hand, Hand]


@pytest.fixture
def hands(engine: Engine) -> HANDS:
    station, manager = enrol(engine, "station", "provincial_manager")
    places = [
        {"id": id_, "level": level, "province_id": PROVINCE}
        for ids, level in ((VILLAGES, "village"), (SITES[:1], "station"), (SITES[1:], "team"))
        for id_ in ids
    ]
    with engine.begin() as connection:
        insert_rows(connection, Place.__table__, places)  # type: ignore[arg-type]
    item = {
        "code": "AZ", "name_vi": "AZ", "name_en": "AZ", "item_class": "vaccine", "vaccine": "AZ",
        "unit_vi": "lọ", "unit_en": "vial", "doses_per_vial": 2,
    }  # fmt: skip
    push(engine, manager, manager.entry("item", place("item"), PROVINCE, item))
    lot = {"item": place("item"), "lot_number": "A1", "label_expiry": "2022-04-10"}
    push(engine, manager, manager.entry("lot", LOT, PROVINCE, lot))
    return engine, station, manager


def dose(hand: Hand, name: str, dose_type: str, on: date, **changed: Any) -> dict[str, Any]:
    return hand.dose(name, dose_type=dose_type, on=on, recorded_at=f"{on}T02:00:00.000Z", **changed)


def held(connection: Connection) -> set[tuple[str, str, str, str]]:
    """(person, village, code, params) of every doubt kept."""
    rows = connection.execute(select(DoseDoubt.__table__))
    return {(row.person_id, row.village_id, row.code, row.params) for row in rows}


def codes(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return sorted((village, code) for _, village, code, _ in held(connection))


def equals_the_pure_rule(engine: Engine) -> None:
    """What is kept is what `doubts_of` says of each person's own rows (nobody is merged)."""
    with engine.connect() as connection:
        known = doubts.provinces(connection)[PROVINCE]
        rows = [row._asdict() for row in connection.execute(select(Dose.__table__))]
        screenings = [row._asdict() for row in connection.execute(select(Screening.__table__))]
        expected = {
            (person.id, person.village_id, doubt.code, json.dumps(doubt.params, sort_keys=True))
            for person in connection.execute(select(Person.__table__))
            for doubt in doubts_of(
                person._asdict(),
                [row for row in rows if row["person_id"] == person.id],
                known.openings,
                screenings=[row for row in screenings if row["person_id"] == person.id],
                expiry=known.expiry,
            )
        }
        found = {
            (p, v, code, json.dumps(json.loads(q), sort_keys=True)) for p, v, code, q in held(connection)
        }
    assert found == expected


@pytest.mark.proves("R044")
def test_the_table_is_what_the_rule_says_of_everybody(hands: HANDS) -> None:
    engine, hand, _ = hands
    for number, village in enumerate(VILLAGES[:3]):
        name = f"p{number}"
        push(
            engine,
            hand,
            hand.person(name, village),
            dose(hand, name, "primary_1", date(2021, 8, 1)),
            dose(hand, name, "primary_2", date(2021, 8, 10 + 10 * number)),
            dose(hand, name, "booster_1", date(2022, 4, 9 + number)),
        )
    barred = {"outcome": "contraindicated", "reason": "other"}
    push(engine, hand, hand.entry("screening", place("p2"), SITES[0], barred, on=date(2022, 4, 1)))
    told = scan_doubts(engine, CLOCK)
    assert told["doses"] == 4
    assert codes(engine) == sorted(
        [
            (VILLAGES[0], "dose.too_early"),
            (VILLAGES[1], "dose.too_early"),
            (VILLAGES[2], "dose.after_expiry"),
            (VILLAGES[2], "dose.against_screening"),
        ]
    )
    equals_the_pure_rule(engine)
    assert scan_doubts(engine, CLOCK)["places"] == 0, "nothing moved"


def test_doubts_follow_withdrawals_moves_and_new_expiry_dates(hands: HANDS) -> None:
    engine, hand, manager = hands
    first = hand.person("p", VILLAGES[0])
    late = dose(hand, "p", "primary_1", date(2022, 4, 12))
    push(engine, hand, first, late)
    scan_doubts(engine, CLOCK)
    assert codes(engine) == [(VILLAGES[0], "dose.after_expiry")]
    push(engine, hand, hand.move("p", VILLAGES[1], first))
    assert scan_doubts(engine, CLOCK)["places"] == 2
    assert codes(engine) == [(VILLAGES[1], "dose.after_expiry")]
    lot = {"revisions": [{"state": "frozen", "expiry": "2022-06-30", "document": "QLD"}]}
    [made] = [raw for raw in manager.written if raw["kind"] == "lot"]
    push(engine, manager, manager.entry("lot", LOT, PROVINCE, lot, based_on=[made["id"]]))
    scan_doubts(engine, CLOCK)
    assert codes(engine) == []
    again = dose(hand, "p", "primary_1", date(2022, 4, 13))
    push(engine, hand, again)
    scan_doubts(engine, CLOCK)
    assert codes(engine) == [(VILLAGES[1], "dose.twice")]
    void = {"of": "dose", "reason": "twice"}
    push(engine, hand, hand.entry("void", place("p"), SITES[0], void, corrects=again["id"]))
    scan_doubts(engine, CLOCK)
    assert codes(engine) == []
    equals_the_pure_rule(engine)


@pytest.mark.proves("R061")
def test_an_opening_takes_the_doubt_away(hands: HANDS) -> None:
    engine, hand, manager = hands
    push(
        engine,
        hand,
        hand.person("p", VILLAGES[0]),
        *(
            dose(hand, "p", dose_type, on)
            for dose_type, on in (
                ("primary_1", date(2021, 4, 1)),
                ("primary_2", date(2021, 6, 1)),
                ("booster_1", date(2021, 12, 20)),
                ("booster_2", date(2022, 4, 8)),
            )
        ),
    )
    scan_doubts(engine, CLOCK)
    assert codes(engine) == [(VILLAGES[0], "dose.not_open")]
    body = {
        "age_group": "A18", "dose_type": "booster_2", "opens_on": "2022-04-01", "interval_months": 3,
        "document": "KH 2270/KH-UBND",
    }  # fmt: skip
    push(engine, manager, manager.entry("dose_opening", place("mũi 4"), PROVINCE, body))
    assert scan_doubts(engine, CLOCK)["places"] > 0
    assert codes(engine) == []


@pytest.mark.proves("L18")
def test_a_merged_person_is_judged_with_the_doses_of_both_records(hands: HANDS) -> None:
    engine, hand, _ = hands
    kept, other = sorted([place("a"), place("b")])
    names = {place("a"): "a", place("b"): "b"}
    push(engine, hand, hand.person("a", VILLAGES[0]), hand.person("b", VILLAGES[1]))
    push(engine, hand, dose(hand, names[kept], "primary_1", date(2022, 4, 1)))
    push(engine, hand, dose(hand, names[other], "primary_1", date(2022, 4, 1)))
    push(engine, hand, dose(hand, names[other], "primary_2", date(2022, 4, 8)))
    scan_doubts(engine, CLOCK)
    assert [code for _, code in codes(engine)] == ["dose.too_early"]
    body = {"person_a": kept, "person_b": other, "verdict": "same", "keep": kept}
    same = hand.entry("same_person", named_id("pair", kept, other), VILLAGES[0], body)
    push(engine, hand, same)
    with engine.connect() as connection:
        assert len(connection.execute(select(DoseRepeat.dose_id)).all()) == 1
    scan_doubts(engine, CLOCK)
    with engine.connect() as connection:
        [(person, village, code, _)] = held(connection)
    home = VILLAGES[0] if names[kept] == "a" else VILLAGES[1]
    assert (person, village, code) == (kept, home, "dose.too_early"), "the repeat is no dose given twice"
    void = {"of": "same_person", "reason": "other"}
    push(engine, hand, hand.entry("void", same["subject"], VILLAGES[0], void, corrects=same["id"]))
    scan_doubts(engine, CLOCK)
    assert [code for _, code in codes(engine)] == ["dose.too_early"]
    equals_the_pure_rule(engine)


@pytest.mark.proves("R044")
def test_a_closed_session_with_more_doses_than_its_vials_hold(hands: HANDS) -> None:
    engine, hand, _ = hands
    lots = [{"lot": LOT, "vials_taken": 2, "vials_opened": 1}]
    opened = hand.entry("session", place("s"), SITES[0], {"session_type": "fixed", "lots": lots})
    given = [
        hand.entry(
            "dose", place(f"p{n}"), SITES[0],
            {"vaccine": "AZ", "dose_type": "primary_1", "screening": "eligible", "lot": LOT, "session": place("s")},
            on=TODAY - timedelta(days=1),
        )
        for n in range(3)
    ]  # fmt: skip
    push(engine, hand, opened, *given)
    scan_doubts(engine, CLOCK)
    with engine.connect() as connection:
        assert connection.execute(select(SessionDoubt.__table__)).all() == [], (
            "still open: vials are counted at its end"
        )
    push(engine, hand, hand.entry("session", place("s"), SITES[0], {"closed": True}, based_on=[opened["id"]]))
    scan_doubts(engine, CLOCK)
    with engine.connect() as connection:
        row = connection.execute(select(SessionDoubt.__table__)).one()
        assert (row.session_id, row.about_id, row.code) == (place("s"), LOT, "session.doses_exceed")
        assert json.loads(row.params) == {"doses": 3, "vials": 1}
    push(
        engine,
        hand,
        hand.entry(
            "void", given[0]["subject"], SITES[0], {"of": "dose", "reason": "other"}, corrects=given[0]["id"]
        ),
    )
    scan_doubts(engine, CLOCK)
    with engine.connect() as connection:
        assert connection.execute(select(SessionDoubt.__table__)).all() == []


@pytest.mark.proves("R039", "R044")
def test_a_closed_session_that_somebody_was_not_seen_to_leave(hands: HANDS) -> None:
    engine, hand, _ = hands

    def observed(of: dict[str, Any], **more: Any) -> dict[str, Any]:
        return hand.entry(
            "observation", of["subject"], SITES[0], {"dose": of["id"], "result": "well"}, **more
        )

    def doubted() -> list[tuple[str, str, dict[str, int]]]:
        scan_doubts(engine, CLOCK)
        with engine.connect() as connection:
            rows = connection.execute(select(SessionDoubt.__table__))
            return [(row.session_id, row.about_id, json.loads(row.params)) for row in rows]

    session = hand.entry("session", place("s"), SITES[0], {"session_type": "fixed", "closed": True})
    body = {"vaccine": "AZ", "dose_type": "primary_1", "screening": "eligible", "session": place("s")}
    given = [hand.entry("dose", place(f"p{n}"), SITES[0], body | {"lot_number": "x"}) for n in range(4)]
    paper = hand.entry("dose", place("p9"), SITES[0], body | {"lot_number": "x", "from_certificate": True})
    push(engine, hand, session, *given, paper)
    assert doubted() == [], "a site that never recorded an observation keeps them on paper"
    ends = [observed(given[0]), observed(given[1])]
    push(engine, hand, *ends)
    assert doubted() == [(place("s"), place("s"), {"unended": 2, "doses": 4})]
    corrected = hand.entry("dose", place("p1"), SITES[0], body | {"lot_number": "y"}, corrects=given[1]["id"])
    push(engine, hand, corrected, hand.void(given[2]))
    assert doubted() == [(place("s"), place("s"), {"unended": 1, "doses": 3})], "one injection, ended before"
    push(engine, hand, observed(given[3]), hand.void(ends[0]))
    assert doubted() == [(place("s"), place("s"), {"unended": 1, "doses": 3})]
    push(engine, hand, observed(given[0]))
    assert doubted() == []
