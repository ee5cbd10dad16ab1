"""What a seed makes: how many people, in which province, around which day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from server.places.hierarchies import REFORM
from shared.clock import VIETNAM, FixedClock

#: The day of the documents: the campaign of spring 2022, two weeks before its due date.
DEMO_DAY = date(2022, 4, 15)

#: The plan's dates, in days after the seed's day: 30/04/2022 and 30/06/2022 on the demo's day.
DUE_IN, CHILDREN_DUE_IN = 15, 76


@dataclass(frozen=True, slots=True)
class Size:
    """A size by name: province (GSO code of 2022), people, and villages a commune (least, most)."""

    province: str
    people: int
    villages: tuple[int, int]


SIZES = {
    "small": Size("12", 10_000, (2, 4)),
    "medium": Size("12", 480_000, (7, 11)),
    "large": Size("91", 1_800_000, (5, 9)),
}


@dataclass(frozen=True, slots=True)
class SeedPlan:
    """One seed. `communes` keeps the first so many communes (and their share of the people)."""

    size: str = "small"
    seed: int = 1
    today: date = DEMO_DAY
    province_code: str = ""
    communes: int | None = None

    @property
    def province(self) -> str:
        """GSO code of the province before 1/7/2025."""
        return self.province_code or SIZES[self.size].province

    @property
    def people(self) -> int:
        """About how many people the whole province gets."""
        return SIZES[self.size].people

    @property
    def due_on(self) -> date:
        """When the campaign's two goals are due."""
        return self.today + timedelta(days=DUE_IN)

    @property
    def children_due_on(self) -> date:
        """When the children's goal is due."""
        return self.today + timedelta(days=CHILDREN_DUE_IN)

    @property
    def reformed(self) -> bool:
        """Whether the seed's day stands after the reform of 1/7/2025."""
        return self.today >= REFORM

    def day(self, offset: int) -> date:
        """The day so many days after (negative: before) the seed's day."""
        return self.today + timedelta(days=offset)

    def moved(self, day: date) -> str:
        """A date of spring 2022, moved along with the seed's day, as ISO text."""
        return (day + (self.today - DEMO_DAY)).isoformat()

    def morning(self, offset: int = 0) -> FixedClock:
        """A clock that stands at seven in the morning of a day."""
        return FixedClock(datetime.combine(self.day(offset), time(7), VIETNAM))
