"""What the phone has to say of itself: a clock that goes wrong, a storage that fills up. Never in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mobile.words import words
from shared.clock import stamp
from shared.rules import phones
from shared.rules.phones import Room

if TYPE_CHECKING:
    from mobile.store.store import Store

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


@dataclass(frozen=True, slots=True)
class PhoneNote:
    """One thing in words: `text` says what is the matter, `do` what to do; with its icon and tone."""

    text: str
    do: str
    icon: str
    tone: str = "warn"

    @property
    def whole(self) -> str:
        """Both sentences."""
        return f"{self.text} {self.do}"


def notes(store: Store) -> list[PhoneNote]:
    """What the worker of an open store should know of the phone, the gravest first; [] mostly."""
    return [*_room(store), *_clock(store)]


def _room(store: Store) -> Iterator[PhoneNote]:
    room = store.room
    if room is Room.LAST:
        yield PhoneNote(words.t("room.last"), words.t("room.do"), "harddisk", "late")
    elif room is Room.LITTLE:
        yield PhoneNote(words.t("room.little"), words.t("room.do"), "harddisk")


def _clock(store: Store) -> Iterator[PhoneNote]:
    do = words.t("clock.do")
    now, last = store.clock.now(), store.last_recorded_at
    if error := phones.clock_error(store.clock_offset_s):
        key = "clock.fast" if error > 0 else "clock.slow"
        yield PhoneNote(words.t(key, much=_much(abs(error))), do, "clock-alert-outline")
    elif last is not None and phones.went_back(now, last):
        told = {"now": words.moment(stamp(now)), "last": words.moment(stamp(last))}
        yield PhoneNote(words.t("clock.back", **told), do, "clock-alert-outline")


def _much(seconds: int) -> str:
    """12 phút, 5 giờ, 3 ngày: in the largest unit of which there are two."""
    if seconds >= 2 * _DAY:
        return words.counted("clock.days", seconds // _DAY)
    if seconds >= 2 * _HOUR:
        return words.counted("clock.hours", seconds // _HOUR)
    return words.counted("clock.minutes", seconds // _MINUTE)
