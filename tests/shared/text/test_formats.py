"""Figures and dates as people read them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import formats


@pytest.mark.parametrize(
    ("n", "vi", "en"),
    [(0, "0", "0"), (12345, "12.345", "12,345"), (-1234567, "-1.234.567", "-1,234,567"), (None, "–", "–")],
)
def test_number(n: int | None, vi: str, en: str) -> None:
    assert (formats.number(n, "vi"), formats.number(n, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("numerator", "denominator", "vi", "en"),
    [
        (934, 1000, "93,4\xa0%", "93.4%"),
        (1, 16, "6,3\xa0%", "6.3%"),  # 6.25 rounds up, as on paper
        (0, 5, "0,0\xa0%", "0.0%"),
        (12, 1, "1.200,0\xa0%", "1,200.0%"),
        (0, 0, "–", "–"),
        (5, None, "–", "–"),
        (None, 5, "–", "–"),
    ],
)
def test_percent_of(numerator: int | None, denominator: int | None, vi: str, en: str) -> None:
    assert formats.percent_of(numerator, denominator, "vi") == vi
    assert formats.percent_of(numerator, denominator, "en") == en


def test_percent_of_a_share() -> None:
    assert formats.percent(0.934, "vi") == "93,4\xa0%"
    assert formats.percent(None, "vi") == "–"


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_a_share_and_its_counts_read_alike_to_a_tenth(numerator: int, denominator: int) -> None:
    def figure(text: str) -> float:
        return float(text.removesuffix("%").replace(",", ""))

    as_share = figure(formats.percent(numerator / denominator, "en"))
    assert abs(as_share - figure(formats.percent_of(numerator, denominator, "en"))) < 0.11


def test_day() -> None:
    assert formats.day(date(2022, 4, 5), "vi") == "05/04/2022"
    assert formats.day(date(2022, 4, 5), "en") == "05/04/2022"
    assert formats.day(datetime(2022, 4, 15, 20, 0, tzinfo=UTC), "vi") == "16/04/2022"
    assert formats.day(None, "vi") == "–"


@pytest.mark.parametrize(
    ("n", "vi", "en"),
    [
        (12, "còn 12 ngày", "12 days left"),
        (1, "còn 1 ngày", "1 day left"),
        (0, "hôm nay", "today"),
        (-3, "quá hạn 3 ngày", "3 days overdue"),
        (None, "–", "–"),
    ],
)
@pytest.mark.proves("R017")
def test_days_left(n: int | None, vi: str, en: str) -> None:
    assert (formats.days_left(n, "vi"), formats.days_left(n, "en")) == (vi, en)


def test_moment_is_told_in_vietnam() -> None:
    assert formats.moment(datetime(2022, 4, 15, 7, 5, tzinfo=UTC), "vi") == "14:05 15/04/2022"
    assert formats.moment(None, "vi") == "–"


@pytest.mark.parametrize(
    ("minutes", "vi", "en"),
    [
        (0, "dưới 1 phút", "under a minute"),
        (12, "12 phút", "12 min"),
        (135, "2 giờ 15 phút", "2 h 15 min"),
        (120, "2 giờ", "2 h"),
        (1740, "1 ngày 5 giờ", "1 d 5 h"),
        (1445, "1 ngày", "1 d"),
        (2_000_000, "1.388 ngày 21 giờ", "1,388 d 21 h"),
    ],
)
@pytest.mark.proves("R027")
def test_elapsed(minutes: int, vi: str, en: str) -> None:
    spaced = [formats.elapsed(minutes, lang).replace("\N{NO-BREAK SPACE}", " ") for lang in ("vi", "en")]
    assert spaced == [vi, en]
