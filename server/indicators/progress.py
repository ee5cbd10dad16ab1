"""How far a goal is, and whether the present pace reaches it in time. Pure arithmetic in whole doses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: A goal nobody was covered for is not late yet when its due date is further off than this.
EARLY_DAYS = 28

#: Over how many days, today included, the present pace is measured.
PACE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Progress:
    """A goal at a place: people due and covered, doses given in the last 7 days, days to the due date.

    `days_left` counts whole days after today: 0 on the due date itself, negative after it.
    """

    due: int
    covered: int
    last_7_days: int
    days_left: int

    @property
    def to_go(self) -> int:
        """Doses still to be given."""
        return max(0, self.due - self.covered)

    @property
    def needed_per_day(self) -> int | None:
        """Doses a day from today to the due date, both included, rounded up; None when the date is past."""
        if self.days_left < 0:
            return None
        return -(-self.to_go // (self.days_left + 1))

    @property
    def shortfall(self) -> int:
        """Doses that will be missing on the due date if the pace stays as it is."""
        ahead = self.last_7_days * max(0, self.days_left) // PACE_DAYS
        return max(0, self.to_go - ahead)

    @property
    def state(self) -> str:
        """none (nobody due), done, late (the date has passed), not_started, behind (the pace will not do), on_track."""
        if self.due == 0:
            return "none"
        if self.to_go == 0:
            return "done"
        if self.days_left < 0:
            return "late"
        if self.covered == 0 and self.days_left > EARLY_DAYS:
            return "not_started"
        return "behind" if self.shortfall else "on_track"

    def __add__(self, other: Progress) -> Progress:
        """Two places together; they share the goal, so its days left."""
        return Progress(
            self.due + other.due,
            self.covered + other.covered,
            self.last_7_days + other.last_7_days,
            self.days_left,
        )


def nothing(due_on: date, today: date) -> Progress:
    """The progress of a place where nobody is due."""
    return Progress(0, 0, 0, (due_on - today).days)
