"""Who waits: lists that follow what was said last, and end when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mobile.store import worklists
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
    person_body,
    raw_entry,
)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Store]:
    store = make_phone(tmp_path / "phone", clock=FixedClock(TODAY))
    streams = Streams()
    streams.deliver(basics())
    store.apply_page(streams.whole())
    yield store
    store.close()


def home(store: Store, *names: str, place: str = VILLAGE, **fields: Any) -> tuple[str, list[str]]:
    house = store.record("household", place=place, body=household_body(names[0])).subject
    bodies = [person_body(house, name, **fields) for name in names]
    return house, [store.record("person", place=place, body=body).subject for body in bodies]


def visit(store: Store, house: str, place: str = VILLAGE, ago: int = 0, **lines: dict[str, Any]) -> str:
    """`lines`: person id (its hyphens left out) -> what was found."""
    outcomes = [{"person": person.replace("_", "-"), **line} for person, line in lines.items()]
    body = {"visit_type": "door_to_door", "outcomes": outcomes}
    day = TODAY - timedelta(days=ago)
    return store.record("visit", place=place, subject=house, body=body, occurred_on=day).id


def said_of(person: str, outcome: str = "reviewed", **more: Any) -> dict[str, dict[str, Any]]:
    return {person.replace("-", "_"): {"outcome": outcome, **more}}


def dose(store: Store, person: str, ago: int = 0) -> None:
    body = {"vaccine": "PFZ_ADULT", "dose_type": "primary_1", "screening": "eligible", "lot": LOT}
    store.record("dose", place=STATION, subject=person, body=body, occurred_on=TODAY - timedelta(days=ago))


def ids(listed: list[Any]) -> list[str]:
    return [each.person.id for each in listed]


@pytest.mark.proves("R087")
def test_an_appointment_stands_until_the_dose_or_another_word(phone: Store) -> None:
    house, [kept, missed, later, changed] = home(phone, "Đã tiêm", "Quá hẹn", "Mai", "Thôi")
    days = {kept: 0, missed: -2, later: 1, changed: 1}
    lines = {
        name: line
        for person, day in days.items()
        for name, line in said_of(person, appointment_on=(TODAY + timedelta(days=day)).isoformat()).items()
    }
    visit(phone, house, ago=3, **lines)
    assert ids(worklists.appointments(phone)) == [missed, kept, later, changed]
    dose(phone, kept, ago=1)
    visit(phone, house, **said_of(changed, "absent"))
    found = worklists.appointments(phone)
    assert ids(found) == [missed, later]
    assert [each.said.appointment_on for each in found if each.said] == [
        TODAY - timedelta(days=2),
        TODAY + timedelta(days=1),
    ]


@pytest.mark.proves("R054")
def test_who_hesitates_or_refuses_is_listed_until_they_agree(phone: Store) -> None:
    house, [refuses, hesitates, agreed] = home(phone, "Không", "Do dự", "Đồng ý")
    lines = said_of(refuses, "refused", reason="distrust") | said_of(hesitates, "hesitant", reason="custom")
    visit(phone, house, ago=5, **lines, **said_of(agreed, "refused", reason="custom"))
    again = visit(phone, house, ago=1, **said_of(agreed))
    assert ids(worklists.refusals(phone)) == [hesitates, refuses], "who may be won over comes first"
    assert [each.said.reason for each in worklists.refusals(phone) if each.said] == ["custom", "distrust"]
    body = {"of": "visit", "reason": "not_done"}
    phone.record("void", place=VILLAGE, subject=house, body=body, corrects=again)
    assert agreed in ids(worklists.refusals(phone)), "a withdrawn visit said nothing"
    dose(phone, refuses)
    assert refuses not in ids(worklists.refusals(phone))


@pytest.mark.proves("R023", "R087")
def test_the_mobile_team_goes_to_those_who_cannot_come_and_those_who_must_be_brought(phone: Store) -> None:
    house, [frail, brought, well] = home(phone, "Già yếu", "Cần đưa", "Khỏe")
    _, [child] = home(phone, "Bé", born="2021-01-01", cannot_come="disabled")
    phone.edit("person", frail, {"cannot_come": "bedridden"})
    visit(phone, house, **said_of(brought, transport_need=True), **said_of(well))
    found = worklists.cannot_come(phone)
    assert [(each.person.id, each.person.cannot_come) for each in found] == [
        (frail, "bedridden"),
        (brought, ""),
    ]
    assert [each.said.transport for each in found if each.said] == [True]
    assert child not in ids(found), "no dose is to come for a small child"
    assert worklists.cannot_come_count(phone, worklists.said(phone)) == len(found)
    assert worklists.cannot_come(phone, OTHER_VILLAGE) == []


def test_houses_to_visit_again_by_their_day(phone: Store) -> None:
    first, [one] = home(phone, "Mai sau")
    second, [two] = home(phone, "Hôm nay")
    for house, person, days in ((first, one, 4), (second, two, 0)):
        body = {
            "visit_type": "door_to_door",
            "outcomes": [{"person": person, "outcome": "absent"}],
            "revisit_on": (TODAY + timedelta(days=days)).isoformat(),
        }
        phone.record("visit", place=VILLAGE, subject=house, body=body)
    assert [row.id for row in worklists.revisits(phone)] == [second, first]
    visit(phone, second, **said_of(two))
    assert [row.id for row in worklists.revisits(phone)] == [first]


@pytest.mark.proves("R069")
def test_who_moved_out_of_my_villages_is_on_no_list(phone: Store) -> None:
    house, [stays, goes] = home(phone, "Ở lại", "Chuyển đi", cannot_come="old")
    visit(
        phone,
        house,
        **said_of(stays, "hesitant", reason="custom"),
        **said_of(goes, "hesitant", reason="custom"),
    )
    elsewhere = named_id("test", "a village that is not mine")
    new_home = raw_entry("household", household_body("Nơi khác"), place=elsewhere)
    streams = Streams()
    streams.deliver([new_home], stream=named_id("test", "history"))
    phone.apply_page(streams.whole())
    phone.edit("person", goes, {"household": new_home["subject"]}, place=elsewhere)
    assert [row.id for row in worklists.due(phone)] == [stays]
    assert worklists.due_by_dose(phone) == {"primary_1": 1}
    assert ids(worklists.cannot_come(phone)) == [stays]
    assert ids(worklists.refusals(phone)) == [stays]
    assert worklists.due(phone, village=elsewhere) == []


def test_due_people_by_dose_and_by_what_is_typed(phone: Store) -> None:
    _, [first, second, third] = home(phone, "Lò Thị Mai", "Đặng Văn Ân", "Giàng A Páo")
    dose(phone, second, ago=90)
    assert worklists.due_by_dose(phone) == {"primary_1": 2, "primary_2": 1}
    assert [row.id for row in worklists.due(phone, dose="primary_2")] == [second]
    assert [row.id for row in worklists.due(phone, VILLAGE, query="mai lo")] == [first]
    assert worklists.due_count(phone, query="giang") == 1
    assert worklists.due_count(phone, OTHER_VILLAGE) == 0
    assert [row.id for row in worklists.due(phone, limit=1, offset=2)] == [third]
