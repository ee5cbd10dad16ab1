"""Who may be written down twice is told while the form is filled (L18, R011)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile.store import history, registers, undoing, withdrawing
from mobile.store.lookalikes import MOST_LOOKALIKES, decide, lookalikes, twins
from mobile.store.store import Store
from shared.faults import Refused
from shared.rules.pairs import pair_id
from tests.mobile.phones import STATION, VILLAGE, household_body, make_phone, person_body

MAI = {
    "full_name": "Lò Thị Mai",
    "birth_date": "1990-05-02",
    "birth_precision": "day",
    "sex": "female",
}


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[tuple[Store, str]]:
    store = make_phone(tmp_path / "phone")
    house = store.record("household", place=VILLAGE, body=household_body("Lò Văn Sơn")).subject
    yield store, house
    store.close()


def add(store: Store, house: str, name: str = "Lò Thị Mai", born: str = "1990-05-02", **more) -> str:
    return store.record("person", place=VILLAGE, body=person_body(house, name, born, **more)).subject


@pytest.mark.proves("L18", "R011")
@pytest.mark.parametrize(
    ("typed", "reasons"),
    [
        ({}, {"name_same", "birth_same", "sex_same"}),
        ({"full_name": "lo thi mai"}, {"name_unmarked", "birth_same", "sex_same"}),
        ({"full_name": "Mai Lò"}, {"name_reordered", "birth_same", "sex_same"}),
        ({"birth_date": "1990-01-01", "birth_precision": "year"}, {"name_same", "birth_year", "sex_same"}),
        ({"sex": None}, {"name_same", "birth_same"}),
    ],
)
def test_a_person_on_the_register_is_found_again(phone, typed, reasons) -> None:
    store, house = phone
    person = add(store, house)
    add(store, house, "Lò Văn Ba", "1970-05-02", sex="male")
    [found] = lookalikes(store, MAI | typed, "Vàng A")
    assert found.row.id == person
    assert {reason.code for reason in found.likeness.reasons} == reasons


@pytest.mark.proves("L18")
def test_the_same_number_is_found_under_any_name(phone) -> None:
    store, house = phone
    person = add(store, house, "Vàng Thị Pà", "1961-02-03", id_kind="cccd", id_number="012161000123")
    typed = MAI | {"id_kind": "cccd", "id_number": " 012161000123 "}
    [found] = lookalikes(store, typed, "")
    assert (found.row.id, found.likeness.level) == (person, "possible")


@pytest.mark.proves("L18")
def test_a_year_told_from_memory_is_off_by_one(phone) -> None:
    store, house = phone
    person = add(store, house, born="1989-01-01", birth_precision="year")
    typed = MAI | {"birth_date": "1990-01-01", "birth_precision": "year"}
    assert [each.row.id for each in lookalikes(store, typed, "Lò Văn Sơn")] == [person]
    far = typed | {"birth_date": "1992-01-01"}
    assert lookalikes(store, far, "Lò Văn Sơn") == []


def test_nobody_is_warned_of_oneself_of_strangers_or_of_records_merged(phone) -> None:
    store, house = phone
    kept, merged = add(store, house), add(store, house)
    assert {each.row.id for each in lookalikes(store, MAI, "")} == {kept, merged}
    assert [each.row.id for each in lookalikes(store, MAI, "", but_for=[kept])] == [merged]
    one, other = sorted((kept, merged))
    body = {"person_a": one, "person_b": other, "verdict": "same", "keep": kept}
    store.record("same_person", place=STATION, subject=pair_id(one, other), body=body)
    assert [each.row.id for each in lookalikes(store, MAI, "")] == [kept]
    for unfinished in (
        {"full_name": "Mai"},
        {"birth_date": None},
        {"birth_date": "1990-2-31"},
        {"full_name": ""},
    ):
        assert lookalikes(store, MAI | unfinished, "") == []


def test_the_likeliest_stand_first_and_not_too_many(phone) -> None:
    store, house = phone
    for _ in range(MOST_LOOKALIKES + 2):
        add(store, house, born="1990-01-01", birth_precision="year")
    exact = add(store, house)
    found = lookalikes(store, MAI, "Lò Văn Sơn")
    assert len(found) == MOST_LOOKALIKES
    assert found[0].row.id == exact
    scores = [each.likeness.score for each in found]
    assert scores == sorted(scores, reverse=True)


def test_a_lookalike_is_found_by_an_index(phone) -> None:
    store, _ = phone
    statement = (
        "SELECT 1 FROM person p WHERE p.match_key IN (?) OR (p.id_number IS NOT NULL AND p.id_number = ?)"
    )
    plan = " ".join(row[3] for row in store.database.rows(f"EXPLAIN QUERY PLAN {statement}", ("a", "b")))
    assert "person_match" in plan
    assert "person_number" in plan


@pytest.mark.proves("L18", "R095", "R011")
def test_two_records_are_found_decided_about_and_taken_apart(phone) -> None:
    store, house = phone
    one = add(store, house)
    other = add(store, house, born="1990-01-01", birth_precision="year")
    assert [each.row.id for each in twins(store, registers.person(store, one))] == [other]
    with pytest.raises(Refused):
        decide(store, one, other, {"verdict": "same"})
    store.save_draft("same_person:x", "same_person", {})
    verdict = decide(store, one, other, {"verdict": "same", "keep": other}, draft="same_person:x")
    assert store.draft("same_person:x") is None
    assert [row.id for row in registers.people(store)] == [other]
    assert twins(store, registers.person(store, other)) == []
    assert any(each.id == verdict.id for each in history.history(store, other))
    assert withdrawing.may_withdraw(store, verdict.id)
    undoing.take_back(store, verdict.id)
    assert {row.id for row in registers.people(store)} == {one, other}
    decide(store, other, one, {"verdict": "different", "keep": one})
    assert twins(store, registers.person(store, one)) == []
    assert {row.id for row in registers.people(store)} == {one, other}
