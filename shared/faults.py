"""Faults: everything that can be wrong with what someone sends or asks, as data.

A fault has a code that never changes, words in Vietnamese and English, and who can put it right. The words
stand in `faults.csv` beside this file; ERRORS.md is made from it.
"""

import csv
import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any


@dataclass(frozen=True, slots=True)
class Explanation:
    """One row of the catalogue.

    `fixer` is one of worker, station, district, administrator, developer; `status` the HTTP status when
    the fault ends a request; `severity` is ``refuse`` or ``flag`` (accepted, with a doubt shown).
    """

    code: str
    severity: str
    status: int
    fixer: str
    vi: str
    en: str


@cache
def catalogue() -> dict[str, Explanation]:
    """Every fault by its code. A code that stands twice, or a row with a gap, is a programming error."""
    rows: dict[str, Explanation] = {}
    text = files(__package__).joinpath("faults.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        if row["code"] in rows or not all(row.values()):
            raise ValueError(f"faults.csv: {row['code']!r} stands twice or has a gap")
        rows[row["code"]] = Explanation(
            row["code"], row["severity"], int(row["status"]), row["fixer"], row["vi"], row["en"]
        )
    return rows


@dataclass(frozen=True)
class Fault:
    """Something wrong, where, and the figures its words need."""

    code: str
    field: str | None = None
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def explanation(self) -> Explanation:
        """The catalogue's row. KeyError for a code nobody declared."""
        return catalogue()[self.code]

    @property
    def fixer(self) -> str:
        """Who can put it right."""
        return self.explanation.fixer

    def message(self, lang: str) -> str:
        """What happened, what is safe, what to do, in ``vi`` or ``en``."""
        explanation = self.explanation
        template = explanation.en if lang == "en" else explanation.vi
        return Formatter().vformat(template, (), _Params(self.params | {"field": self.field or ""}))

    def as_json(self) -> dict[str, Any]:
        """The form it travels and is stored in."""
        return {
            "code": self.code,
            "field": self.field,
            "params": self.params,
            "vi": self.message("vi"),
            "en": self.message("en"),
            "fixer": self.fixer,
        }


def fault(code: str, field: str | None = None, **params: Any) -> Fault:
    """A fault with its figures given by name."""
    return Fault(code, field, params)


class Refused(Exception):
    """Raised where a whole request or record is refused; carries why."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("; ".join(f.code for f in self.faults))


class _Params(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"
