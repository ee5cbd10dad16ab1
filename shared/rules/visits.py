"""Rules of a household visit."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry

#: R054: outcomes that need a coded reason.
NEED_REASON = frozenset({"refused", "hesitant"})

#: R050: a parent's answers that need one too.
CONSENT_NEEDS_REASON = frozenset({"decline", "considering"})


def each_member_once(entry: "Entry") -> Iterator[Fault]:
    """Two outcomes for one person in one visit contradict each other."""
    people = [line["person"] for line in entry.body["outcomes"]]
    if len(set(people)) < len(people):
        yield fault("visit.person_twice", "outcomes")


def refusal_has_reason(entry: "Entry") -> Iterator[Fault]:
    """Who refuses or hesitates, or whose parents do, is counted by reason."""
    for number, line in enumerate(entry.body["outcomes"]):
        asked = line["outcome"] in NEED_REASON or line.get("consent") in CONSENT_NEEDS_REASON
        if asked and not line.get("reason"):
            yield fault("visit.reason_missing", f"outcomes.{number}.reason")


def is_asked_about(residence: str) -> bool:
    """Whether a visit needs an outcome for a member of this residence: who moved or died is not asked about again."""
    return residence not in ("moved", "deceased")


def unanswered(members: Iterable[str], answered: Iterable[str]) -> list[str]:
    """Members without an outcome; a household is reviewed only when there are none."""
    done = set(answered)
    return [person for person in members if person not in done]
