"""Reading what units told each other: shortages, proposals, remarks, reminders, each with its answers and state."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from server.accounts.models import User
from server.affairs.models import Answer, Matter
from server.database import select_among
from shared.rules.affairs import CLOSED, elapsed_minutes, state_of


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer; `author` is its author's name."""

    id: str
    action: str
    text: str | None
    support: str | None
    author: str
    role: str
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A matter with its answers, oldest first. `state` is open or the farthest an answer took it."""

    id: str
    kind: str
    place_id: str
    topic: str | None
    text: str
    ask: str | None
    people: int | None
    area: str | None
    from_on: date | None
    due_on: date | None
    urgent: bool
    author: str
    role: str
    told_on: date
    told_at: datetime
    answers: tuple[Answered, ...]
    state: str

    @property
    def closed(self) -> bool:
        """Whether nothing more is asked."""
        return self.state in CLOSED

    @property
    def support(self) -> str | None:
        """The support assigned last."""
        return next((a.support for a in reversed(self.answers) if a.support), None)

    def overdue(self, today: date) -> bool:
        """Whether its day has passed without an end."""
        return not self.closed and self.due_on is not None and self.due_on < today

    def minutes(self, now: datetime) -> int:
        """Whole minutes from the telling to its end, or to now."""
        ended = (a.told_at for a in self.answers if a.action in CLOSED)
        return elapsed_minutes(self.told_at, min(ended, default=now))

    def minutes_to_answer(self) -> int | None:
        """Whole minutes from the telling to the first answer; None without one."""
        return elapsed_minutes(self.told_at, self.answers[0].told_at) if self.answers else None


def matters(connection: Connection, kind: str, places: Collection[str]) -> list[Told]:
    """What of a kind was told at these places and not withdrawn: open first, urgent first, newest first."""
    query = _matters().where(Matter.kind == kind, Matter.corrected_by.is_(None))
    rows = select_among(connection, query, Matter.place_id, sorted(places))
    found = _with_answers(connection, rows)
    return sorted(found, key=lambda told: (told.closed, not told.urgent, -told.told_at.timestamp(), told.id))


def matter(connection: Connection, matter_id: str) -> Told | None:
    """One matter, or None when there is none or it was withdrawn."""
    query = _matters().where(Matter.id == matter_id, Matter.corrected_by.is_(None))
    return next(iter(_with_answers(connection, connection.execute(query).all())), None)


def _matters() -> Select[Any]:
    return select(
        Matter.id, Matter.kind, Matter.place_id, Matter.topic, Matter.text, Matter.ask, Matter.people, Matter.area,
        Matter.from_on, Matter.due_on, Matter.urgent, User.full_name, User.role, Matter.told_on, Matter.told_at,
    ).outerjoin(User, User.id == Matter.author_id)  # fmt: skip


def _with_answers(connection: Connection, rows: Sequence[Any]) -> list[Told]:
    query = (
        select(
            Answer.matter_id, Answer.id, Answer.action, Answer.text, Answer.support, User.full_name, User.role,
            Answer.told_at,
        )
        .outerjoin(User, User.id == Answer.author_id)
        .where(Answer.corrected_by.is_(None))
    )  # fmt: skip
    answers: dict[str, list[Answered]] = {}
    for row in select_among(connection, query, Answer.matter_id, [row.id for row in rows]):
        said = Answered(
            row.id, row.action, row.text, row.support, row.full_name or "–", row.role or "", row.told_at
        )
        answers.setdefault(row.matter_id, []).append(said)
    return [_told(row, sorted(answers.get(row.id, []), key=lambda a: (a.told_at, a.id))) for row in rows]


def _told(row: Any, answers: list[Answered]) -> Told:
    return Told(
        id=row.id,
        kind=row.kind,
        place_id=row.place_id,
        topic=row.topic,
        text=row.text,
        ask=row.ask,
        people=row.people,
        area=row.area,
        from_on=row.from_on,
        due_on=row.due_on,
        urgent=row.urgent,
        author=row.full_name or "–",
        role=row.role or "",
        told_on=row.told_on,
        told_at=row.told_at,
        answers=tuple(answers),
        state=state_of(said.action for said in answers),
    )
