"""Where people live and how that changes (R013): what can be said of somebody, and what a move leaves true."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from shared.faults import Fault, fault
from shared.text.folding import fold

#: Residence of people who are here.
PRESENT = ("permanent", "temporary", "staying")
#: Residence of people who are not asked about any more.
GONE = ("moved", "deceased")


def changes_from(residence: str, cannot_come: str | None) -> tuple[str, ...]:
    """What may be said of somebody in a few taps: absent, back, moved, deceased, cannot_come, can_come, move.

    Who died is changed by correcting the record only.
    """
    if residence == "deceased":
        return ()
    if residence == "moved":
        return ("back", "move", "deceased")
    reach = "can_come" if cannot_come else "cannot_come"
    stay = "back" if residence == "absent" else "absent"
    return (stay, reach, "moved", "move", "deceased")


def body_of_change(what: str, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a person that a change writes. `given`: since (ISO day), and residence and came_from of who is
    back, or cannot_come.
    """
    if what == "cannot_come":
        return {"cannot_come": given.get("cannot_come")}
    if what == "can_come":
        return {"cannot_come": None}
    since = given.get("since")
    if what == "back":
        return {
            "residence": given.get("residence"),
            "residence_since": since,
            "came_on": since,
            "came_from": given.get("came_from"),
        }
    return {"residence": what, "residence_since": since}


def change_fault(what: str, given: dict[str, Any], birth_date: date, today: date) -> Fault | None:
    """What is wrong with a change as it was given (see `body_of_change`), judged on `today`; None when nothing is."""
    if what == "can_come":
        return None
    if what == "cannot_come":
        return None if given.get("cannot_come") else fault("field.missing", "cannot_come")
    if not given.get("since"):
        return fault("field.missing", "residence_since")
    return since_fault(given["since"], birth_date, today)


def since_fault(since: str | None, birth_date: date | None, today: date) -> Fault | None:
    """What is wrong with the day a residence began (ISO text). None when nothing is, when it is not told, or when the
    day is none at all (which the reading gate says).
    """
    try:
        day = date.fromisoformat(since or "")
    except ValueError:
        return None
    if day > today:
        return fault("person.since_later", "residence_since", since=f"{day:%d/%m/%Y}")
    if birth_date is not None and day < birth_date:
        return fault("person.since_before_birth", "residence_since", since=f"{day:%d/%m/%Y}")
    return None


def after_move(residence: str, chosen: str | None) -> str:
    """The residence of somebody who moves to another household of the register. Who is away or died stays so; who had
    moved away lives here again.
    """
    if residence in ("absent", "deceased"):
        return residence
    if residence == "moved":
        return chosen or "permanent"
    return chosen or residence


def head_is_gone(head_name: str, members: Iterable[tuple[str, str]]) -> bool:
    """Whether the person a household is known by has died or moved away. `members`: (full name, residence) of each."""
    named = [residence for name, residence in members if fold(name) == fold(head_name)]
    return bool(named) and all(residence in GONE for residence in named)


def relation_after_move(relation: str | None, old_head: str, new_head: str) -> str | None:
    """A relation is to the head: with another head it is not known."""
    return relation if fold(old_head) == fold(new_head) else None
