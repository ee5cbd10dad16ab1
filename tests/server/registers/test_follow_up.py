"""Households, revisits, people to see again and the mobile team's route, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.pool import StaticPool

from server.database import insert_rows, open_engine
from server.indicators.outreach import Outreach, outreach_by
from server.indicators.refreshing import refresh
from server.places.models import Place
from server.registers.follow_up import (
    FOLLOW_UPS,
    Parents,
    count_follow_ups,
    count_revisits,
    follow_ups,
    parents_answers,
    revisits,
)
from server.registers.houses import House, houses_of, lanes_of
from server.registers.mobile_route import route
from server.registers.one_household import members_of, visits_of
from server.tables import metadata
from shared.rules.openings import SHIPPED
from tests.server.ledger.hands import CLOCK, PROVINCE, TODAY, VILLAGES, Hand, enrol, place, push

VILLAGE, OTHER = VILLAGES[:2]


@pytest.fixture
def hand(engine: Engine) -> Hand:
    (made,) = enrol(engine, "station")
    with_places(engine)
    return made


def with_places(engine: Engine) -> None:
    places = [{"id": id_, "level": "village", "province_id": PROVINCE} for id_ in VILLAGES]
    with engine.begin() as connection:
        insert_rows(connection, Place.__table__, places)  # type: ignore[arg-type]


def house(hand: Hand, name: str, village: str = VILLAGE, **fields: Any) -> dict[str, Any]:
    return hand.entry("household", place(name), village, {"head_name": f"Giàng {name}", **fields})


def person(hand: Hand, name: str, home: str, village: str = VILLAGE, **fields: Any) -> dict[str, Any]:
    body = {
        "household": place(home), "full_name": f"Lò {name}", "birth_date": "1980-01-01",
        "birth_precision": "day", "sex": "male", "id_kind": "none", "residence": "permanent", **fields,
    }  # fmt: skip
    return hand.entry("person", place(name), village, body)


def visit(
    hand: Hand,
    home: str,
    outcomes: dict[str, Any],
    *,
    village: str = VILLAGE,
    on: date = TODAY,
    visit_type: str = "door_to_door",
    revisit_on: date | None = None,
    **changed: Any,
) -> dict[str, Any]:
    lines = [
        {"person": place(name), **(found if isinstance(found, dict) else {"outcome": found})}
        for name, found in outcomes.items()
    ]
    body: dict[str, Any] = {"visit_type": visit_type, "outcomes": lines}
    if revisit_on:
        body["revisit_on"] = revisit_on.isoformat()
    return hand.entry("visit", place(home), village, body, on=on, **changed)


def houses(engine: Engine, village: str = VILLAGE) -> dict[str, House]:
    with engine.connect() as connection:
        return {found.id: found for found in houses_of(connection, village)}


@pytest.mark.proves("R060")
def test_a_contact_at_a_facility_asks_people_but_knocks_at_no_door(engine: Engine, hand: Hand) -> None:
    push(engine, hand, house(hand, "h"), person(hand, "a", "h"))
    assert houses(engine)[place("h")].is_("never_knocked")
    push(engine, hand, visit(hand, "h", {"a": "reviewed"}, visit_type="facility"))
    found = houses(engine)[place("h")]
    assert (found.knocked, found.unasked, found.complete) == (False, 0, False)
    push(engine, hand, visit(hand, "h", {"a": "reviewed"}))
    assert houses(engine)[place("h")].complete


@pytest.mark.proves("R060")
def test_a_new_member_makes_a_complete_house_incomplete(engine: Engine, hand: Hand) -> None:
    push(engine, hand, house(hand, "h"), person(hand, "a", "h"), visit(hand, "h", {"a": "reviewed"}))
    push(engine, hand, person(hand, "b", "h"))
    found = houses(engine)[place("h")]
    assert (found.complete, found.is_("unasked"), found.unasked, found.people) == (False, True, 1, 2)


def test_lanes_are_one_whatever_their_spelling_and_stand_in_their_order(engine: Engine, hand: Hand) -> None:
    push(
        engine,
        hand,
        house(hand, "h1", lane="Ngõ 10"),
        house(hand, "h2", lane="ngõ  2"),
        house(hand, "h3", lane="Ngõ 2"),
        house(hand, "h4"),
    )
    with engine.connect() as connection:
        lanes = lanes_of(houses_of(connection, VILLAGE))
    assert [lane.households for lane in lanes] == [2, 1, 1]
    assert [lane.name is None for lane in lanes] == [False, False, True]


def test_only_the_newest_standing_visit_asks_for_another(engine: Engine, hand: Hand) -> None:
    first = visit(hand, "h", {"a": "absent"}, on=date(2022, 4, 1), revisit_on=date(2022, 4, 5))
    later = visit(hand, "h", {"a": "reviewed"}, on=date(2022, 4, 6))
    push(engine, hand, house(hand, "h"), person(hand, "a", "h"), first)
    with engine.connect() as connection:
        assert count_revisits(connection, [VILLAGE], TODAY) == (1, 1)
        assert count_revisits(connection, [VILLAGE], date(2022, 4, 5)) == (1, 0)
        assert count_revisits(connection, [OTHER], TODAY) == (0, 0)
        (waiting,) = revisits(connection, [VILLAGE], before=TODAY, offset=0, limit=9)
        assert (waiting.household_id, waiting.revisit_on) == (place("h"), date(2022, 4, 5))
        assert revisits(connection, [VILLAGE], before=date(2022, 4, 5), offset=0, limit=9) == []
    push(engine, hand, later)
    with engine.connect() as connection:
        assert count_revisits(connection, [VILLAGE], TODAY) == (0, 0)
    push(engine, hand, hand.void(later))
    with engine.connect() as connection:
        assert count_revisits(connection, [VILLAGE], TODAY) == (1, 1)
        shown = visits_of(connection, place("h"), 9)
    assert [bool(one.corrected_by) for one in shown] == [True, False], "what was withdrawn is still told"


@pytest.mark.proves("R054")
def test_people_stand_under_their_newest_outcome_with_its_reason(engine: Engine, hand: Hand) -> None:
    push(
        engine,
        hand,
        house(hand, "h"),
        *(person(hand, name, "h") for name in "abc"),
        visit(
            hand,
            "h",
            {"a": {"outcome": "refused", "reason": "side_effects"}, "b": "absent"},
            on=date(2022, 4, 1),
        ),
        visit(hand, "h", {"a": {"outcome": "hesitant", "reason": "no_time"}}, on=date(2022, 4, 9)),
    )
    with engine.connect() as connection:
        counts = count_follow_ups(connection, [VILLAGE])
        assert {name: count for name, count in counts.items() if count} == {
            "hesitant": 1,
            "absent": 1,
            "never": 1,
        }
        total, people = follow_ups(connection, [VILLAGE], "hesitant", offset=0, limit=9)
        assert (total, people[0].id, people[0].reason) == (1, place("a"), "no_time")
        assert follow_ups(connection, [VILLAGE], "hesitant", reason="side_effects", offset=0, limit=9)[0] == 0
        assert follow_ups(connection, [VILLAGE], "never", offset=0, limit=9)[1][0].id == place("c")
        members = {member.id: member.outcome for member in members_of(connection, place("h"), VILLAGE)}
    assert members == {place("a"): "hesitant", place("b"): "absent", place("c"): None}


@pytest.mark.proves("R087")
def test_an_appointment_stands_until_a_dose_is_given(engine: Engine, hand: Hand) -> None:
    kept = visit(
        hand, "h", {"a": {"outcome": "reviewed", "appointment_on": "2022-04-12"}}, on=date(2022, 4, 9)
    )
    push(engine, hand, house(hand, "h"), person(hand, "a", "h"), kept)
    with engine.connect() as connection:
        assert count_follow_ups(connection, [VILLAGE])["appointment"] == 1
    push(engine, hand, hand.dose("a", on=date(2022, 4, 12)))
    with engine.connect() as connection:
        assert count_follow_ups(connection, [VILLAGE])["appointment"] == 0


@pytest.mark.proves("R050")
def test_parents_answer_for_children_and_the_last_answer_counts(engine: Engine, hand: Hand) -> None:
    declined = {"outcome": "refused", "reason": "parents", "consent": "decline", "reached": True}
    agreed = {"outcome": "reviewed", "consent": "agree", "reached": True}
    push(
        engine,
        hand,
        house(hand, "h"),
        *(person(hand, name, "h", birth_date="2014-01-01", guardian_name="Lò Ân") for name in "ab"),
        visit(hand, "h", {"a": declined, "b": declined}, on=date(2022, 4, 1)),
        visit(hand, "h", {"b": agreed}, on=date(2022, 4, 9)),
    )
    with engine.connect() as connection:
        assert parents_answers(connection, [VILLAGE]) == Parents(reached=2, agree=1, decline=1, considering=0)
        total, children = follow_ups(connection, [VILLAGE], "consent", offset=0, limit=9)
    assert (total, children[0].id, children[0].consent) == (1, place("a"), "decline")


@pytest.mark.proves("R023", "R087")
def test_the_route_holds_who_cannot_come_and_lacks_a_dose(engine: Engine, hand: Hand) -> None:
    push(
        engine,
        hand,
        house(hand, "h"),
        person(hand, "old", "h", cannot_come="old"),
        person(hand, "carried", "h"),
        person(hand, "able", "h"),
        person(hand, "barred", "h", cannot_come="bedridden", contraindication="manufacturer"),
        person(hand, "away", "h", cannot_come="far", residence="absent"),
        person(hand, "baby", "h", cannot_come="far", birth_date="2022-01-01"),
        visit(hand, "h", {"carried": {"outcome": "reviewed", "transport_need": True}}, on=date(2022, 4, 1)),
        house(hand, "there", OTHER),
        person(hand, "elsewhere", "there", OTHER, cannot_come="far"),
    )
    assert stops(engine) == {place("old"), place("carried")}
    push(engine, hand, hand.dose("old"))
    assert stops(engine) == {place("carried")}, "the next dose is not due yet"
    push(engine, hand, visit(hand, "h", {"carried": "reviewed"}, on=date(2022, 4, 9)))
    assert stops(engine) == set(), "transport is no longer asked for"
    assert place("old") in stops(engine, TODAY + timedelta(days=90))


def stops(engine: Engine, on: date = TODAY) -> set[str]:
    with engine.connect() as connection:
        return {stop.id for stop in route(connection, [VILLAGE], SHIPPED, on)}


OUTCOMES = st.sampled_from(("reviewed", "absent", "deferred", "moved"))
VISITS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(("door_to_door", "facility", "mop_up")),
        st.integers(0, 9),
        st.dictionaries(st.integers(0, 4), OUTCOMES, min_size=1),
        st.one_of(st.none(), st.integers(0, 9)),
        st.booleans(),
    ),
    max_size=7,
)


@pytest.mark.proves("R060")
@settings(max_examples=30)
@given(VISITS, st.lists(st.sampled_from((None, "away", "move", "same")), min_size=5, max_size=5))
def test_the_households_of_a_village_add_up_to_its_cell(
    told: list[tuple[int, str, int, dict[int, str], int | None, bool]], fates: list[str | None]
) -> None:
    """What the page adds up household by household is what the cell counts in SQL, whatever happened."""
    engine = open_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    (hand,) = enrol(engine, "station")
    with_places(engine)
    people = [person(hand, f"p{n}", f"h{n % 3}") for n in range(5)]
    push(engine, hand, *(house(hand, f"h{n}") for n in range(3)), *people)
    for home, visit_type, day, found, again, withdrawn in told:
        on = date(2022, 4, 1) + timedelta(days=day)
        entry = visit(
            hand,
            f"h{home}",
            {f"p{n}": outcome for n, outcome in found.items()},
            on=on,
            visit_type=visit_type,
            revisit_on=on + timedelta(days=again) if again is not None else None,
        )
        push(engine, hand, entry, *([hand.void(entry)] if withdrawn else []))
    for number, fate in enumerate(fates):
        if fate == "away":
            push(engine, hand, hand.edit(f"p{number}", VILLAGE, {"residence": "moved"}, people[number]))
        if fate == "move":
            push(engine, hand, hand.move(f"p{number}", OTHER, people[number]))
        if fate == "same" and number:
            push(engine, hand, hand.verdict("p0", f"p{number}", VILLAGE))
    with engine.begin() as connection:
        refresh(connection, [VILLAGE], CLOCK)
    with engine.connect() as connection:
        found_houses = houses_of(connection, VILLAGE)
        cell = outreach_by(connection, {VILLAGE: "v"}).get("v", Outreach())
    engine.dispose()
    assert cell.households == len(found_houses)
    assert cell.knocked == sum(one.knocked for one in found_houses)
    assert cell.complete == sum(one.complete for one in found_houses)
    assert cell.revisits == sum(one.is_("revisit") for one in found_houses)
    assert cell.people == sum(one.people for one in found_houses)
    assert cell.never == sum(one.unasked for one in found_houses)
    assert sum(lane.households for lane in lanes_of(found_houses)) == cell.households


def test_every_list_has_a_count(engine: Engine, hand: Hand) -> None:
    with engine.connect() as connection:
        assert count_follow_ups(connection, [VILLAGE]) == dict.fromkeys(FOLLOW_UPS, 0)
