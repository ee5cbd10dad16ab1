"""Which vaccines may be proposed for a dose. A proposal, never a prohibition: what was given is recorded."""

from collections.abc import Iterable
from datetime import date

from shared.reference import vaccines
from shared.rules.ages import age_on
from shared.rules.openings import SHIPPED, Openings
from shared.rules.series import PRIMARY, may_follow


def suits_age(code: str, years: int) -> bool:
    """Whether a vaccine is licensed for an age in whole years (`vaccines.csv`); an unknown vaccine is for none."""
    vaccine = vaccines().get(code)
    if vaccine is None:
        return False
    return vaccine.min_age_years <= years and (
        vaccine.max_age_years is None or years <= vaccine.max_age_years
    )


def opened_for(code: str, dose_type: str, birth_date: date, on: date, openings: Openings = SHIPPED) -> bool:
    """Whether a dose is opened on a day, with this vaccine, to somebody of that age."""
    opened = openings.in_force(dose_type, birth_date, on)
    return any(not opening.vaccines or code in opening.vaccines for opening in opened)


def proposed_vaccines(
    codes: Iterable[str],
    dose_type: str,
    birth_date: date,
    last_vaccine: str | None,
    on: date,
    openings: Openings = SHIPPED,
) -> list[str]:
    """Vaccines for a person's dose on a day, best first: a primary series goes on with its own vaccine when it
    is there, else with one that may follow it.

    `codes` come in the order of use (first expired first), which is kept among equals.
    """
    fitting = [
        code
        for code in dict.fromkeys(codes)
        if unfit(code, dose_type, birth_date, last_vaccine, on, openings) is None
    ]
    if dose_type in PRIMARY and last_vaccine:
        fitting.sort(key=lambda code: code != last_vaccine)
    return fitting


def unfit(
    code: str,
    dose_type: str,
    birth_date: date,
    last_vaccine: str | None,
    on: date,
    openings: Openings = SHIPPED,
) -> str | None:
    """Why a vaccine is not proposed for a person's dose on a day (age: R093), dose, not_open, mixing; else None."""
    if not suits_age(code, age_on(birth_date, on)):
        return "age"
    if not _for_dose(code, dose_type):
        return "dose"
    if not opened_for(code, dose_type, birth_date, on, openings):
        return "not_open"
    if dose_type in PRIMARY and last_vaccine and not may_follow(last_vaccine, code, on):
        return "mixing"
    return None


def _for_dose(code: str, dose_type: str) -> bool:
    """A vaccine without a primary series (a half-dose booster) serves other doses only."""
    return dose_type not in PRIMARY or vaccines()[code].primary_doses > 0
