"""Rows of signatures. The state of what was signed is told by `shared.rules.signing` whenever it is shown: it
depends on the document as it is recorded then.
"""

from datetime import datetime
from typing import Any

from shared.clock import from_stamp
from shared.entries import Entry

Row = dict[str, Any]


def signature_row(entry: Entry, corrected_by: str | None) -> Row:
    """The signature or withdrawal."""
    body = entry.body
    return {
        "id": entry.id,
        "of_id": entry.subject,
        "of_kind": body["of"],
        "place_id": entry.place,
        "digest": body["digest"],
        "action": body["action"],
        **{name: body.get(name) for name in ("signer", "certificate", "tool", "reason")},
        "signed_at": _moment(body.get("signed_at")),
        "author_id": entry.author,
        "recorded_at": from_stamp(entry.recorded_at),
        "corrected_by": corrected_by,
    }


def _moment(text: str | None) -> datetime | None:
    return from_stamp(text) if text else None
