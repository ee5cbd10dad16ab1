"""Every indicator is defined once and in words."""

from __future__ import annotations

import pytest

from server.indicators.catalogue import indicator, indicator_title, indicators
from server.indicators.denominators import DENOMINATORS
from tests.indicators_page import PAGE, page


@pytest.mark.proves("R076")
def test_every_indicator_has_names_formula_and_unit_in_both_languages() -> None:
    for found in indicators().values():
        assert all((found.vi, found.en, found.formula_vi, found.formula_en, found.unit)), found.code
    assert {f"coverage.{which}" for which in DENOMINATORS} <= set(indicators())
    with pytest.raises(KeyError):
        indicator("nobody_defined_this")


def test_the_hover_says_name_and_formula() -> None:
    found = indicator("needed_pace")
    assert indicator_title("needed_pace", "vi") == f"{found.vi}: {found.formula_vi}"
    assert indicator_title("needed_pace", "en") == f"{found.en}: {found.formula_en}"


def test_the_glossary_has_the_indicators_as_they_are() -> None:
    standing = PAGE.read_text(encoding="utf-8")
    assert standing == page(standing), "run: make indicators"
