"""The clock of the field: today, due dates, expiry, ages, and when an entry was recorded or received.

One clock serves server, scheduler and phone, and honours TUNGNHA_NOW so that a demonstration can stand in
another month. Tokens, sign-in locks and leases never ask it: they live in real time.
"""

import os
import time as system
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Protocol

#: Vietnam has one zone and no summer time.
VIETNAM = timezone(timedelta(hours=7), "UTC+7")

#: When an unset time of day is needed for a TUNGNHA_NOW that names only a date.
MORNING = time(8, 0)

#: The system's clock of seconds since its start that also counts sleep (Linux and Android), where there is one.
_RUNNING: int | None = getattr(system, "CLOCK_BOOTTIME", None)


def stamp(moment: datetime) -> str:
    """`moment` as it stands in an entry: UTC, milliseconds, ``2022-04-15T01:02:03.456Z``."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def from_stamp(text: str) -> datetime:
    """The moment a stamp names; ValueError when it names none."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


class Clock(Protocol):
    """Anything that tells the field's time."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...

    def today(self) -> date:
        """The present day in Vietnam."""
        ...

    def steady(self) -> float:
        """Seconds that only run on, whatever hour anybody sets: they measure how long, and begin again at a restart."""
        ...


class FieldClock:
    """Real time, shifted so that the moment it was made counts as `start`; time runs on from there."""

    def __init__(self, start: datetime | None = None) -> None:
        real = datetime.now(UTC)
        self._shift = (start - real) if start else timedelta(0)

    @classmethod
    def from_environment(cls, text: str | None = None) -> "FieldClock":
        """The clock TUNGNHA_NOW asks for (an ISO date or date-time; without a zone it is Vietnam's)."""
        text = text if text is not None else os.environ.get("TUNGNHA_NOW", "")
        return cls(parse_now(text) if text.strip() else None)

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return datetime.now(UTC) + self._shift

    def today(self) -> date:
        """The present day in Vietnam."""
        return self.now().astimezone(VIETNAM).date()

    def steady(self) -> float:
        """Seconds since the device was started, those it slept through included where the system counts them."""
        return system.clock_gettime(_RUNNING) if _RUNNING is not None else system.monotonic()


class FixedClock:
    """A clock that moves only when told to: simulations and tests walk through days with it."""

    def __init__(self, start: datetime | date) -> None:
        if not isinstance(start, datetime):
            start = datetime.combine(start, MORNING, VIETNAM)
        self._now = start.astimezone(UTC)
        self._set_by = timedelta(0)

    def now(self) -> datetime:
        """The moment it was last set to."""
        return self._now

    def today(self) -> date:
        """The day in Vietnam of that moment."""
        return self._now.astimezone(VIETNAM).date()

    def advance(self, *, days: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        """Move on."""
        self._now += timedelta(days=days, minutes=minutes, seconds=seconds)

    def steady(self) -> float:
        """Seconds it moved on by itself, without those it was set by."""
        return (self._now - self._set_by).timestamp()

    def set_by(self, **by: float) -> None:
        """Set it forward or back by a span (the words of `timedelta`), as a hand does: no time passes."""
        self._now += timedelta(**by)
        self._set_by += timedelta(**by)


def parse_now(text: str) -> datetime:
    """The moment TUNGNHA_NOW names. Raises ValueError with the accepted forms."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"TUNGNHA_NOW is {text!r}; it takes a date or a date-time, as 2022-04-15 or 2022-04-15T08:00"
        ) from None
    if len(text.strip()) <= 10:
        moment = datetime.combine(moment.date(), MORNING)
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
