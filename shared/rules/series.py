"""What a person has had, in one row: the first day of each dose, and when the primary series was complete."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from shared.reference import DOSE_TYPES, vaccine_mixing, vaccines

PRIMARY = frozenset({"primary_1", "primary_2", "primary_3"})


def in_order(doses: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Standing doses (not corrected) as they were given."""
    standing = (dose for dose in doses if dose["corrected_by"] is None)
    return sorted(standing, key=lambda dose: (dose["given_on"], dose["id"]))


def had_by(given: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The doses had, from standing dose rows in their order.

    The primary series is complete with the number of doses its first vaccine asks for (Abdala three,
    Janssen one, an unknown vaccine two).
    """
    row: dict[str, Any] = {f"{dose_type}_on": None for dose_type in DOSE_TYPES}
    started_with = last = None
    for dose in given:
        column = f"{dose['dose_type']}_on"
        if row[column] is None:
            row[column] = dose["given_on"]
        if started_with is None and dose["dose_type"] in PRIMARY:
            started_with = dose["vaccine"]
        last = dose
    row["series_complete_on"] = None
    if started_with is not None:
        vaccine = vaccines().get(started_with)
        needed = vaccine.primary_doses if vaccine and vaccine.primary_doses else 2
        row["series_complete_on"] = row[f"primary_{min(needed, 3)}_on"]
    row["last_dose_on"] = last["given_on"] if last else None
    row["last_vaccine"] = last["vaccine"] if last else None
    return row


def may_follow(first: str, following: str, on: date) -> bool:
    """Whether a primary series begun with one vaccine may go on with another on a day (`vaccine_mixing.csv`)."""
    if first == following or first not in vaccines() or following not in vaccines():
        return True
    pair = vaccine_mixing().get((first, following))
    return pair is not None and pair.allowed_from <= on
