"""What the QR code of an enrolment says, written and read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.enrolment import Enrolment, read_enrolment

words = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)


@given(words, words)
def test_what_was_written_is_read(server: str, code: str) -> None:
    assert read_enrolment(Enrolment(server, code).as_text()) == Enrolment(server, code)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    found = read_enrolment(text)
    assert found is None or (found.server and found.code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "K7QF3MXD",
        "https://tramyte.example.vn",
        "tungnha:enrol",
        "tungnha:enrol?server=https%3A%2F%2Fx",
        "tungnha:enrol?server=&code=K7QF3MXD",
        "tungnha:enrol?server=a&server=b&code=K7QF3MXD",
        "other:enrol?server=a&code=b",
        "(01)05000456062589(10)ABY7781(17)221231",
        "http://[broken",
    ],
)
def test_anything_else_is_no_enrolment(text: str) -> None:
    assert read_enrolment(text) is None


def test_spaces_around_a_copied_text_do_not_matter() -> None:
    said = " tungnha:enrol?server=https%3A%2F%2Ftramyte.example.vn&code=K7QF3MXD \n"
    assert read_enrolment(said) == Enrolment("https://tramyte.example.vn", "K7QF3MXD")
