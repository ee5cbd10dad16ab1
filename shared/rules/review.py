"""The door-to-door review (R060): how a house stands in it, and what of a visit is still waited for."""

from __future__ import annotations

from datetime import date

#: Kinds of visit that someone made to the house.
AT_THE_DOOR = ("door_to_door", "mop_up")

#: How a house stands in the review, what is to be done first standing first.
HOUSE_STATES = ("never", "revisit", "unanswered", "reviewed")


def house_state(knocked: bool, revisit_on: date | None, unanswered: int) -> str:
    """How a house stands in the review: one of HOUSE_STATES.

    `knocked`: someone was at the door; `revisit_on`: the day the newest visit agreed on for another; `unanswered`:
    members a visit asks about who have no outcome.
    """
    if not knocked:
        return "never"
    if revisit_on is not None:
        return "revisit"
    return "unanswered" if unanswered else "reviewed"


def is_to_knock(state: str, revisit_on: date | None, today: date) -> bool:
    """Whether a house is to be gone to by today: a revisit that was agreed on waits for its day."""
    if state == "revisit":
        return revisit_on is not None and revisit_on <= today
    return state != "reviewed"


def still_awaited(said_on: date, last_dose_on: date | None) -> bool:
    """Whether what was said at a visit of a dose to come (an appointment, a need of transport, a refusal) still stands:
    a dose on that day or later has settled it.
    """
    return last_dose_on is None or last_dose_on < said_on
