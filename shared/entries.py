"""The entry: one immutable thing that happened in the field.

A correction is a new entry that names what it corrects; a change to a household or person is a new entry
that carries the changed fields and names the entries its author had seen (`based_on`).
"""

from datetime import date
from typing import Any, NamedTuple

#: Envelope keys that stand in every entry, and those left out when they have no value.
REQUIRED_KEYS = frozenset(
    {
        "id",
        "kind",
        "version",
        "subject",
        "place",
        "author",
        "device",
        "device_seq",
        "occurred_on",
        "recorded_at",
        "body",
    }
)
OPTIONAL_KEYS = frozenset({"clock_offset_s", "based_on", "corrects"})


class Entry(NamedTuple):
    """An entry that passed the reading gate.

    `occurred_on` is a day in Vietnam, `recorded_at` the phone's UTC stamp with the offset measured at its
    last sync in seconds (server minus phone; None when never measured). `payload` is the canonical
    spelling, `digest` its SHA-256.
    """

    id: str
    kind: str
    version: int
    subject: str
    place: str
    author: str
    device: str
    device_seq: int
    occurred_on: date
    recorded_at: str
    clock_offset_s: int | None
    based_on: tuple[str, ...]
    corrects: str | None
    body: dict[str, Any]
    payload: bytes
    digest: bytes

    @property
    def is_edit(self) -> bool:
        """Whether the body carries only changed fields."""
        return bool(self.based_on)
