"""The clock of a simulated phone: the server's time, set back by whole days while a past day is played."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from shared.clock import VIETNAM, FieldClock


class SimulatedClock:
    """Tells `server_now` and runs on from there; `go_to` a day and it tells that day."""

    def __init__(self, server_now: datetime) -> None:
        self._present = FieldClock(server_now)
        self._back = timedelta(0)

    def now(self) -> datetime:
        """The moment on the day gone to, aware, UTC."""
        return self._present.now() - self._back

    def today(self) -> date:
        """The day in Vietnam of that moment."""
        return self.now().astimezone(VIETNAM).date()

    def steady(self) -> float:
        """Seconds that run on, whatever day is played."""
        return self._present.steady()

    def go_to(self, day: date) -> None:
        """Play a past day, at the present time of day."""
        self._back = self._present.today() - day

    @contextmanager
    def in_the_present(self) -> Iterator[None]:
        """While a sync runs: what was recorded on past days is sent now, as after days without a network."""
        back, self._back = self._back, timedelta(0)
        try:
            yield
        finally:
            self._back = back
