"""What the help of each screen says, read from `mobile/help`: a table of steps, and a picture a language.

`steps.csv` has the columns screen, step, mark, vi, en. Step 0 says what the screen is for; the others are numbered,
and `mark` names what carries the number in the picture (see `tests/phone/help_pictures.py`, which draws them).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("help")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to know of a screen; `mark` is "" where nothing in the picture carries its number."""

    number: int
    mark: str
    vi: str
    en: str

    def text(self, lang: str) -> str:
        """Its words in "en", else in Vietnamese."""
        return self.en if lang == "en" else self.vi


@cache
def pages() -> dict[str, tuple[Step, ...]]:
    """The steps of every screen that has help, by the screen's name, in their order."""
    found: dict[str, list[Step]] = {}
    with (FOLDER / "steps.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            step = Step(int(row["step"]), row["mark"], row["vi"], row["en"])
            found.setdefault(row["screen"], []).append(step)
    return {screen: tuple(sorted(steps, key=lambda step: step.number)) for screen, steps in found.items()}


def picture(screen: str, lang: str) -> Path:
    """Where the picture of a screen's help stands."""
    return FOLDER / "pictures" / lang / f"{screen}.png"
