"""Rules of one report of a reaction."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry


#: Signs after a dose that make a serious event likely (Thông tư 51/2017/TT-BYT on anaphylaxis, from memory): only a
#: reason to look again at the severity, which whoever stands there decides.
DANGER_SIGNS = ("breathing", "fainting", "seizure", "anaphylaxis", "chest_pain")


def severity_doubted(severity: str | None, symptoms: Iterable[str]) -> bool:
    """Whether a reaction called ordinary (or nothing yet) shows a sign of danger."""
    return severity != "serious" and not set(DANGER_SIGNS).isdisjoint(symptoms)


def is_serious(entry: "Entry") -> bool:
    """A serious event is told at once: it is investigated within 24 hours."""
    return bool(entry.body["severity"] == "serious")


def onset_is_past(entry: "Entry") -> Iterator[Fault]:
    """A reaction is reported on the day it began or later."""
    if date.fromisoformat(entry.body["onset_on"]) > entry.occurred_on:
        yield fault("reaction.onset_later", "onset_on")
