"""What a check found: how much it looked at, and where the stored and the recomputed differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from shared.text.translations import Catalogue

#: Differences of one check that are kept in words; the rest are only counted.
SHOWN = 10

#: How often progress is told, in rows.
_STEP = 2_000

#: Hears of progress: the check's name, rows done, rows in all.
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the stored and the recomputed differ."""

    code: str
    params: dict[str, Any]

    def message(self, lang: str) -> str:
        """In clear words."""
        return messages().text(self.code, lang, **self.params)

    def as_json(self) -> dict[str, str]:
        """Code and words in both languages."""
        return {"code": self.code, "vi": self.message("vi"), "en": self.message("en")}


@dataclass
class Findings:
    """The outcome of one check. `found` counts every difference, `differences` keeps the first ten.

    `stale` counts coverage cells' villages that wait for a refresh; None for other checks.
    """

    name: str
    tell: Tell
    checked: int = 0
    found: int = 0
    stale: int | None = None
    seconds: float = 0.0
    differences: list[Difference] = field(default_factory=list)
    _total: int = 0

    def expect(self, rows: int) -> None:
        """So many more rows will be looked at."""
        self._total += rows
        self.tell(self.name, self.checked, self._total)

    def look(self, rows: int = 1) -> None:
        """So many rows were looked at."""
        before = self.checked // _STEP
        self.checked += rows
        if self.checked // _STEP != before:
            self.tell(self.name, self.checked, self._total)

    def differ(self, code: str, **params: Any) -> None:
        """Note a difference."""
        self.found += 1
        if len(self.differences) < SHOWN:
            self.differences.append(Difference(code, params))

    def label(self, lang: str) -> str:
        """What the check is about."""
        return messages().text(f"check.{self.name}", lang)

    def as_json(self) -> dict[str, Any]:
        """The check in the answer of `tungnha verify --json`."""
        told: dict[str, Any] = {
            "name": self.name,
            "checked": self.checked,
            "found": self.found,
            "differences": [difference.as_json() for difference in self.differences],
            "seconds": round(self.seconds, 3),
        }
        return told if self.stale is None else {**told, "stale": self.stale}


@cache
def messages() -> Catalogue:
    """The words of this room."""
    return Catalogue(Path(__file__).parent / "messages.csv")
