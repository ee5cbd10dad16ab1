"""What has been given so far on a visit, as the draft keeps it, and what it will be recorded as."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from mobile.store.views import PersonRow
from shared.faults import Fault
from shared.rules.residence import body_of_change
from shared.rules.visits import (
    CONSENT_NEEDS_REASON,
    NEED_REASON,
    OUTCOME_OF_CONSENT,
    consent_of,
    day_ahead,
    guardian_is_asked,
    is_asked_about,
    may_be_invited,
    nothing_to_ask,
    register_change,
    unanswered,
)

#: Outcomes that may be explained though they need not be.
MAY_EXPLAIN = ("absent", "deferred", "contraindicated")
#: What of a line stays when another outcome is given.
_KEPT = ("appointment_on", "transport_need")

Line = dict[str, Any]


class VisitSheet:
    """The draft of one visit. `data` is what is kept: outcomes by person, `at` (the person shown, "" for the summary),
    `asking` (what is still asked of them), `more` (fields of the visit), `register` (changes said yes or no to).

    `met` is a person met at a health facility: then nobody else of the household need be answered (R060).
    """

    def __init__(
        self, members: Sequence[PersonRow], today: date, kept: dict[str, Any] | None, met: str = ""
    ) -> None:
        self.members = [member for member in members if is_asked_about(member.residence)]
        self.today, self.met = today, met
        visit_type = "facility" if met else "door_to_door"
        begun = {"outcomes": {}, "more": {"visit_type": visit_type}, "register": {}, "asking": ""}
        self.data: dict[str, Any] = begun | (kept or {})
        self.data.setdefault("at", met or next(iter(self.left()), ""))

    @property
    def outcomes(self) -> dict[str, Line]:
        """What was given so far, by person."""
        given: dict[str, Line] = self.data["outcomes"]
        return given

    @property
    def asking(self) -> str:
        """What is asked of the person shown: "" the outcome, consent, or the outcome whose reason is asked."""
        return str(self.data["asking"])

    @property
    def at(self) -> int:
        """The number of the card shown; as many as there are members for the summary."""
        return next((i for i, m in enumerate(self.members) if m.id == self.data["at"]), len(self.members))

    def go_to(self, at: int) -> None:
        """Show a card, or the summary."""
        self.data |= {"at": self.members[at].id if at < len(self.members) else "", "asking": ""}

    @property
    def wanted(self) -> list[str]:
        """Who must have an outcome before the visit is saved."""
        return [self.met] if self.met else [member.id for member in self.members]

    def left(self) -> list[str]:
        """Who still needs one."""
        return unanswered(self.wanted, self.outcomes)

    def by_guardian(self, member: PersonRow) -> bool:
        """Whether a parent or guardian answers for a member."""
        return guardian_is_asked(member.birth_date, self.today, member.next_dose)

    # Giving

    def give(self, outcome: str) -> None:
        """An outcome for the person shown; what must be known besides is asked next."""
        member = self.members[self.at]
        if outcome in NEED_REASON:
            self.data["asking"] = outcome
            return
        before = self.outcomes.get(member.id, {})
        self._put(member, before if before.get("outcome") == outcome else {"outcome": outcome})
        if outcome == "reviewed" and self.by_guardian(member):
            self.data["asking"] = "consent"
        elif outcome in MAY_EXPLAIN:
            self.data["asking"] = outcome
        else:
            self._next()

    def explain(self, reason: str) -> None:
        """The reason of the outcome asked about; "" for none, where none is needed."""
        member, outcome = self.members[self.at], self.asking
        line: Line = {"outcome": outcome} | ({"reason": reason} if reason else {})
        if self.by_guardian(member) and (consent := consent_of(outcome)):
            line |= {"reached": True, "consent": consent}
        self._put(member, line)
        self._next()

    def consent(self, answer: str) -> None:
        """What the parent said: agree, decline, considering; unreached when nobody was met, "" when not asked."""
        member = self.members[self.at]
        if answer in CONSENT_NEEDS_REASON:
            self.data["asking"] = OUTCOME_OF_CONSENT[answer]
            return
        line: Line = {"outcome": "reviewed"}
        if answer:
            line["reached"] = answer != "unreached"
        if answer == "agree":
            line["consent"] = answer
        self._put(member, line)
        self._next()

    def together(self) -> list[PersonRow]:
        """Members without an outcome for whom one word is enough, while whoever is shown has none either: they can be
        reviewed all at once when there are several.
        """
        left = set() if self.met or self.asking else set(self.left())
        found = [
            m
            for m in self.members
            if m.id in left and nothing_to_ask(m.residence, due=m.is_due, guardian=self.by_guardian(m))
        ]
        return found if len(found) > 1 and self.data["at"] in left else []

    def review_together(self) -> None:
        """Those are reviewed; whoever is left comes next."""
        for member in self.together():
            self._put(member, {"outcome": "reviewed"})
        self._next()

    def arrange(self, people: Sequence[str], **given: Any) -> None:
        """An appointment or transport for people who have an outcome; None takes it away."""
        for person in people:
            line = self.outcomes[person] | given
            self.data["outcomes"] = self.outcomes | {person: {k: v for k, v in line.items() if v is not None}}

    def decide(self, person: str, taken: bool) -> None:
        """Whether the register is changed as the outcome says."""
        self.data["register"] = self.data["register"] | {person: taken}

    # Reading

    def invited(self, member: PersonRow) -> bool:
        """Whether a day and transport may be agreed with a member."""
        line = self.outcomes.get(member.id)
        return line is not None and may_be_invited(line["outcome"], member.next_dose)

    def expected(self) -> list[PersonRow]:
        """Whom to agree a day with now: due, and not against it."""
        return [m for m in self.members if m.is_due and self.invited(m)]

    def changes(self) -> dict[str, tuple[str, bool]]:
        """Person -> (change of the register, whether it will be made)."""
        found = {}
        for member in self.members:
            line = self.outcomes.get(member.id)
            change = register_change(line, member.residence, member.cannot_come) if line else None
            if change is not None:
                taken = self.data["register"].get(member.id, change[1])
                found[member.id] = (change[0], bool(taken))
        return found

    def wrong_day(self) -> tuple[int, Fault] | None:
        """(card, what is wrong) of the first day agreed that is not ahead; the card behind the last is the summary."""
        days = [self.outcomes.get(member.id, {}).get("appointment_on") for member in self.members]
        for at, day in enumerate([*days, self.data["more"].get("revisit_on")]):
            if found := day_ahead(day, self.today):
                return at, found
        return None

    def lines(self) -> list[Line]:
        """The outcomes as the record holds them."""
        return [{"person": m.id, **self.outcomes[m.id]} for m in self.members if m.id in self.outcomes]

    def edits(self) -> dict[str, dict[str, Any]]:
        """Person -> fields of the register to change, from today on."""
        since = {"since": self.today.isoformat()}
        return {
            person: body_of_change(what, since) for person, (what, taken) in self.changes().items() if taken
        }

    def _put(self, member: PersonRow, line: Line) -> None:
        before = self.outcomes.get(member.id, {})
        if may_be_invited(line["outcome"], member.next_dose):
            line = {name: before[name] for name in _KEPT if name in before} | line
        self.data["outcomes"] = self.outcomes | {member.id: line}

    def _next(self) -> None:
        waiting = set(self.left())
        order = [*range(self.at, len(self.members)), *range(self.at)]
        self.go_to(next((i for i in order if self.members[i].id in waiting), len(self.members)))
