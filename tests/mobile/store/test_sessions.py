"""A session in the store: who is expected, what is at hand, its end, and doses that come after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobile.store import attending, dosing, persons, registers, screening, sessions, stock, undoing
from mobile.store.closing import Closing
from mobile.store.store import Store
from shared.clock import FixedClock
from shared.identifiers import named_id
from tests.mobile.phones import (
    LOT,
    OTHER_VILLAGE,
    STATION,
    TODAY,
    VILLAGE,
    Streams,
    basics,
    household_body,
    make_phone,
    page,
    person_body,
    raw_entry,
)

VIALS, PER_VIAL = 8, 6
PEOPLE = [named_id("test", "attending", str(number)) for number in range(40)]


def filled(home: Path) -> Store:
    """A station's phone with a village of people due for booster 1 and eight vials."""
    store = make_phone(home, clock=FixedClock(TODAY))
    streams = Streams()
    house = named_id("test", "attending house")
    raws = [*basics(), raw_entry("household", household_body(), subject=house)]
    for number, person in enumerate(PEOPLE):
        village = VILLAGE if number < 30 else OTHER_VILLAGE
        body = person_body(house, f"Lò Thị {number:02d}", "1980-05-02")
        raws.append(raw_entry("person", body, subject=person, place=village))
        for days, dose_type in ((200, "primary_1"), (170, "primary_2")):
            had = {"vaccine": "PFZ_ADULT", "dose_type": dose_type, "screening": "eligible", "lot": LOT}
            day = (TODAY - timedelta(days=days)).isoformat()
            raws.append(raw_entry("dose", had, subject=person, place=STATION, occurred_on=day))
    body = {"state": "chilled", "vials": VIALS, "reason": "received"}
    raws.append(raw_entry("stock_movement", body, subject=LOT, place=STATION))
    streams.deliver(raws)
    store.apply_page(streams.whole())
    return store


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Store]:
    store = filled(tmp_path / "phone")
    yield store
    store.close()


def open_session(store: Store, **more: Any) -> str:
    body = {"session_type": "fixed", "lots": [{"lot": LOT, "vials_taken": 4}]} | more
    return store.record("session", place=STATION, body=body).subject


def give(store: Store, session: str, person: str, **more: Any) -> str:
    body = {
        "vaccine": "PFZ_ADULT",
        "dose_type": "booster_1",
        "screening": "eligible",
        "lot": LOT,
        "session": session,
    }
    return store.record("dose", subject=person, place=STATION, body=body | more).id


def balance(store: Store) -> tuple[int, int]:
    """(vials, doses) of the lot in the book."""
    held = stock.holdings(store, STATION)
    return sum(h.vials for h in held), sum(h.doses or 0 for h in held)


@pytest.mark.proves("R087")
def test_who_has_an_appointment_comes_first_and_who_cannot_come_where_the_team_goes_home(
    phone: Store,
) -> None:
    session = open_session(phone, villages=[VILLAGE])
    phone.edit("person", PEOPLE[7], {"cannot_come": "old"})
    house = registers.person(phone, PEOPLE[0]).row.household_id  # type: ignore[union-attr]
    for person, day in ((PEOPLE[5], TODAY), (PEOPLE[6], TODAY + timedelta(days=2))):
        line = {"person": person, "outcome": "reviewed", "appointment_on": day.isoformat()}
        phone.record(
            "visit", subject=house, place=VILLAGE, body={"visit_type": "door_to_door", "outcomes": [line]}
        )
    at_point = attending.expected(phone, session, TODAY, at_homes=False)
    assert [each.person.id for each in at_point[:2]] == [PEOPLE[5], PEOPLE[0]]
    assert [each.appointed for each in at_point[:2]] == [True, False]
    assert at_point[-1].person.id == PEOPLE[7]
    to_homes = attending.expected(phone, session, TODAY, at_homes=True)
    assert [each.person.id for each in to_homes[:2]] == [PEOPLE[5], PEOPLE[7]]
    assert len(at_point) == attending.waiting(phone, session, TODAY) == 30, "its villages only"
    assert persons.due_in(phone, [VILLAGE, OTHER_VILLAGE], TODAY) == {"booster_1": 40}
    give(phone, session, PEOPLE[5])
    assert attending.waiting(phone, session, TODAY) == 29


