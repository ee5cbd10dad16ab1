"""What is measured, and what each may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its name, what it says, its unit, its limit."""

    name: str
    text: str
    unit: str
    limit: float


FIGURES = (
    Figure("cold_start", "cold start to the first frame, CPU", "ms", 900),
    Figure("unlock", "last digit of the PIN to the home screen", "ms", 400),
    Figure("list", "the largest village's list shown", "ms", 250),
    Figure("keystroke", "the dearest letter of a search over everybody", "ms", 30),
    Figure("scroll", "a frame while scrolling, p95", "ms", 4),
    Figure("save_visit", "saving a visit of six, durable", "ms", 60),
    Figure("sync_frame", "the longest a frame waits while 5,000 entries come", "ms", 50),
    Figure("memory", "memory after all this", "MiB", 200),
    Figure("database", "the encrypted file", "MiB", 40),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with what it came to, and the least the same work costs in the same run (0: nothing to compare)."""

    figure: Figure
    value: float
    bare: float

    @property
    def met(self) -> bool:
        """Whether it stays within its limit."""
        return self.value <= self.figure.limit

    @property
    def ratio(self) -> float | None:
        """The least ÷ what it came to."""
        return self.bare / self.value if self.bare else None

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "name": self.figure.name,
            "text": self.figure.text,
            "unit": self.figure.unit,
            "limit": self.figure.limit,
            "value": round(self.value, 2),
            "bare": round(self.bare, 2),
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "met": self.met,
        }

    def line(self) -> str:
        """For people."""
        figure, ratio = self.figure, "" if self.ratio is None else f"{self.ratio:.3f}"
        met = "" if self.met else "  ABOVE ITS LIMIT"
        return (
            f"{figure.text:<52} {self.value:>8.1f} {figure.unit:<3} ≤ {figure.limit:>4.0f}  {ratio:>6}{met}"
        )
