"""Screenings and openings on the phone: they change what is due, whatever comes first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mobile.store import plans, registers
from mobile.store.project import project_everything
from mobile.store.store import Store
from shared.identifiers import new_id
from tests.mobile.phones import (
    PROVINCE,
    STATION,
    TODAY,
    VILLAGE,
    Streams,
    basics,
    make_phone,
    page,
    person_body,
    projections,
    raw_entry,
)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Store]:
    store = make_phone(tmp_path)
    yield store
    store.close()


HOUSE, PERSON = new_id(), new_id()


def registered(born: str = "1980-01-01") -> list[dict[str, Any]]:
    return [raw_entry("person", person_body(HOUSE, born=born), subject=PERSON)]


def given(dose_type: str, on: str, vaccine: str = "PFZ_ADULT") -> dict[str, Any]:
    body = {"vaccine": vaccine, "dose_type": dose_type, "screening": "eligible", "lot_number": "x"}
    return raw_entry("dose", body, subject=PERSON, place=STATION, occurred_on=on)


def screened(outcome: str, on: str, **body: Any) -> dict[str, Any]:
    return raw_entry("screening", {"outcome": outcome, **body}, subject=PERSON, place=STATION, occurred_on=on)


def opened(**changed: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "age_group": "A18", "dose_type": "booster_2", "opens_on": "2022-04-01", "interval_months": 3,
        "document": "KH 2270/KH-UBND",
    }  # fmt: skip
    return raw_entry("dose_opening", body | changed, place=PROVINCE)


COURSE = [
    given("primary_1", "2021-08-01"),
    given("primary_2", "2021-09-01"),
    given("booster_1", "2022-01-01"),
]


def take(phone: Store, streams: Streams, *entries: dict[str, Any]) -> None:
    """Pull further entries of each stream."""
    before = {name: len(delivered) for name, delivered in streams.entries.items()}
    streams.deliver(entries)
    parts = [
        streams.part(name, before.get(name, 0))
        for name, delivered in streams.entries.items()
        if len(delivered) > before.get(name, 0)
    ]
    phone.apply_page(page(parts))


def state(phone: Store) -> tuple[str | None, date | None, str | None, bool]:
    """(next dose, due on, why none, due today) of the person in a list."""
    found = registers.person(phone, PERSON)
    assert found is not None
    return found.row.next_dose, found.row.due_on, found.row.no_dose, found.row.is_due


@pytest.mark.proves("R024")
def test_a_screening_puts_off_bars_and_frees_again(phone: Store) -> None:
    streams = Streams()
    take(phone, streams, *registered())
    assert state(phone) == ("primary_1", None, None, True)
    put_off = screened("deferred", "2022-04-13", reason="acute_illness", deferred_until="2022-04-20")
    take(phone, streams, put_off)
    assert state(phone) == ("primary_1", date(2022, 4, 20), None, False)
    take(phone, streams, screened("contraindicated", "2022-04-14", reason="manufacturer"))
    assert state(phone) == (None, None, "contraindicated", False)
    assert registers.due_people(phone) == []
    take(phone, streams, screened("eligible", "2022-04-15"))
    assert state(phone) == ("primary_1", None, None, True)
    before = projections(phone)
    with phone.database.transaction() as connection:
        project_everything(connection, TODAY)
    assert projections(phone) == before


@pytest.mark.proves("R007", "R061")
@pytest.mark.parametrize("opening_first", [True, False])
def test_an_opening_reaches_everybody_whatever_comes_first(phone: Store, opening_first: bool) -> None:
    streams = Streams()
    people = [*registered(), *COURSE]
    for entries in ([opened()], people) if opening_first else (people, [opened()]):
        take(phone, streams, *entries)
    assert state(phone) == ("booster_2", date(2022, 4, 1), None, True)
    found = registers.person(phone, PERSON)
    assert found is not None
    assert found.advice.document == "KH 2270/KH-UBND"
    before = projections(phone)
    with phone.database.transaction() as connection:
        project_everything(connection, TODAY)
    assert projections(phone) == before


@pytest.mark.parametrize(
    ("born", "reason"), [("1980-01-01", "complete"), ("2018-01-01", "closed"), ("2020-01-01", "too_young")]
)
def test_why_there_is_no_dose(phone: Store, born: str, reason: str) -> None:
    take(phone, Streams(), *registered(born), *(COURSE if reason == "complete" else []))
    assert state(phone) == (None, None, reason, False)


def test_a_reaction_stands_beside_the_dose_it_followed(phone: Store) -> None:
    dose = COURSE[0]
    body = {"onset_on": "2022-04-14", "severity": "ordinary", "dose": dose["id"], "symptoms": ["fever"]}
    take(phone, Streams(), *registered(), dose, raw_entry("reaction", body, subject=PERSON, place=STATION))
    [row] = phone.database.rows("SELECT * FROM reaction")
    assert (row["person_id"], row["dose_id"], row["symptoms"]) == (PERSON, dose["id"], "fever")


@pytest.mark.proves("R058")
def test_who_a_screening_bars_leaves_the_denominator_unless_they_have_the_dose(phone: Store) -> None:
    goal = {
        "campaign": new_id(), "target_place": PROVINCE, "age_group": "A18", "dose_type": "primary_1",
        "due_on": "2022-04-30", "planned_people": 5, "document": "KH 1", "valid_from": "2022-03-01",
    }  # fmt: skip
    streams = Streams()
    take(phone, streams, *basics(), *registered(), raw_entry("plan_target", goal, place=PROVINCE))

    def counted() -> tuple[int, int, int]:
        [target] = plans.targets(phone, VILLAGE)
        return target.people, target.due, target.covered

    assert counted() == (1, 1, 0)
    take(phone, streams, screened("contraindicated", "2022-04-14", reason="manufacturer"))
    assert counted() == (1, 0, 0)
    take(phone, streams, given("primary_1", "2022-04-15"))
    assert counted() == (1, 1, 1)