def test_doses_here_and_elsewhere_are_told_apart(phone: Store) -> None:
    session = open_session(phone)
    give(phone, session, PEOPLE[0], at_home=True)
    body = {"vaccine": "PFZ_ADULT", "dose_type": "booster_1", "screening": "eligible", "lot": LOT}
    raw = raw_entry("dose", body | {"session": session}, subject=PEOPLE[1], place=STATION)
    streams = Streams()
    streams.deliver([raw], "another stream")
    phone.apply_page(page([streams.part("another stream")]))
    held = sessions.session(phone, session)
    assert held is not None
    assert (held.doses, held.mine, held.opened_here) == (2, 1, True)
    assert {(each.person, each.mine, each.at_home) for each in attending.given(phone, session)} == {
        (PEOPLE[0], True, True),
        (PEOPLE[1], False, False),
    }
    assert [each.person for each in attending.given(phone, session, "thi 01")] == [PEOPLE[1]]


def test_the_vials_at_hand_follow_the_doses(phone: Store) -> None:
    session = open_session(phone)

    def at_hand() -> tuple[int, int, int]:
        [lot] = dosing.lots_at_hand(phone, session, STATION)
        return lot.opened, lot.sealed, lot.left

    assert at_hand() == (0, 4, 24), "what was taken out, not all the station has"
    entry = dosing.open_vial(phone, session, dosing.lots_at_hand(phone, session, STATION)[0])
    assert at_hand() == (6, 3, 24)
    for person in PEOPLE[:6]:
        give(phone, session, person)
    assert at_hand() == (0, 3, 18)
    give(phone, session, PEOPLE[6])
    assert at_hand() == (5, 2, 17), "a vial nobody recorded as opened counts as opened"
    undoing.take_back(phone, entry)
    assert at_hand() == (5, 2, 17)
    closing = Closing(phone, session)
    [line] = closing.begun()
    assert (line["vials_opened"], line["vials_returned"]) == (2, 2)
    assert closing.left(line) == 5


@pytest.mark.proves("R016", "R093")
def test_doubts_are_known_before_a_dose_is_recorded(phone: Store) -> None:
    def codes(**more: Any) -> list[str]:
        dose = {
            "vaccine": "PFZ_ADULT",
            "dose_type": "booster_1",
            "given_on": TODAY,
            "screening": "eligible",
            "at_home": False,
            "lot_id": LOT,
        }
        return [found.code for found in dosing.doubts_about(phone, PEOPLE[0], dose | more)]

    assert codes() == []
    assert codes(vaccine="PFZ_CHILD") == ["dose.wrong_age"]
    assert codes(dose_type="primary_2") == ["dose.twice"]
    assert codes(dose_type="booster_2") == ["dose.not_open", "dose.former_missing"]
    assert codes(at_home=True, screening="caution") == ["dose.home_not_eligible"]
    session = open_session(phone)
    give(phone, session, PEOPLE[0])
    assert codes() == ["dose.twice"]


def test_the_screening_of_a_day_is_the_gravest_and_a_correction_stands_for_it(phone: Store) -> None:
    session = open_session(phone)

    def screen(outcome: str, **more: Any) -> str:
        body = {"outcome": outcome, "session": session} | more.pop("body", {})
        return phone.record("screening", subject=PEOPLE[0], place=STATION, body=body, **more).id

    first = screen("contraindicated", body={"reason": "manufacturer"})
    screen("eligible")
    found = screening.screened(phone, PEOPLE[0], TODAY)
    assert found is not None
    assert (found.outcome, found.reason, found.mine) == ("contraindicated", "manufacturer", True)
    screen("caution", corrects=first)
    found = screening.screened(phone, PEOPLE[0], TODAY)
    assert found is not None
    assert found.outcome == "caution"
    assert screening.screened(phone, PEOPLE[0], TODAY + timedelta(days=1)) is None
    answers = [{"item": "allergy", "yes": True}, {"item": "acute_illness", "yes": False}]
    screen("caution", body={"answers": answers}, occurred_on=date(2022, 3, 2))
    assert screening.told_before(phone, PEOPLE[0]) == {"allergy": date(2022, 3, 2)}


