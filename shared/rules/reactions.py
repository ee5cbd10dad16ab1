"""Rules of one report of a reaction."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry


def onset_is_past(entry: "Entry") -> Iterator[Fault]:
    """A reaction is reported on the day it began or later."""
    if date.fromisoformat(entry.body["onset_on"]) > entry.occurred_on:
        yield fault("reaction.onset_later", "onset_on")
