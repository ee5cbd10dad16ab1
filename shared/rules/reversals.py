"""The mirror of a stock movement: the only way to take one back (R081)."""

from collections.abc import Mapping
from typing import Any

#: What a reversal repeats of the movement it takes back; the rest (a session, why a lot was chosen) is said once.
_REPEATED = (
    "state",
    "thawed_on",
    "opened_on",
    "to_state",
    "to_thawed_on",
    "to_opened_on",
    "reason",
    "counterpart",
    "document",
)


def mirrored(body: Mapping[str, Any], entry_id: str, note: str | None = None) -> dict[str, Any]:
    """The body of the movement that takes back the entry with this body: the same holdings, every amount turned."""
    found = {name: body[name] for name in _REPEATED if body.get(name) is not None}
    found["vials"] = -body["vials"]
    if body.get("doses"):
        found["doses"] = -body["doses"]
    found["reverses"] = entry_id
    if note:
        found["note"] = note
    return found
