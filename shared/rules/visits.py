"""Rules of a household visit."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from shared.faults import Fault, fault
from shared.rules.ages import age_on
from shared.rules.residence import GONE, changes_from

if TYPE_CHECKING:
    from shared.entries import Entry

#: R054: outcomes that need a coded reason.
NEED_REASON = frozenset({"refused", "hesitant"})

#: R050: a parent's answers that need one too.
CONSENT_NEEDS_REASON = frozenset({"decline", "considering"})

#: R033: below this age a parent or guardian answers.
ADULT_YEARS = 18

#: R050: the outcome of a visit to a child that a parent's answer stands for.
OUTCOME_OF_CONSENT = {"agree": "reviewed", "decline": "refused", "considering": "hesitant"}
_CONSENT_OF_OUTCOME = {outcome: consent for consent, outcome in OUTCOME_OF_CONSENT.items()}

#: Outcomes after which somebody is asked to come on a day (R087): whoever refuses, moved or may not is not.
_INVITED = frozenset({"reviewed", "absent", "hesitant", "deferred"})

#: Outcomes that say something the register should say too, by the change of `shared.rules.residence` they stand for.
_CHANGE = {"moved": "moved", "deceased": "deceased", "absent": "absent"}

#: Reasons of an absence that last longer than a day (tạm vắng).
_LIVES_AWAY = frozenset({"working_away", "studying_away"})


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
    return residence not in GONE


def unanswered(members: Iterable[str], answered: Iterable[str]) -> list[str]:
    """Members without an outcome; a household is reviewed only when there are none."""
    done = set(answered)
    return [person for person in members if person not in done]


def guardian_is_asked(born: date, on: date, next_dose: str | None) -> bool:
    """Whether a parent or guardian answers for somebody (R033, R050): a child with a dose still to come."""
    return next_dose is not None and age_on(born, on) < ADULT_YEARS


def nothing_to_ask(residence: str, *, due: bool, guardian: bool) -> bool:
    """Whether one word is enough for a member: here, no dose due, no parent to answer. Who is due is asked in person,
    so that a refusal is never passed over.
    """
    return is_asked_about(residence) and residence != "absent" and not due and not guardian


def consent_of(outcome: str) -> str | None:
    """What a parent answered when this is the outcome of a visit to a child: decline or considering. None where the
    outcome does not tell.
    """
    return _CONSENT_OF_OUTCOME[outcome] if outcome in NEED_REASON else None


def may_be_invited(outcome: str, next_dose: str | None) -> bool:
    """Whether a day and transport are agreed with somebody (R087)."""
    return next_dose is not None and outcome in _INVITED


def day_ahead(text: str | None, today: date) -> Fault | None:
    """What is wrong with a day that is agreed at the door (ISO text): no day, or past. None where none is agreed."""
    if not text:
        return None
    try:
        ahead = date.fromisoformat(text) >= today
    except ValueError:
        ahead = False
    return None if ahead else fault("visit.day_not_ahead")


def register_change(
    line: Mapping[str, Any], residence: str, cannot_come: str | None
) -> tuple[str, bool] | None:
    """(change of the register an outcome speaks for, whether it is taken unless the worker says otherwise), or None.

    Not at home today is no absence: only a reason that lasts is proposed.
    """
    change = _CHANGE.get(line["outcome"])
    if change is None or change not in changes_from(residence, cannot_come):
        return None
    return change, change != "absent" or line.get("reason") in _LIVES_AWAY
