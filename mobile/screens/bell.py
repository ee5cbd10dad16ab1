"""Rings when somebody's 30 minutes after a dose are over (R039).

As soon as a dose is seen the moment is left with the device, which tells it whatever becomes of the app and without a
name; while the app is open and unlocked it says on the screen who may go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kivy.clock import Clock

from mobile.phone import Phone
from mobile.words import words

if TYPE_CHECKING:
    from mobile.store.observations import Watched
    from mobile.store.store import Store

#: How often it looks at what the store holds, in seconds: nobody minds waiting this much longer.
LOOK_S = 5


class Bell:
    """The bell of one phone, from when it is made until `close`."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._store: Store | None = None
        self._running: set[str] = set()
        self._looking = Clock.schedule_interval(lambda _: self.look(), LOOK_S)

    def close(self) -> None:
        """Look no more; what was left with the device it still tells."""
        self._looking.cancel()

    def look(self) -> None:
        """Leave new moments with the device, call off those of people who left, ring for those whose time is over."""
        phone = self._phone
        if phone.locked or phone.practice or phone.store.identity is None or not phone.may("observation"):
            return
        if phone.store is not self._store:  # another account's moments stay with the device
            self._store, self._running = phone.store, set()
        from mobile.store import observations  # loaded by now; the lock does not wait for it

        seen = observations.under_observation(phone.store, phone.me.site)
        still = {each.dose: each for each in seen if each.still}
        for dose in still.keys() - self._running:
            title, text = words.t("bell.title"), words.t("bell.over")
            phone.device.notifier.tell_at(still[dose].until, dose, title, text)
        for dose in self._running - {each.dose for each in seen}:
            phone.device.notifier.cancel(dose)
        over = [each for each in seen if each.dose in self._running and not each.still]
        self._running = set(still)
        if over:
            phone.nav.say(_may_go(over))


def _may_go(over: Sequence[Watched]) -> str:
    if len(over) == 1:
        return words.t("bell.may_go", name=over[0].full_name or words.t("observation.nameless"))
    return words.t("bell.many_may_go", count=words.number(len(over)))
