"""Every cell counted again from the exported entries alone, as docs/figures.md tells an outsider to do it.

Nothing of the product is imported here: the standard library, the CSV of `tungnha export entries`, and the
reference tables as files. Slow and plain on purpose.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
PRESENT = ("permanent", "temporary", "staying")
GRAVITY = ("eligible", "caution", "deferred", "contraindicated")
OUTCOMES = ("reviewed", "absent", "hesitant", "refused", "deferred", "contraindicated")

Goal = tuple[str, str, str, str]
Cells = dict[tuple[str, ...], tuple[int, ...]]


@dataclass
class Raw:
    """A line of the file."""

    id: str
    kind: str
    subject: str
    place: str
    occurred_on: date
    recorded_on: date
    corrects: str
    based_on: list[str]
    digest: str
    body: dict[str, Any]


@dataclass
class Person:
    """Somebody with all that is said of any of their records."""

    village: str
    household: str
    born: date
    values: dict[str, Any]
    doses: list[Raw] = field(default_factory=list)
    screenings: list[Raw] = field(default_factory=list)
    outcomes: list[tuple[date, str, str, str, str]] = field(default_factory=list)


def read(text: str) -> list[Raw]:
    """The lines of the file, each with its digest put to the proof."""
    found = []
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))):
        entry: dict[str, Any] = {
            name: row[name] for name in ("id", "kind", "subject", "place", "author", "device")
        }
        entry |= {"version": int(row["version"]), "device_seq": int(row["device_seq"])}
        entry |= {
            "occurred_on": row["occurred_on"],
            "recorded_at": row["recorded_at"],
            "body": json.loads(row["body"]),
        }
        if row["clock_offset_s"]:
            entry["clock_offset_s"] = int(row["clock_offset_s"])
        if row["corrects"]:
            entry["corrects"] = row["corrects"]
        if row["based_on"]:
            entry["based_on"] = row["based_on"].split()
        spelt = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(spelt.encode()).hexdigest() == row["digest"], (
            f"entry {row['id']} is not as it was sent"
        )
        moment = datetime.fromisoformat(row["recorded_at"]) + timedelta(
            seconds=entry.get("clock_offset_s", 0), hours=7
        )
        found.append(
            Raw(
                row["id"], row["kind"], row["subject"], row["place"], date.fromisoformat(row["occurred_on"]),
                moment.date(), row["corrects"], row["based_on"].split(), row["digest"], entry["body"],
            )
        )  # fmt: skip
    return found


class Recount:
    """All cells of all villages, now or as of the end of a past day (coverage, days and groups)."""

    def __init__(self, entries: list[Raw], as_of: date | None = None) -> None:
        self.entries = entries
        self.as_of = as_of or date.max
        self.by_subject: dict[tuple[str, str], list[Raw]] = defaultdict(list)
        for entry in entries:
            self.by_subject[entry.kind, entry.subject].append(entry)
        self.out = {(entry.corrects, entry.subject, entry.kind) for entry in entries if entry.corrects}
        self.kept = self._who_is_who()
        self.villages = {
            subject: first_of(found).place
            for (kind, subject), found in self.by_subject.items()
            if kind == "place" and first_of(found) and fold(found)[0].get("level") == "village"
        }
        self.people = self._people()

    def events(self, kind: str) -> Iterator[Raw]:
        """Events nothing corrects or withdraws."""
        for (of, _), found in self.by_subject.items():
            if of == kind:
                yield from (
                    e for e in found if not {(e.id, e.subject, of), (e.id, e.subject, "void")} & self.out
                )

    def goals(self) -> set[tuple[str, Goal]]:
        """(province, goal) of every target of every campaign, of all versions."""
        campaigns = {
            subject: first_of(found).place
            for (kind, subject), found in self.by_subject.items()
            if kind == "campaign" and first_of(found)
        }
        goals = set()
        for (kind, _), found in self.by_subject.items():
            if kind == "plan_target" and first_of(found):
                target = fold(found)[0]
                if target["campaign"] in campaigns:
                    goal = (target["campaign"], target["age_group"], target["dose_type"], target["due_on"])
                    goals.add((campaigns[target["campaign"]], goal))
        return goals

    def coverage(self) -> tuple[Cells, Cells, Cells]:
        """coverage_cell, covered_day and group_cell."""
        cells: Cells = {}
        days: Counter[tuple[str, ...]] = Counter()
        groups: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
        for province, goal in self.goals():
            for village in (v for v, at in self.villages.items() if at == province):
                sums = [0, 0, 0, 0, 0]
                for person in self.people.get(village, ()):
                    counts, day = self._judge(person, goal)
                    sums = [a + b for a, b in zip(sums, counts, strict=True)]
                    if counts[4]:
                        days[village, *goal, str(day)] += 1
                    for group in set(person.values.get("vulnerable", ())) if counts[0] else ():
                        for place, number in enumerate((counts[0], counts[3], counts[4])):
                            groups[village, *goal, group][place] += number
                cells[village, *goal] = tuple(sums)
        return cells, {k: (n,) for k, n in days.items()}, {k: tuple(n) for k, n in groups.items()}

    def tallies(self) -> Cells:
        """dose_tally: a dose that one person has twice on one day, on whichever record, is one."""
        ages = [row for row in table("age_groups") if not row["part_of"]]
        told: dict[tuple[str, ...], list[set[int]]] = defaultdict(lambda: [set(), set(), set()])
        for village in self.villages:
            for number, person in enumerate(self.people.get(village, ())):
                for dose in person.doses:
                    months = age_in_months(person.born, dose.occurred_on)
                    fitting = (
                        g["code"] for g in ages
                        if int(g["min_months"]) <= months < int(g["max_months"] or 10**6)
                    )  # fmt: skip
                    age_group = next(fitting, "")
                    body = dose.body
                    key = (
                        village,
                        dose.place,
                        str(dose.occurred_on),
                        body["dose_type"],
                        body["vaccine"],
                        age_group,
                    )
                    if self._holder(person, dose) != dose.subject:
                        continue
                    copied = bool(body.get("from_certificate"))
                    told[key][int(copied)].add(number)
                    if not copied and dose.recorded_on == dose.occurred_on:
                        told[key][2].add(number)
        for given, certified, _ in told.values():
            certified -= given
        return {key: tuple(map(len, counts)) for key, counts in told.items()}

    @staticmethod
    def _holder(person: Person, dose: Any) -> str:
        """The record on which a person's dose of a day and type was written down first."""
        alike = (
            each
            for each in person.doses
            if (each.occurred_on, each.body["dose_type"]) == (dose.occurred_on, dose.body["dose_type"])
        )
        return str(min(alike, key=lambda each: each.id).subject)

    def outreach(self) -> tuple[Cells, Cells]:
        """outreach_cell and refusal_cell."""
        houses = {
            subject: first_of(found).place
            for (kind, subject), found in self.by_subject.items()
            if kind == "household" and first_of(found)
        }
        visits: dict[str, list[Raw]] = defaultdict(list)
        for visit in self.events("visit"):
            if visit.place == houses.get(visit.subject):
                visits[visit.subject].append(visit)
        cells, refusals = {}, Counter[tuple[str, ...]]()
        for village in self.villages:
            own = [house for house, at in houses.items() if at == village]
            people = [
                p for p in self.people.get(village, ()) if p.values["residence"] in (*PRESENT, "absent")
            ]
            if not own and not people:
                continue
            sums: Counter[str] = Counter()
            unasked = set()
            for person in people:
                if not person.outcomes:
                    sums["never"] += 1
                    unasked.add(person.household)
                else:
                    newest = max(person.outcomes, key=lambda found: found[:2])
                    newest = min(
                        (o for o in person.outcomes if o[:2] == newest[:2]), key=lambda found: found[2]
                    )
                    outcome, reason = newest[3:]
                    sums["left" if outcome in ("moved", "deceased") else outcome] += 1
                    if outcome in ("refused", "hesitant"):
                        refusals[village, outcome, reason] += 1
                values = person.values
                sums["cannot_come"] += (
                    values.get("cannot_come") is not None and values["residence"] in PRESENT
                )
                sums["without_id"] += values["id_kind"] == "none" or values.get("id_number") is None
            for house in own:
                knocked = any(
                    visit.body["visit_type"] in ("door_to_door", "mop_up") for visit in visits[house]
                )
                last = max(visits[house], key=lambda visit: (visit.occurred_on, visit.id), default=None)
                sums["knocked"] += knocked
                sums["complete"] += knocked and house not in unasked
                sums["revisits"] += last is not None and last.body.get("revisit_on") is not None
            found = (sums[name] for name in ("knocked", "complete", "revisits"))
            asked = (sums[name] for name in (*OUTCOMES, "left", "never", "cannot_come", "without_id"))
            cells[village,] = (len(own), *found, len(people), *asked)
        return cells, {key: (number,) for key, number in refusals.items()}

    def _judge(self, person: Person, goal: Goal) -> tuple[tuple[int, int, int, int, int], date | None]:
        """((people, absent, contraindicated, due, covered), day of the dose)."""
        _, group, dose_type, due = goal
        due_on = date.fromisoformat(due)
        ages = next((row for row in table("age_groups") if row["code"] == group), None)
        months = age_in_months(person.born, due_on)
        if ages is None or not int(ages["min_months"]) <= months < int(ages["max_months"] or 10**6):
            return (0, 0, 0, 0, 0), None
        given = {
            kind: self._first(person, kind)
            for kind in ("primary_1", "primary_2", "primary_3", "booster_1", dose_type)
        }
        had = given[dose_type]
        here = person.values["residence"] in PRESENT
        if dose_type.startswith("primary"):
            scheduled = True
        elif dose_type in ("booster_1", "booster_2"):
            before = given["booster_1"]
            if dose_type == "booster_1":
                before = self._series_complete(person, given)
            years = int(ages["min_months"]) // 12
            reached = before is not None and interval_reached(before, due_on, dose_type, years)
            scheduled = had is not None or reached
        else:
            scheduled = False
        barred = self._barred(person) and had is None
        is_due = here and not barred and scheduled
        away = person.values["residence"] == "absent"
        return (int(here), int(away), int(here and barred), int(is_due), int(is_due and had is not None)), had

    def _first(self, person: Person, dose_type: str) -> date | None:
        """The day of the first dose of a type, if it was given by the day of the figures."""
        days = [dose.occurred_on for dose in person.doses if dose.body["dose_type"] == dose_type]
        return min(days) if days and min(days) <= self.as_of else None

    def _series_complete(self, person: Person, given: dict[str, date | None]) -> date | None:
        primary = [dose for dose in person.doses if dose.body["dose_type"].startswith("primary")]
        if not primary:
            return None
        first = min(primary, key=lambda dose: (dose.occurred_on, dose.id))
        needed = {row["code"]: int(row["primary_doses"] or 0) for row in table("vaccines")}
        return given[f"primary_{min(needed.get(first.body['vaccine']) or 2, 3)}"]

    def _barred(self, person: Person) -> bool:
        if person.values.get("contraindication") is not None:
            return True
        known = [s for s in person.screenings if s.occurred_on <= self.as_of]
        last = max(known, key=lambda s: (s.occurred_on, GRAVITY.index(s.body["outcome"]), s.id), default=None)
        return last is not None and last.body["outcome"] == "contraindicated"

    def _who_is_who(self) -> dict[str, str]:
        """Record -> record kept, from the verdicts that stand."""
        said = defaultdict(list)
        for verdict in self.events("same_person"):
            said[verdict.body["person_a"], verdict.body["person_b"]].append(verdict.body)
        same = {pair: bodies for pair, bodies in said.items() if all(b["verdict"] == "same" for b in bodies)}
        above: dict[str, str] = {}

        def root(record: str) -> str:
            while above.get(record, record) != record:
                record = above[record]
            return record

        for one, other in same:
            above[root(one)] = root(other)
        groups = defaultdict(set)
        for record in {record for pair in same for record in pair}:
            groups[root(record)].add(record)
        kept = {}
        for group in groups.values():
            chosen = {b["keep"] for pair, bodies in same.items() for b in bodies if pair[0] in group}
            given_up = {
                r
                for pair, bodies in same.items()
                for b in bodies
                if pair[0] in group
                for r in pair
                if r != b["keep"]
            }
            keeper = min((chosen - given_up) or group)
            kept |= dict.fromkeys(group, keeper)
        return kept

    def _people(self) -> dict[str, list[Person]]:
        """Village -> everybody of it on the day of the figures, with what their records say."""
        people: dict[str, Person] = {}
        for (kind, subject), found in self.by_subject.items():
            known = [entry for entry in found if entry.occurred_on <= self.as_of]
            if (
                kind != "person"
                or self.kept.get(subject, subject) != subject
                or not known
                or not first_of(known)
            ):
                continue
            values, places = fold(known)
            born = date.fromisoformat(values["birth_date"])
            people[subject] = Person(places["household"], values["household"], born, values)

        def of(record: str) -> Person | None:
            return people.get(self.kept.get(record, record))

        for dose in self.events("dose"):
            if person := of(dose.subject):
                person.doses.append(dose)
        for screening in self.events("screening"):
            if person := of(screening.subject):
                person.screenings.append(screening)
        for visit in self.events("visit"):
            for line in visit.body["outcomes"]:
                person = of(line["person"])
                if person and person.village == visit.place:
                    found = (
                        visit.occurred_on,
                        visit.id,
                        line["person"],
                        line["outcome"],
                        line.get("reason") or "",
                    )
                    person.outcomes.append(found)
        by_village = defaultdict(list)
        for person in people.values():
            by_village[person.village].append(person)
        return by_village


