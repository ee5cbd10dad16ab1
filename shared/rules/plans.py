"""Which targets of a plan apply on a day. A plan version is a document with the day it is valid from (R091)."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

#: The status of a target that ends what earlier versions ask for at its place, with its dose.
WITHDRAWN = "withdrawn"


class PlannedTarget(Protocol):
    """What a target says: at this place, so many of this age group with this dose, by order of this version."""

    @property
    def campaign_id(self) -> str:
        """The campaign."""
        ...

    @property
    def target_place_id(self) -> str:
        """The place (or school) the people live at (or go to)."""
        ...

    @property
    def age_group(self) -> str:
        """Code of the age group."""
        ...

    @property
    def dose_type(self) -> str:
        """Code of the dose."""
        ...

    @property
    def document(self) -> str:
        """Number of the document that orders it."""
        ...

    @property
    def valid_from(self) -> date:
        """The first day it applies."""
        ...

    @property
    def status(self) -> str | None:
        """WITHDRAWN, or words for readers."""
        ...


T = TypeVar("T", bound=PlannedTarget)


def in_force(targets: Iterable[T], as_of: date) -> list[T]:
    """The targets that apply on a day, in the order given.

    For each campaign × place × age group × dose, those of the newest version valid by then, whatever their due
    dates (several are milestones of one version); of two documents valid from the same day the greater name
    counts. A version that withdraws one leaves nothing of what came before it.
    """
    known = [target for target in targets if target.valid_from <= as_of]
    newest: dict[tuple[str, str, str, str], tuple[date, str]] = {}
    for target in known:
        about = _about(target)
        newest[about] = max(newest.get(about, (date.min, "")), version_of(target))
    return [
        target
        for target in known
        if version_of(target) == newest[_about(target)] and target.status != WITHDRAWN
    ]


def version_of(target: PlannedTarget) -> tuple[date, str]:
    """The version a target belongs to, as (valid from, document): greater is newer."""
    return target.valid_from, target.document


def _about(target: PlannedTarget) -> tuple[str, str, str, str]:
    return target.campaign_id, target.target_place_id, target.age_group, target.dose_type
