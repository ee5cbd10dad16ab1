"""Rules about the phone itself: when an account may leave it, when its clock and its room need somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from shared.faults import Fault, fault

#: A clock that is further from the server's than this is put right by its owner (L11).
CLOCK_TOLERANCE_S = 300
#: So much the clock may stand behind the last record before it counts as set back.
BACKWARDS = timedelta(minutes=2)
#: Below this the worker is asked to make room (L19).
LITTLE_ROOM = 200 << 20
#: Kept aside so that records can still be written when everything else has filled the phone.
RESERVE = 8 << 20
#: Below this the reserve is given up for records.
NO_ROOM = 4 << 20


class Room(Enum):
    """How much room is left on the phone."""

    ENOUGH = "enough"
    LITTLE = "little"
    LAST = "last"


def leaving(total: int, proven: int, drafts: int) -> Fault | None:
    """Why an account may not leave the phone: records without a matching receipt, forms begun (L16).

    `total` records were made here, `proven` of them are covered by a receipt that matches.
    """
    if proven < total:
        return fault("phone.not_all_received", count=total - proven, total=total)
    if drafts:
        return fault("phone.drafts_left", count=drafts)
    return None


def clock_error(offset_s: int | None) -> int:
    """Seconds by which the phone's clock goes wrong, when that matters: above 0 it is fast. 0 = well, or not known.

    `offset_s` is server minus phone, as last measured.
    """
    if offset_s is None or abs(offset_s) <= CLOCK_TOLERANCE_S:
        return 0
    return -offset_s


def went_back(now: datetime, last_recorded: datetime | None) -> bool:
    """Whether the clock stands before the last record that was made by it."""
    return last_recorded is not None and now < last_recorded - BACKWARDS


def room(free_bytes: int, reserved: bool) -> Room:
    """How much room is left; `reserved`: the reserve still stands."""
    if free_bytes >= LITTLE_ROOM:
        return Room.ENOUGH
    return Room.LITTLE if reserved or reserve_fits(free_bytes) else Room.LAST


def reserve_fits(free_bytes: int) -> bool:
    """Whether there is room to set the reserve aside and to go on working beside it."""
    return free_bytes >= 3 * RESERVE


def reserve_is_needed(free_bytes: int) -> bool:
    """Whether the reserve is given up now, so that the next records find room."""
    return free_bytes < NO_ROOM
