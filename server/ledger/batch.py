"""What a push becomes once read: each record with its outcome to be, before any database is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared import wire
from shared.entries import Entry
from shared.faults import Fault, Refused, fault
from shared.kinds import KINDS
from shared.reading import Held, Unreadable, id_in, number_in, read

#: A phone's clock further off than this makes its entries' days doubtful (L11).
SUSPECT_OFFSET_S = 600


@dataclass(frozen=True, slots=True)
class Sender:
    """Who pushes: a device, its user and role, and whether a place lies inside the user's scope."""

    device_id: str
    user_id: str
    role: str
    in_scope: Callable[[str], bool]


@dataclass(slots=True)
class Arrival:
    """One record of a push. Exactly one of `entry`, `held`, `faults` says what it is.

    `named` is the id as it was sent. `entry_id` and `device_seq` are None when they cannot be read, and
    the number also where it stands for another record; the record itself is kept by its digest.
    """

    payload: bytes
    digest: bytes
    named: str | None
    entry_id: str | None
    device_seq: int | None
    entry: Entry | None = None
    held: tuple[str, int] | None = None
    faults: list[Fault] = field(default_factory=list)
    flags: list[Fault] = field(default_factory=list)
    outcome: str = ""

    def refuse(self, *faults: Fault) -> None:
        """Turn it into a refusal; its words are kept."""
        self.entry, self.held, self.faults, self.outcome = None, None, list(faults), "refused"

    def as_json(self) -> dict[str, Any]:
        """The answer to the phone."""
        answer: dict[str, Any] = {"id": self.named, "outcome": self.outcome}
        if self.faults:
            answer["faults"] = [found.as_json() for found in self.faults]
        if self.flags and self.outcome == "accepted":
            answer["flags"] = [found.as_json() for found in self.flags]
        return answer


def read_batch(
    sender: Sender, raw_entries: Sequence[Any], today: date, offset_s: int | None
) -> list[Arrival]:
    """Read every record of a push by the gate and by the phone's own rules (device, author, permission).

    Raises Refused(`sync.bad_body`) for one nested so deeply that its words cannot be kept.
    """
    try:
        arrivals = [_read_one(sender, raw) for raw in raw_entries]
    except RecursionError:
        raise Refused(fault("sync.bad_body")) from None
    for arrival in arrivals:
        if arrival.entry is not None:
            arrival.flags = _doubts(sender, arrival.entry, today, offset_s)
    return arrivals


def _read_one(sender: Sender, raw: Any) -> Arrival:
    try:
        entry = read(raw)
    except Held as found:
        arrival = _arrival(sender, found.payload, raw)
        arrival.held = (found.kind, found.version)
        if raw["device"] != sender.device_id:
            arrival.refuse(fault("entry.other_device", "device"))
        return arrival
    except Unreadable as unreadable:
        arrival = _arrival(sender, unreadable.payload, raw)
        arrival.refuse(*unreadable.faults)
        return arrival
    own = entry.device == sender.device_id  # another device's number is not this one's to count
    number = entry.device_seq if own else None
    arrival = Arrival(entry.payload, entry.digest, entry.id, entry.id, number, entry)
    if entry.device != sender.device_id:
        arrival.refuse(fault("entry.other_device", "device"))
    elif entry.author != sender.user_id:
        arrival.refuse(fault("entry.other_author", "author"))
    elif sender.role not in KINDS[entry.kind].authors:
        arrival.refuse(fault("entry.not_permitted", "kind", role=sender.role, kind=entry.kind))
    return arrival


def _arrival(sender: Sender, payload: bytes, raw: Any) -> Arrival:
    sent = raw if isinstance(raw, dict) else {}
    named = sent.get("id")
    own = sent.get("device") == sender.device_id
    return Arrival(
        payload,
        wire.digest(payload),
        named if isinstance(named, str) else None,
        id_in(raw),
        number_in(raw) if own else None,
    )


def _doubts(sender: Sender, entry: Entry, today: date, offset_s: int | None) -> list[Fault]:
    doubts: list[Fault] = []
    if offset_s is not None and abs(offset_s) > SUSPECT_OFFSET_S:
        doubts.append(fault("clock.suspect", "recorded_at", offset_s=offset_s))
    if entry.occurred_on > today:
        doubts.append(fault("date.in_future", "occurred_on", occurred_on=str(entry.occurred_on)))
    if not sender.in_scope(entry.place):
        doubts.append(fault("scope.outside", "place"))
    return doubts
