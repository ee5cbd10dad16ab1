"""What others tell this phone's worker, and what became of what was told upward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mobile.store import places
from shared.rules.affairs import CLOSED, UPWARD, actions_for, state_of

if TYPE_CHECKING:
    from mobile.store.store import Store

#: Matters and queries looked at; older ones are read on the pages.
MOST = 100

#: A query about a cell of a report, among the kinds of messages.
QUERY = "report_review"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to a message. `by_me`: written with this phone's user."""

    id: str
    action: str
    text: str
    support: str
    told_at: str
    by_me: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A reminder, remark or query from above, or a shortage or proposal told upward.

    `kind` is the entry's; `told_at` an ISO moment. `subject` and `judged` are the report's of a query, ""
    otherwise. `state` is open or the farthest an answer took it. `new`: it, or an answer to what this worker
    told, was not opened on this phone yet.
    """

    id: str
    kind: str
    place_id: str
    place_name: str
    topic: str
    text: str
    ask: str
    people: int | None
    due_on: date | None
    urgent: bool
    told_at: str
    by_me: bool
    subject: str
    judged: str
    answers: tuple[Said, ...]
    state: str
    new: bool

    @property
    def upward(self) -> bool:
        """Whether it was told to those above."""
        return self.kind in UPWARD

    @property
    def closed(self) -> bool:
        """Whether nothing more is asked."""
        return self.state in CLOSED or (self.kind == QUERY and self.state == "answered")


def messages(store: Store) -> list[Message]:
    """Everything told, what is urgent and open first, then what is new, then the newest."""
    found = [*_matters(store), *_queries(store)]
    found.sort(key=lambda message: (message.told_at, message.id), reverse=True)
    return sorted(found, key=lambda m: (not _pressing(m), not m.new))


def message(store: Store, message_id: str) -> Message | None:
    """One of them, or None."""
    return next((found for found in messages(store) if found.id == message_id), None)


def unopened(store: Store) -> tuple[int, bool]:
    """How many are new, and whether one of these is urgent."""
    new = [message for message in messages(store) if message.new]
    return len(new), any(message.urgent and not message.upward for message in new)


def open_message(store: Store, found: Message) -> None:
    """Remember that a message and its answers were opened."""
    ids = [found.id, *(said.id for said in found.answers)]
    with store.database.transaction() as connection:
        connection.executemany("INSERT OR IGNORE INTO seen (entry_id) VALUES (?)", [(each,) for each in ids])


def actions(found: Message, own_places: Sequence[str]) -> tuple[str, ...]:
    """What this worker may answer: to what comes from above as the unit, to what comes from below as those above."""
    if found.kind == QUERY:
        return () if found.closed else ("answered",)
    above = found.upward and not found.by_me and found.place_id not in own_places
    return actions_for(found.kind, found.state, above=above)


def _matters(store: Store) -> list[Message]:
    rows = store.database.rows(
        "SELECT * FROM matter WHERE corrected_by IS NULL ORDER BY told_at DESC, id DESC LIMIT ?", (MOST,)
    )
    answers = _answers(store, [row["id"] for row in rows])
    me, seen = _me(store), _seen(store)
    names = places.places(store, {row["place_id"] for row in rows})
    found = []
    for row in rows:
        said = tuple(answers.get(row["id"], ()))
        mine = row["author_id"] == me
        unread = [each.id for each in said if not each.by_me and row["kind"] in UPWARD]
        unread += [] if mine else [row["id"]]
        found.append(
            Message(
                id=row["id"],
                kind=row["kind"],
                place_id=row["place_id"],
                place_name=names[row["place_id"]].name if row["place_id"] in names else "–",
                topic=row["topic"] or "",
                text=row["text"],
                ask=row["ask"] or "",
                people=row["people"],
                due_on=date.fromisoformat(row["due_on"]) if row["due_on"] else None,
                urgent=bool(row["urgent"]),
                told_at=row["told_at"],
                by_me=mine,
                subject="",
                judged="",
                answers=said,
                state=state_of(each.action for each in said),
                new=any(each not in seen for each in unread),
            )
        )
    return found


def _answers(store: Store, ids: Sequence[str]) -> dict[str, list[Said]]:
    marks, me = ",".join("?" * len(ids)), _me(store)
    found: dict[str, list[Said]] = {}
    for row in store.database.rows(
        f"SELECT * FROM answer WHERE corrected_by IS NULL AND matter_id IN ({marks}) ORDER BY told_at, id",
        list(ids),
    ):
        said = Said(
            row["id"],
            row["action"],
            row["text"] or "",
            row["support"] or "",
            row["told_at"],
            row["author_id"] == me,
        )
        found.setdefault(row["matter_id"], []).append(said)
    return found


def _queries(store: Store) -> list[Message]:
    """Queries about reports; each is answered on its own."""
    me, seen = _me(store), _seen(store)
    rows = store.database.rows(
        "SELECT * FROM report_review WHERE corrected_by IS NULL AND verdict = 'queried'"
        " ORDER BY said_at DESC, id DESC LIMIT ?",
        (MOST,),
    )
    names = places.places(store, {row["unit_id"] for row in rows})
    answers: dict[str, list[Said]] = {}
    for row in store.database.rows(
        "SELECT * FROM report_answer WHERE corrected_by IS NULL ORDER BY said_at, id"
    ):
        said = Said(row["id"], "answered", row["text"], "", row["said_at"], row["author_id"] == me)
        answers.setdefault(row["review_id"], []).append(said)
    return [
        Message(
            id=row["id"],
            kind=QUERY,
            place_id=row["unit_id"],
            place_name=names[row["unit_id"]].name if row["unit_id"] in names else "–",
            topic=row["about"] or "",
            text=row["text"] or "",
            ask="",
            people=None,
            due_on=None,
            urgent=False,
            told_at=row["said_at"],
            by_me=row["author_id"] == me,
            subject=row["report_id"],
            judged=row["judged_id"],
            answers=tuple(answers.get(row["id"], ())),
            state="answered" if row["id"] in answers else "open",
            new=row["id"] not in seen and row["author_id"] != me,
        )
        for row in rows
    ]


def _pressing(found: Message) -> bool:
    return found.urgent and not found.closed and (not found.upward or not found.by_me)


def _me(store: Store) -> str:
    identity = store.identity
    return identity.user_id if identity else ""


def _seen(store: Store) -> set[str]:
    return {row[0] for row in store.database.rows("SELECT entry_id FROM seen")}
