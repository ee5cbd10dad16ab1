"""A new version of a plan, drafted from changes to the one in force. Nothing that stands is overwritten (R091)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.ledger.author import ServerAuthor
from server.plans.goals import Target
from shared.faults import Fault, Refused, fault
from shared.identifiers import named_id
from shared.rules.plans import WITHDRAWN, in_force, version_of
from shared.text.formats import day


@dataclass(frozen=True, slots=True)
class Line:
    """What a goal at a place becomes: from (`due_on`, `planned_people`), None when new, to the new pair.

    A new pair of None withdraws it.
    """

    place_id: str
    age_group: str
    dose_type: str
    due_on: date | None
    planned_people: int | None
    new_due_on: date | None
    new_people: int | None

    @property
    def changes(self) -> bool:
        """Whether it says anything new."""
        return (self.due_on, self.planned_people) != (self.new_due_on, self.new_people)


@dataclass(frozen=True, slots=True)
class Draft:
    """A version to be: its document, the day it is valid from, the changed lines, and the bodies of its targets."""

    campaign: str
    document: str
    valid_from: date
    lines: tuple[Line, ...]
    bodies: tuple[dict[str, Any], ...]


def draft(
    campaign: str, standing: Sequence[Target], document: str, valid_from: date, lines: Iterable[Line]
) -> Draft:
    """The version that makes these changes.

    A place, age group and dose that is changed at one due day keeps its other due days in the new version,
    since the newest version that names it is the one that counts. `standing`: the campaign's targets of all
    versions. Raises Refused: `plan.nothing_changed`, `plan.not_newer`, `plan.due_too_early`, `plan.due_twice`.
    """
    changed = [line for line in lines if line.changes]
    if not changed:
        raise Refused(fault("plan.nothing_changed"))
    found: list[Fault] = []
    bodies: list[dict[str, Any]] = []
    applying = in_force(standing, valid_from)
    for about in sorted({_about(line) for line in changed}):
        newest = max((version_of(t) for t in standing if _of_target(t) == about), default=None)
        if newest is not None and newest >= (valid_from, document):
            found.append(fault("plan.not_newer", document=newest[1], valid_from=day(newest[0], "vi")))
            continue
        days = {t.due_on: t.planned_people for t in applying if _of_target(t) == about}
        gone = set(days)
        found += _apply([line for line in changed if _about(line) == about], days, valid_from)
        header = {
            "campaign": campaign,
            "target_place": about[0],
            "age_group": about[1],
            "dose_type": about[2],
        }
        version = {"document": document, "valid_from": valid_from.isoformat()}
        if not days:
            ended = {"due_on": max(gone).isoformat(), "planned_people": 0, "status": WITHDRAWN}
            bodies.append(header | ended | version)
        bodies += [
            header | {"due_on": due_on.isoformat(), "planned_people": people} | version
            for due_on, people in sorted(days.items())
        ]
    if found:
        raise Refused([told for number, told in enumerate(found) if told not in found[:number]])
    return Draft(campaign, document, valid_from, tuple(changed), tuple(bodies))


def write_version(author: ServerAuthor, province: str, version: Draft) -> int:
    """Write the targets of a version; how many. Raises Refused with nothing written. The caller commits."""
    for body in version.bodies:
        author.write("plan_target", place=province, subject=target_subject(body), body=body)
    author.flush()
    return len(version.bodies)


def target_subject(body: dict[str, Any]) -> str:
    """The id of a target: one for each goal at a place in a version, whoever writes it."""
    parts = ("campaign", "target_place", "age_group", "dose_type", "due_on", "document", "valid_from")
    return named_id("plan_target", *(str(body[part]) for part in parts))


def _apply(lines: Sequence[Line], days: dict[date, int], valid_from: date) -> list[Fault]:
    """Bring `days` (due day → people) to what the lines say; what is wrong with them."""
    found: list[Fault] = []
    for line in lines:
        if line.due_on is not None:
            days.pop(line.due_on, None)
    for line in lines:
        if line.new_due_on is None or line.new_people is None:
            continue
        if line.new_due_on < valid_from:
            found.append(fault("plan.due_too_early", due_on=day(line.new_due_on, "vi")))
        elif line.new_due_on in days:
            found.append(fault("plan.due_twice", due_on=day(line.new_due_on, "vi")))
        days[line.new_due_on] = line.new_people
    return found


def _about(line: Line) -> tuple[str, str, str]:
    return line.place_id, line.age_group, line.dose_type


def _of_target(target: Target) -> tuple[str, str, str]:
    return target.target_place_id, target.age_group, target.dose_type
