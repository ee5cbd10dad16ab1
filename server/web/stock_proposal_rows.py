"""Proposals as their pages show them: named sites, who may decide, why a holding stays where it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from server.accounts.session import language, reader
from server.redistribution.proposals import Proposal, Refusal
from server.web.area import area
from server.web.texts import catalogue, number, t
from shared.records import may_author
from shared.text import formats

#: Less than this, as a mean over scenarios, is no room for anybody.
_ONE_DOSE = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A proposal with its sites' names. `decidable`: open, and the reader answers for both sites.

    Of a site outside the reader's area only the name is shown; `sees_destination` tells whether more may be.
    """

    proposal: Proposal
    source: str
    destination: str
    hours: str
    sees_source: bool
    sees_destination: bool
    decidable: bool


@dataclass(frozen=True, slots=True)
class Stays:
    """A holding that is not proposed, with its site and the reason in words."""

    refusal: Refusal
    site: str
    where: str
    words: str


def rows_of(proposals: Iterable[Proposal]) -> list[Row]:
    """The proposals as rows, in their order."""
    decides = may_author(reader().role, "transfer_decision")
    return [_row(proposal, decides) for proposal in proposals]


def _row(proposal: Proposal, decides: bool) -> Row:
    seen = area()
    gives, takes = proposal.source_id in seen.visible, proposal.destination_id in seen.visible
    return Row(
        proposal,
        seen.tree.name(proposal.source_id),
        seen.tree.name(proposal.destination_id),
        formats.elapsed(max(1, proposal.minutes), language()),
        gives,
        takes,
        decides and gives and takes and proposal.status == "open",
    )


def stays_of(refusals: Iterable[Refusal]) -> list[Stays]:
    """Why holdings stay, in words with their numbers."""
    tree = area().tree
    return [
        Stays(refusal, tree.name(refusal.site_id), area().where(refusal.site_id), _reason(refusal))
        for refusal in refusals
    ]


def _reason(refusal: Refusal) -> str:
    return reason_words(refusal.reason, refusal.numbers)


def reason_words(code: str, numbers: dict[str, Any]) -> str:
    """A reason with its numbers; a code nobody knows stands for itself."""
    said = {name: _said(value) for name, value in numbers.items()}
    if "why_not" in said:
        key = f"moves.stays.{said['why_not']}"
        return t(key) if key in catalogue() else said["why_not"]
    key = f"moves.not.{code}"
    if code == "no_one_due" and numbers.get("most_room_doses", 0) < _ONE_DOSE:
        key = "moves.not.no_one_at_all"
    if code == "arrives_too_late" and numbers.get("days_left_at_arrival", 0) < 0:
        key = "moves.not.arrives_expired"
        said["days"] = number(-int(numbers["days_left_at_arrival"]))
    return t(key, **said) if key in catalogue() else code


def _said(value: Any) -> str:
    if isinstance(value, float):
        return number(round(value)) if value >= 10 or value == int(value) else _tenths(value)
    return number(value) if isinstance(value, int) else str(value)


def _tenths(value: float) -> str:
    return f"{value:.1f}" if language() == "en" else f"{value:.1f}".replace(".", ",")
