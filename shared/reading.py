"""The reading gate: the only way from what arrived to an entry, on the phone and on the server.

`read` answers an Entry, or raises Unreadable (with every fault found) or Held (this program is too old to
judge it; it is kept word for word).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import shared.records  # noqa: F401  declares every kind
from shared import wire
from shared.entries import OPTIONAL_KEYS, REQUIRED_KEYS, Entry
from shared.faults import Fault, fault
from shared.fields import is_day
from shared.identifiers import is_id
from shared.kinds import KINDS, Kind

_STAMP = re.compile(r"(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z")
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")

#: The words of an envelope that is surely right, joined by spaces: one match is all most entries need.
_SURE_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12} "
_SURE_DAY = (
    r"(?:19|20)[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_SURE = re.compile(
    rf"(?:{_SURE_ID}){{5}}{_KIND.pattern} {_SURE_DAY} {_SURE_DAY}"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z"
)
_MOST_PARENTS = 200
_MOST_NUMBER = 2_000_000_000
_MOST_VERSION = 10_000
_MOST_OFFSET_S = 10_000_000_000
_ALL_KEYS = REQUIRED_KEYS | OPTIONAL_KEYS
_ID_KEYS = ("id", "subject", "place", "author", "device")


class Unreadable(Exception):
    """The entry is wrong; `payload` is what it says, word for word."""

    def __init__(self, faults: list[Fault], payload: bytes) -> None:
        super().__init__(", ".join(f.code for f in faults))
        self.faults, self.payload = faults, payload


class Held(Exception):
    """The entry is of a kind or version this program does not know yet."""

    def __init__(self, kind: str, version: int, payload: bytes) -> None:
        super().__init__(f"{kind} version {version}")
        self.kind, self.version, self.payload = kind, version, payload


def read(raw: Any) -> Entry:
    """The entry that `raw` (decoded JSON) spells. Raises Unreadable or Held."""
    faults = envelope_faults(raw)
    if faults:
        raise Unreadable(faults, wire.verbatim(raw))
    kind = KINDS.get(raw["kind"])
    if kind is None or raw["version"] > kind.version:
        raise _held(raw)
    faults = body_faults(kind, raw["body"], partial="based_on" in raw)
    if faults:
        raise Unreadable(faults, wire.verbatim(raw))
    entry = _entry(raw, _spell(raw))
    faults = [found for rule in kind.rules for found in rule(entry)]
    if faults:
        raise Unreadable(faults, entry.payload)
    return entry


def read_payload(payload: bytes) -> Entry:
    """The entry of stored bytes that passed the gate before: decoded, not judged again."""
    return _entry(wire.decode(payload), payload)


def envelope_faults(raw: Any) -> list[Fault]:
    """What is wrong with the envelope; empty when it can be stored and counted under its id and number."""
    if type(raw) is not dict:
        return [fault("entry.malformed")]
    if _surely_right(raw):
        return []
    keys = raw.keys()
    faults = [fault("entry.missing_key", key) for key in sorted(REQUIRED_KEYS - keys)]
    faults += [fault("entry.unknown_key", _shown(key)) for key in sorted(keys - _ALL_KEYS, key=str)]
    if faults:
        return faults
    faults = [fault("entry.bad_id", key) for key in _ID_KEYS if not _is_id(raw[key])]
    if type(raw["kind"]) is not str or not _KIND.fullmatch(raw["kind"]):
        faults.append(fault("entry.bad_kind", "kind"))
    if type(raw["version"]) is not int or not 1 <= raw["version"] <= _MOST_VERSION:
        faults.append(fault("entry.bad_number", "version"))
    if number_in(raw) is None:
        faults.append(fault("entry.bad_number", "device_seq"))
    if not is_day(raw["occurred_on"]):
        faults.append(fault("entry.bad_day", "occurred_on"))
    if not _is_stamp(raw["recorded_at"]):
        faults.append(fault("entry.bad_stamp", "recorded_at"))
    if type(raw["body"]) is not dict:
        faults.append(fault("entry.bad_body", "body"))
    return faults + list(_optional_faults(raw))


def id_in(raw: Any) -> str | None:
    """The record's own identifier, when that much of it can be read."""
    found = raw.get("id") if type(raw) is dict else None
    return found if _is_id(found) else None