def first_of(entries: Iterable[Raw]) -> Raw | None:
    """The entry that began a subject: based on nothing; of several the least id."""
    return min((entry for entry in entries if not entry.based_on), key=lambda entry: entry.id, default=None)


def fold(entries: list[Raw]) -> tuple[dict[str, Any], dict[str, str]]:
    """(field -> value, field -> place where it was written) of a household, person, place …

    Whoever names an entry has seen it and all that was seen before it, and every first entry. Of the writes of a
    field nobody overwrote having seen them, the one with the greatest digest is shown.
    """
    by_id = {entry.id: entry for entry in entries}
    firsts = {entry.id for entry in entries if not entry.based_on}

    def seen(entry: Raw) -> set[str]:
        known: set[str] = set(firsts) if entry.based_on else set()
        pending = [parent for parent in entry.based_on if parent in by_id]
        while pending:
            one = pending.pop()
            if one not in known or one in firsts:
                known.add(one)
                pending += [p for p in by_id[one].based_on if p in by_id and p not in known]
        return known

    values, places = {}, {}
    for name in {name for entry in entries for name in entry.body}:
        writers = [entry for entry in entries if name in entry.body]
        overwritten = set().union(*(seen(entry) for entry in writers))
        standing = [entry for entry in writers if entry.id not in overwritten]
        winner = max(standing, key=lambda entry: entry.digest)
        values[name], places[name] = winner.body[name], winner.place
    return {name: value for name, value in values.items() if value is not None}, places


