"""What cannot be true of a person, judged against the day the entry itself states."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry

#: The oldest documented person lived 122 years; one more allows for a year-only birth date.
OLDEST_YEARS = 123


def person_is_plausible(entry: "Entry") -> Iterator[Fault]:
    """A birth date after the day of the record, or an age no one has reached."""
    text = entry.body.get("birth_date")
    if text is None:
        return
    born = date.fromisoformat(text)
    if born > entry.occurred_on:
        yield fault("person.born_later", "birth_date", birth_date=text, occurred_on=str(entry.occurred_on))
    elif (years := entry.occurred_on.year - born.year) > OLDEST_YEARS:
        yield fault("person.age_implausible", "birth_date", years=years, most=OLDEST_YEARS)
