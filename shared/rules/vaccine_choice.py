"""Which vaccines may be proposed for a dose. A proposal, never a prohibition: what was given is recorded."""

from collections.abc import Iterable
from typing import Any

from shared.reference import vaccines

PRIMARY = frozenset({"primary_1", "primary_2", "primary_3"})


def suits_age(code: str, years: int) -> bool:
    """Whether a vaccine is licensed for an age in whole years (`vaccines.csv`); an unknown vaccine is for none."""
    vaccine = vaccines().get(code)
    if vaccine is None:
        return False
    return vaccine.min_age_years <= years and (
        vaccine.max_age_years is None or years <= vaccine.max_age_years
    )


def proposed_vaccines(codes: Iterable[str], dose_type: str, years: int, last_vaccine: Any) -> list[str]:
    """Vaccines for a person's dose, best first: a primary series goes on with its own vaccine when it is there.

    `codes` come in the order of use (first expired first), which is kept among equals.
    """
    fitting = [code for code in dict.fromkeys(codes) if suits_age(code, years) and _for_dose(code, dose_type)]
    if dose_type in PRIMARY and last_vaccine in fitting:
        fitting.sort(key=lambda code: code != last_vaccine)
    return fitting


def _for_dose(code: str, dose_type: str) -> bool:
    """A vaccine without a primary series (a half-dose booster) serves other doses only."""
    return dose_type not in PRIMARY or vaccines()[code].primary_doses > 0
