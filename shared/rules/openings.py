"""Which doses are opened to whom on a day: what ships, and what the province announced by entries (R007, R061)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from shared.faults import Fault, fault
from shared.reference import DOSE_TYPES, Opening, age_groups, dose_openings, dose_rules
from shared.rules.ages import age_in_months, in_group

if TYPE_CHECKING:
    from shared.entries import Entry

#: Doses whose interval is not the vaccine's own: a rule or the opening itself must state it.
BY_RULE = frozenset({"additional", "booster_1", "booster_2"})


class Openings:
    """The openings that ship together with those `announced` by entries, ready to be asked many times."""

    def __init__(self, announced: Iterable[Opening] = ()) -> None:
        self._announced = tuple(announced)
        self._by_group: dict[str, dict[str, list[Opening]]] = {}
        for opening in (*dose_openings(), *self._announced):
            if opening.age_group in age_groups():
                doses = self._by_group.setdefault(opening.age_group, {})
                doses.setdefault(opening.dose_type, []).append(opening)
        # Whole communes are judged at once: what was found for an age and for a day is kept.
        self._groups_at: dict[int, tuple[str, ...]] = {}
        self._series_of: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._on: dict[tuple[str, tuple[str, ...], date], tuple[Opening, ...]] = {}

    def series(self, birth: date, on: date) -> tuple[str, ...]:
        """The doses prepared for somebody of that age, opened or not, in their order."""
        groups = self._groups(birth, on)
        if groups not in self._series_of:
            prepared = {dose_type for group in groups for dose_type in self._by_group[group]}
            self._series_of[groups] = tuple(dose for dose in DOSE_TYPES if dose in prepared)
        return self._series_of[groups]

    def in_force(self, dose_type: str, birth: date, on: date) -> tuple[Opening, ...]:
        """The openings of a dose for somebody of that age that hold on a day."""
        key = (dose_type, self._groups(birth, on), on)
        if key not in self._on:
            self._on[key] = tuple(
                opening
                for opening in self._of(dose_type, birth, on)
                if opening.opens_on is not None
                and opening.opens_on <= on
                and (opening.closes_on is None or on <= opening.closes_on)
            )
        return self._on[key]

    def announced(self, dose_type: str, birth: date, on: date) -> Opening | None:
        """The next opening the province has announced for a later day."""
        coming = [
            opening
            for opening in self._of(dose_type, birth, on)
            if opening in self._announced and opening.opens_on is not None and opening.opens_on > on
        ]
        return min(coming, key=lambda opening: opening.opens_on or on, default=None)

    def _of(self, dose_type: str, birth: date, on: date) -> Iterator[Opening]:
        for group in self._groups(birth, on):
            yield from self._by_group[group].get(dose_type, ())

    def _groups(self, birth: date, on: date) -> tuple[str, ...]:
        months = age_in_months(birth, on)
        if months not in self._groups_at:
            known = age_groups()
            self._groups_at[months] = tuple(
                code
                for code in self._by_group
                if known[code].min_months <= months
                and ((most := known[code].max_months) is None or months < most)
            )
        return self._groups_at[months]


#: What ships, nothing announced.
SHIPPED = Openings()


def age_group_of(birth_date: date, on: date) -> str | None:
    """The age group of the campaign a person belongs to on a day, opened or not; None below the youngest."""
    groups = dict.fromkeys(opening.age_group for opening in dose_openings())
    return next((code for code in groups if in_group(birth_date, age_groups()[code], on)), None)


def opening_holds_together(entry: "Entry") -> Iterator[Fault]:
    """An opening does not end before it starts, and a booster's interval is known from a rule or stated."""
    body = entry.body
    opens_on, closes_on = body.get("opens_on"), body.get("closes_on")
    if opens_on and closes_on and closes_on < opens_on:
        yield fault("opening.ends_before_start", "closes_on")
    if entry.is_edit or body["dose_type"] not in BY_RULE:
        return
    states_none = body.get("interval_days") is None and body.get("interval_months") is None
    if states_none and not _has_rule(
        body["age_group"], body["dose_type"], date.fromisoformat(body["opens_on"])
    ):
        yield fault("opening.interval_missing", "interval_months")


def _has_rule(age_group: str, dose_type: str, on: date) -> bool:
    """Whether a dose rule in force on a day covers the age group; of a group unknown here nothing is said."""
    group = age_groups().get(age_group)
    if group is None:
        return True
    return any(
        rule.dose_type == dose_type
        and rule.age_min_years * 12 <= group.min_months
        and (
            rule.age_max_years is None
            or (group.max_months is not None and group.max_months <= rule.age_max_years * 12 + 12)
        )
        and rule.valid_from <= on
        and (rule.valid_to is None or on <= rule.valid_to)
        for rule in dose_rules()
    )