def number_in(raw: Any) -> int | None:
    """The record's device number, when that much of it can be read."""
    found = raw.get("device_seq") if type(raw) is dict else None
    return found if type(found) is int and 1 <= found <= _MOST_NUMBER else None


def _surely_right(raw: dict[str, Any]) -> bool:
    """True for most envelopes that are right, at a fifth of the cost of looking for faults; never for a wrong one."""
    try:
        words = (
            raw["id"], raw["subject"], raw["place"], raw["author"], raw["device"],
            raw["kind"], raw["occurred_on"], raw["recorded_at"],
        )  # fmt: skip
        version, number = raw["version"], raw["device_seq"]
        if len(raw) != len(REQUIRED_KEYS):
            if len(raw) != len(REQUIRED_KEYS) + 1 or type(raw["clock_offset_s"]) is not int:
                return False
            if abs(raw["clock_offset_s"]) > _MOST_OFFSET_S:
                return False
        return (
            type(raw["body"]) is dict
            and type(version) is int
            and 1 <= version <= _MOST_VERSION
            and type(number) is int
            and 1 <= number <= _MOST_NUMBER
            and _SURE.fullmatch(" ".join(words)) is not None
        )
    except (KeyError, TypeError):
        return False


def _optional_faults(raw: dict[str, Any]) -> Iterator[Fault]:
    if "corrects" in raw and not _is_id(raw["corrects"]):
        yield fault("entry.bad_id", "corrects")
    if "clock_offset_s" in raw:
        offset = raw["clock_offset_s"]
        if type(offset) is not int or abs(offset) > _MOST_OFFSET_S:
            yield fault("entry.bad_number", "clock_offset_s")
    if "based_on" in raw:
        parents = raw["based_on"]
        if type(parents) is not list or not 1 <= len(parents) <= _MOST_PARENTS:
            yield fault("entry.bad_parents", "based_on")
        elif not all(_is_id(parent) for parent in parents):
            yield fault("entry.bad_id", "based_on")


def body_faults(kind: Kind, body: dict[str, Any], *, partial: bool) -> list[Fault]:
    """What the kind's schema says against `body`; `partial` for an edit, which carries changed fields only."""
    if partial and kind.nature == "event":
        return [fault("entry.event_edited", "based_on")]
    if (kind.check_changes if partial else kind.check_whole)(body):
        return []
    return list(_faults_of(kind.schema().validate(body, partial=partial)))


def _faults_of(messages: Any, path: str = "") -> Iterator[Fault]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _faults_of(inner, path if key == "_schema" else f"{path}.{_shown(key)}".lstrip("."))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _faults_of(inner, path)
    else:
        yield fault(str(messages), path or None)


def _entry(raw: dict[str, Any], payload: bytes) -> Entry:
    return Entry(
        raw["id"],
        raw["kind"],
        raw["version"],
        raw["subject"],
        raw["place"],
        raw["author"],
        raw["device"],
        raw["device_seq"],
        date.fromisoformat(raw["occurred_on"]),
        raw["recorded_at"],
        raw.get("clock_offset_s"),
        tuple(raw.get("based_on", ())),
        raw.get("corrects"),
        raw["body"],
        payload,
        wire.digest(payload),
    )


def _is_id(value: Any) -> bool:
    return type(value) is str and is_id(value) is not None


def _is_stamp(value: Any) -> bool:
    if type(value) is not str or not _STAMP.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _held(raw: dict[str, Any]) -> Held | Unreadable:
    """Held, unless its body has figures that not every program would spell alike."""
    if _has_float(raw["body"]):
        return Unreadable([fault("field.not_whole", "body")], wire.verbatim(raw))
    return Held(raw["kind"], raw["version"], _spell(raw))


def _spell(raw: dict[str, Any]) -> bytes:
    try:
        return wire.canonical(raw)
    except (TypeError, ValueError, RecursionError):
        raise Unreadable([fault("entry.malformed")], wire.verbatim(raw)) from None


def _shown(key: Any) -> str:
    """A key nobody declared, in a form that can be stored and shown."""
    return str(key).encode("utf-8", "backslashreplace").decode()[:60].replace("\0", "\ufffd")


def _has_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_float(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_has_float(inner) for inner in value)
    return isinstance(value, float)