def age_in_months(born: date, on: date) -> int:
    """Complete months: a month is complete on the same day of the month, or after the end of a shorter one."""
    return (on.year - born.year) * 12 + on.month - born.month - (1 if on.day < born.day else 0)


def interval_reached(complete: date, due_on: date, dose_type: str, years: int) -> bool:
    """Whether the rule for a booster at that age in force on the due date makes it due by then."""
    for rule in reversed(table("dose_rules")):
        if rule["dose_type"] != dose_type or rule["vaccines"] or rule["after_platform"]:
            continue
        if not int(rule["age_min_years"]) <= years <= int(rule["age_max_years"] or 200):
            continue
        if rule["valid_from"] <= str(due_on) <= (rule["valid_to"] or "9999"):
            if not rule["interval_months"]:
                return complete + timedelta(days=int(rule["interval_days"] or 0)) <= due_on
            year, month = divmod(complete.year * 12 + complete.month - 1 + int(rule["interval_months"]), 12)
            ready = date(year, month + 1, min(complete.day, monthrange(year, month + 1)[1]))
            return ready <= due_on
    return complete <= due_on


_TABLES: dict[str, list[dict[str, str]]] = {}


def table(name: str) -> list[dict[str, str]]:
    """A reference table as a file."""
    if name not in _TABLES:
        with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            _TABLES[name] = list(csv.DictReader(file))
    return _TABLES[name]
