"""Whether two records are of one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.matching import MOST, REASONS, Described, block_key, compare, name_key

WORDS = ("Lò", "Lo", "Giàng", "Thị", "Văn", "Ân", "An", "Đặng", "Quỳnh Như", "A")
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
NUMBERS = st.none() | st.sampled_from(("012080001234", "012080001243", "012180009999", "040123456"))
PHONES = st.none() | st.sampled_from(("+84912345678", "+84987654321"))

people = st.builds(
    Described,
    full_name=NAMES,
    birth_date=st.dates(date(1979, 12, 30), date(1981, 1, 2)),
    birth_precision=st.sampled_from(("day", "month", "year")),
    sex=st.sampled_from(("male", "female")),
    id_kind=st.sampled_from(("none", "cccd", "cmnd", "personal_code")),
    id_number=NUMBERS,
    phone=PHONES,
    guardian_name=st.none() | NAMES,
    guardian_phone=PHONES,
    head_name=st.none() | NAMES,
)

MOTHER = Described("Nguyễn Thị Hoàng Phương Quỳnh Như", date(1985, 6, 12), "day", "female")


def codes(one: Described, other: Described) -> set[str]:
    return {reason.code for reason in compare(one, other).reasons}


@pytest.mark.proves("R095", "L18")
@given(people, people)
def test_it_is_the_same_whichever_comes_first(one: Described, other: Described) -> None:
    assert compare(one, other) == compare(other, one)


@given(people, people)
def test_nobody_is_more_like_a_person_than_that_person(one: Described, other: Described) -> None:
    own = compare(one, one)
    assert own.score >= compare(one, other).score
    assert not any(reason.points < 0 for reason in own.reasons)


@given(people, people)
def test_the_reasons_add_up_to_the_score(one: Described, other: Described) -> None:
    found = compare(one, other)
    assert codes(one, other) <= set(REASONS)
    assert found.score == max(0, min(MOST, sum(reason.points for reason in found.reasons)))


@given(people, people, st.sampled_from(("cccd", "personal_code")))
def test_two_numbers_of_one_kind_are_never_likely_and_one_number_is_never_passed_over(
    one: Described, other: Described, kind: str
) -> None:
    first = replace(one, id_kind="cccd", id_number="012080001234")
    assert compare(first, replace(other, id_kind=kind, id_number="012080001243")).level != "likely"
    assert compare(first, replace(other, id_kind=kind, id_number="091180004321")).level != "likely"
    assert compare(first, replace(other, id_kind=kind, id_number="012080001234")).level != "no"


def test_numbers_of_different_papers_say_nothing() -> None:
    old = replace(MOTHER, id_kind="cmnd", id_number="045123456")
    new = replace(MOTHER, id_kind="cccd", id_number="012185001234")
    assert not {"id_same", "id_typo", "id_differs"} & codes(old, new)
    assert compare(old, new).level == "likely"


@pytest.mark.parametrize(
    ("other", "reason", "level"),
    [
        ("Nguyễn Thị Hoàng Phương Quỳnh Như", "name_same", "likely"),
        ("NGUYEN THI HOANG PHUONG QUYNH NHU", "name_unmarked", "likely"),
        ("Nguyễn Thị Hoàng Phương Quỳnh Nhự", "name_folded", "possible"),
        ("Nguyễn Hoàng Phương Quỳnh Như", "name_reordered", "possible"),
        ("Quỳnh Như Nguyễn Thị Hoàng Phương", "name_reordered", "possible"),
        ("Nguyễn Thị Quỳnh Như", "name_near", "possible"),
        ("Nguyễn Thị Hoàng Phươg Quỳnh Như", "name_near", "possible"),
        ("Lò Văn Sơn", "name_differs", "no"),
    ],
)
def test_names(other: str, reason: str, level: str) -> None:
    assert reason in codes(MOTHER, replace(MOTHER, full_name=other))
    assert compare(MOTHER, replace(MOTHER, full_name=other)).level == level


@pytest.mark.parametrize(
    ("other", "precision", "reason"),
    [
        (date(1985, 6, 12), "day", "birth_same"),
        (date(1985, 6, 1), "month", "birth_month"),
        (date(1985, 1, 1), "year", "birth_year"),
        (date(1985, 1, 1), "day", "birth_year"),
        (date(1985, 12, 6), "day", "birth_swapped"),
        (date(1986, 6, 12), "day", "birth_near"),
        (date(1985, 7, 12), "month", "birth_near"),
        (date(1990, 3, 3), "day", "birth_differs"),
    ],
)
def test_dates_of_birth(other: date, precision: str, reason: str) -> None:
    assert reason in codes(MOTHER, replace(MOTHER, birth_date=other, birth_precision=precision))


def test_a_shared_phone_and_the_family_count_once_each() -> None:
    child = Described(
        "Bé Na", date(2020, 2, 2), "day", "female", guardian_name="Lò Thị Ân", guardian_phone="+84912345678"
    )
    same = replace(
        child, guardian_name="Lò Ân", guardian_phone=None, phone="+84912345678", head_name="Lò Văn Páo"
    )
    assert {"phone_same", "family_same"} <= codes(child, same)
    assert compare(child, replace(same, head_name=None)) == compare(child, same)


def test_keys() -> None:
    assert name_key("Đặng Thị Ớt") == name_key("Ớt  ĐẶNG") == "dang ot"
    assert name_key("Lê Văn") == "le van"
    assert block_key("Giàng A Páo", date(1980, 5, 1)) == "a giang pao 1980"
