"""What pages say: every text by its key, every figure and date as the reader writes it."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import shared.text
from server.accounts.session import language
from shared.kinds import KINDS, option_label
from shared.permissions import ROLES
from shared.reference import age_groups, vaccines
from shared.text import formats
from shared.text.translations import Catalogue

#: One file an area; a key stands in one of them only.
MESSAGES = Path(__file__).with_name("messages")


@cache
def catalogue() -> Catalogue:
    """The texts of pages."""
    return Catalogue(*sorted(MESSAGES.glob("*.csv")))


def t(key: str, **params: Any) -> str:
    """The text of a key in the reader's language."""
    return catalogue().text(key, language(), **params)


@cache
def _both_sides() -> Catalogue:
    return Catalogue(Path(shared.text.__file__).with_name("messages.csv"))


def on_both_sides(key: str, **params: Any) -> str:
    """A text that the phone says too (`shared/text/messages.csv`)."""
    return _both_sides().text(key, language(), **params)


def number(value: int | None) -> str:
    """12.345 or 12,345; an unknown number is a dash."""
    return formats.number(value, language())


def percent_of(numerator: int | None, denominator: int | None) -> str:
    """93,4 % or 93.4%; a dash when there is nothing to divide by."""
    return formats.percent_of(numerator, denominator, language())


def tenths(numerator: int, denominator: int) -> str:
    """A quotient with one decimal: 3,4 or 3.4."""
    value = f"{numerator / denominator:.1f}"
    return value if language() == "en" else value.replace(".", ",")


def day(value: date | None) -> str:
    """15/04/2022; unknown is a dash."""
    return formats.day(value, language())


def moment(value: datetime | None) -> str:
    """14:05 15/04/2022 in Vietnam's time; unknown is a dash."""
    return formats.moment(value, language())


def days_left(days: int | None) -> str:
    """“còn 12 ngày”, “quá hạn 3 ngày”; unknown is a dash."""
    return formats.days_left(days, language())


def in_language(row: Any, stem: str) -> str:
    """The attribute `<stem>_vi` or `<stem>_en` of a row, in the reader's language."""
    return str(getattr(row, f"{stem}_{language()}"))


def age_group(code: str) -> str:
    """An age group as people read it; a code nobody knows stands for itself."""
    known = age_groups().get(code)
    return in_language(known, "label") if known else code


def dose_type(code: str) -> str:
    """A dose type as people read it."""
    return option_label("dose", "dose_type", code, language())


def vaccine(code: str | None) -> str:
    """A vaccine's name; a code nobody knows stands for itself."""
    known = vaccines().get(code or "")
    return in_language(known, "name") if known else code or formats.NOTHING


def role(code: str) -> str:
    """A role as people read it."""
    known = ROLES.get(code)
    return code if known is None else known.en if language() == "en" else known.vi


def option(kind: str, name: str, code: Any) -> str:
    """An option of a record's choice field, or a dash."""
    return formats.NOTHING if code is None else option_label(kind, name, code, language())


def kind_label(kind: str) -> str:
    """A kind of record as people read it."""
    return KINDS[kind].label(language()) if kind in KINDS else kind
