"""What the phone offers first: the one main action of the home screen, right for the role and the hour."""

from __future__ import annotations

from dataclasses import dataclass

#: From this hour on (Vietnam's time) a session that is still open is to be ended, and what was recorded to be sent.
EVENING = 16


@dataclass(frozen=True, slots=True)
class Standing:
    """What the home screen knows. `may_hold`: this worker holds sessions at a site; `may_visit`: and visits homes.
    `held`: a session is under way; `used`: a dose was recorded at it. Of the `houses` of my `villages`, `to_knock` are
    to be gone to by today. `unsent`: entries the server has not answered.
    """

    may_hold: bool
    may_visit: bool
    held: bool
    used: bool
    villages: int
    houses: int
    to_knock: int
    unsent: int


def main_action(standing: Standing, hour: int) -> str:
    """The action at the thumb: end_session, session, open_session, send, register, visit, search, or "" for none."""
    evening = hour >= EVENING
    if standing.held:
        return "end_session" if evening and standing.used else "session"
    if evening and standing.unsent:
        return "send"
    if standing.may_hold:
        return "open_session"
    if standing.may_visit and standing.villages and not standing.houses:
        return "register"
    if standing.may_visit and standing.to_knock:
        return "visit"
    return "search" if standing.houses else ""
