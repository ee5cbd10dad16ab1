"""Rows of what units tell each other: matters and their answers, rosters, profiles, communication."""

from datetime import date, datetime, timedelta
from typing import Any

from shared.clock import from_stamp
from shared.entries import Entry
from shared.projections.days import day_of
from shared.projections.register import Folded
from shared.projections.stock import compact
from shared.text.folding import normalise
from shared.text.phones import normalise_phone

Row = dict[str, Any]

#: What a matter says, by kind: its code, what was found or lacks, and what is asked for.
_TOPIC = {"staff_shortage": "role", "proposal": "topic", "reminder": "about"}
_TEXT = {
    "staff_shortage": "reason",
    "proposal": "difficulty",
    "inspection_remark": "finding",
    "reminder": "text",
}
_ASK = {"proposal": "proposal", "inspection_remark": "ask"}

#: The kinds that are matters: somebody tells, somebody else answers.
MATTER_KINDS = tuple(_TEXT)

#: Answers are events of their own about the entry they answer.
ANSWER_KIND = "response"

PROFILE_FIGURES = ("fridges", "cold_boxes", "tables", "phones", "computers")


def matter_row(entry: Entry, corrected_by: str | None) -> Row:
    """A shortage, proposal, remark or reminder.

    `told_at` is the author's clock corrected by what its last sync measured. `people` (lacking), `area` and
    `from_on` are a shortage's; `due_on` is a day to be done or answered by.
    """
    body, kind = entry.body, entry.kind
    return {
        "id": entry.id,
        "kind": kind,
        "place_id": entry.place,
        "topic": body.get(_TOPIC.get(kind, "")),
        "text": body[_TEXT[kind]],
        "ask": body.get(_ASK.get(kind, "")),
        "people": body.get("people"),
        "area": body.get("area"),
        "from_on": day_of(body.get("from_on")),
        "due_on": day_of(body.get("due_on")),
        "urgent": kind == "staff_shortage" or bool(body.get("urgent")),
        "author_id": entry.author,
        "told_on": entry.occurred_on,
        "told_at": told_at(entry),
        "corrected_by": corrected_by,
    }


def answer_row(entry: Entry, corrected_by: str | None) -> Row:
    """One answer; the entry it answers is its subject."""
    return {
        "id": entry.id,
        "matter_id": entry.subject,
        "matter_kind": entry.body["of"],
        "place_id": entry.place,
        "action": entry.body["action"],
        "text": entry.body.get("text"),
        "support": entry.body.get("support"),
        "author_id": entry.author,
        "told_at": told_at(entry),
        "corrected_by": corrected_by,
    }


def roster_rows(folded: Folded) -> tuple[Row, list[Row]] | None:
    """The roster of a village and its members in order, or None while its first entry has not arrived."""
    if not folded.known:
        return None
    values = folded.values
    roster = {
        "village_id": folded.subject,
        "reviewed_on": date.fromisoformat(values["reviewed_on"]),
        "note": values.get("note"),
    }
    members = [
        {
            "village_id": folded.subject,
            "line_no": number,
            "full_name": normalise(line["full_name"]),
            "phone": (normalise_phone(line["phone"]) or line["phone"]) if line.get("phone") else None,
            "task": line.get("task"),
        }
        for number, line in enumerate(values["members"], 1)
    ]
    return roster, members


def profile_rows(folded: Folded) -> tuple[Row, list[Row]] | None:
    """A station's profile and its staff by role (the last line of a role counts), or None as above."""
    if not folded.known:
        return None
    values = folded.values
    profile = {
        "station_id": folded.subject,
        "reviewed_on": date.fromisoformat(values["reviewed_on"]),
        **{name: values.get(name) for name in PROFILE_FIGURES},
        "difficult": bool(values.get("difficult")),
        "high_risk": bool(values.get("high_risk")),
        "note": values.get("note"),
    }
    staff = {line["role"]: line["people"] for line in values["staff"]}
    return profile, [
        {"station_id": folded.subject, "role": role, "people": people}
        for role, people in sorted(staff.items())
    ]


def content_row(folded: Folded) -> Row | None:
    """A message content, or None as above."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "province_id": folded.origin,
        "title": values["title"],
        "text": values["text"],
        "source": values.get("source"),
        "valid_from": date.fromisoformat(values["valid_from"]),
        "valid_to": day_of(values.get("valid_to")),
    }


def communication_row(entry: Entry, corrected_by: str | None) -> Row:
    """A communication activity; `villages` is a JSON list of ids."""
    body = entry.body
    return {
        "id": entry.id,
        "place_id": entry.place,
        "held_on": entry.occurred_on,
        "form": body["form"],
        "topic": body["topic"],
        "content_id": body.get("content"),
        "villages": compact(sorted(set(body.get("villages", ())))),
        "reached": body.get("reached"),
        "note": body.get("note"),
        "author_id": entry.author,
        "corrected_by": corrected_by,
    }


def sms_row(folded: Folded) -> Row | None:
    """What a person said about receiving messages, or None when nobody recorded an answer."""
    allowed = folded.values.get("sms_allowed")
    return None if allowed is None else {"person_id": folded.subject, "allowed": allowed}


def told_at(entry: Entry) -> datetime:
    """The moment of recording by the server's clock, as far as it was measured; UTC."""
    return from_stamp(entry.recorded_at) + timedelta(seconds=entry.clock_offset_s or 0)
