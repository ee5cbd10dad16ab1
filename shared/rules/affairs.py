"""What units tell each other: how far a matter is, and who may take it further."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry

#: A roster or profile not looked at for a quarter is no longer relied on.
STALE_DAYS = 90

#: The field that an action is empty without, and what is then wrong.
_NEEDS = {
    "assigned": ("support", "response.support_missing"),
    "answered": ("text", "response.words_missing"),
    "rejected": ("text", "response.words_missing"),
}

#: How far each action takes a matter, nearest its end last. The farthest counts, whatever came in which order:
#: two offices that answer without having seen each other leave the same state everywhere, and no clock decides.
_REACHES = ("acknowledged", "answered", "assigned", "rejected", "done")

#: States in which nothing more is asked of anybody.
CLOSED = frozenset({"done", "rejected"})

#: What is told upward is answered from above; what is told downward is answered by the unit, and closed from above.
UPWARD = frozenset({"staff_shortage", "proposal"})

_ABOVE = {
    "staff_shortage": ("acknowledged", "assigned", "done", "rejected"),
    "proposal": ("acknowledged", "answered", "done", "rejected"),
    "inspection_remark": ("done",),
    "reminder": ("done",),
}
_UNIT = {
    "staff_shortage": ("done",),
    "proposal": (),
    "inspection_remark": ("acknowledged", "answered", "done"),
    "reminder": ("acknowledged", "answered", "done"),
}


def response_says_enough(entry: "Entry") -> Iterator[Fault]:
    """Support that names nobody, an answer or a refusal without words, tells the other side nothing."""
    name, code = _NEEDS.get(entry.body["action"], ("", ""))
    if name and not entry.body.get(name):
        yield fault(code, name)


def state_of(actions: Iterable[str]) -> str:
    """The state of a matter after these answers: open without any, else the farthest (see `_REACHES`)."""
    return max(actions, key=_REACHES.index, default="open")


def actions_for(kind: str, state: str, *, above: bool) -> tuple[str, ...]:
    """What may be answered to a matter of a kind in a state; `above`: by those who answer for the unit.

    A closed matter takes no more answers. What was done already is not offered a second time.
    """
    if state in CLOSED:
        return ()
    offered = (_ABOVE if above else _UNIT).get(kind, ())
    reached = _REACHES.index(state) if state in _REACHES else -1
    return tuple(action for action in offered if action in CLOSED or _REACHES.index(action) > reached)


def is_stale(reviewed_on: date, today: date) -> bool:
    """Whether a list was last reviewed longer ago than STALE_DAYS."""
    return (today - reviewed_on).days > STALE_DAYS


def elapsed_minutes(since: datetime, until: datetime) -> int:
    """Whole minutes between two moments; never negative, for clocks that run ahead."""
    return max(0, (until - since) // timedelta(minutes=1))
