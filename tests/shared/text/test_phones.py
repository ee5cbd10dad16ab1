"""Mobile numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.phones import normalise_phone


@pytest.mark.proves("R014")
@pytest.mark.parametrize(
    "written",
    ["0912345678", "0912 345 678", "0912.345.678", "+84912345678", "(+84) 912-345-678", "84912345678"],
)
def test_the_ways_of_writing_one_number(written: str) -> None:
    assert normalise_phone(written) == "+84912345678"


@pytest.mark.parametrize(
    "written", ["", None, "0212345678", "091234567", "09123456789", "none", "0112345678"]
)
def test_what_is_not_a_mobile_number(written: str | None) -> None:
    assert normalise_phone(written) is None


@given(st.from_regex(r"(0|\+84)(3|5|7|8|9)[0-9]{8}", fullmatch=True))
def test_a_stored_number_stays_itself(written: str) -> None:
    stored = normalise_phone(written)
    assert stored is not None
    assert normalise_phone(stored) == stored