@pytest.mark.proves("L25")
def test_doses_from_vials_nobody_noted_are_accounted_for_after_the_end(phone: Store) -> None:
    session = open_session(phone, lots=[{"lot": LOT, "vials_taken": 1}])
    for person in PEOPLE[:3]:
        give(phone, session, person)
    closing = Closing(phone, session)
    closing.close(closing.begun(), {}, {}, "a draft")
    for person in PEOPLE[3:8]:
        give(phone, session, person)
    assert sessions.late(phone, session) == {LOT: 5}
    again = Closing(phone, session)
    [line] = again.begun()
    assert again.again
    assert (line["vials_taken"], line["vials_opened"], line["vials_returned"]) == (2, 2, 0)
    assert again.check(line) is None


def test_names_used_before_come_newest_first_and_once(phone: Store) -> None:
    for number, team in enumerate((["An", "Bình"], ["Cúc", "An"])):
        open_session(phone, team=team, vehicle=f"Xe {number}", point_name="Nhà văn hóa")
    assert sessions.used_before(phone, STATION, "team", 8) == ["Cúc", "An", "Bình"]
    assert sessions.used_before(phone, STATION, "team", 2) == ["Cúc", "An"]
    assert sessions.used_before(phone, STATION, "vehicle", 8) == ["Xe 1", "Xe 0"]
    assert sessions.used_before(phone, STATION, "point_name", 8) == ["Nhà văn hóa"]
    assert sessions.used_before(phone, STATION, "cold_box", 8) == []


def test_sessions_that_were_not_ended_are_found_on_any_day(phone: Store) -> None:
    forgotten = phone.record(
        "session", place=STATION, body={"session_type": "fixed"}, occurred_on=TODAY - timedelta(days=3)
    ).subject
    today = open_session(phone)
    ended = open_session(phone)
    phone.edit("session", ended, {"closed": True})
    assert [held.id for held in sessions.not_ended(phone, STATION)] == [today, forgotten]


STEPS = st.lists(
    st.sampled_from(["dose", "dose", "dose", "vial", "withdraw", "close"]), min_size=1, max_size=14
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.integers(0, 1))
def test_whatever_happens_before_and_after_its_end_a_session_accounts_for_every_dose(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], broken: int
) -> None:
    """After the vials are accounted for: doses received = in the book + given + thrown away + in broken vials."""
    store = filled(tmp_path_factory.mktemp("phone"))
    session, given_now = open_session(store), list[str]()
    people = iter(PEOPLE)

    def account() -> None:
        closing = Closing(store, session)
        lines = closing.begun()
        for line in lines:
            if not closing.again and line["vials_returned"] >= broken:
                line["vials_discarded"] = broken
                line["vials_returned"] -= broken
            line["doses_discarded"] = closing.left(line)
            assert closing.check(line) is None
        closing.close(lines, {}, {}, "a draft")
        [line] = lines
        vials, doses = balance(store)
        assert doses == VIALS * PER_VIAL - len(given_now) - line["doses_discarded"] - (
            line["vials_discarded"] * PER_VIAL
        )
        assert vials == VIALS - line["vials_opened"] - line["vials_discarded"]
        assert sessions.late(store, session) == {}
        assert sessions.settled_in(store, session).get(LOT, 0) == len(given_now)

    for step in [*steps, "close"]:
        if step == "dose":
            given_now.append(give(store, session, next(people)))
        elif step == "withdraw" and given_now:
            undoing.take_back(store, given_now.pop())
        elif step == "vial" and sessions.opened_in(store, session).get(LOT, 0) < 3:
            held = sessions.session(store, session)
            assert held is not None
            [lot] = dosing.lots_at_hand(store, session, STATION)
            if lot.sealed > 1 and not held.closed:
                dosing.open_vial(store, session, lot)
        elif step == "close":
            account()
    store.close()
