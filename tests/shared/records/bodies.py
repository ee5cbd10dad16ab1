"""Bodies of every kind, made from their schemas: right ones, and ones spoilt in a way."""

from __future__ import annotations

import copy
import random
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from shared.clock import stamp
from shared.fields import Choice, Code, Day, Flag, Moment, RecordField, Ref, Text, Whole
from shared.kinds import KINDS
from shared.lists import Body, Lines, Many

SUBJECT, PLACE, AUTHOR, DEVICE = (f"00000000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3, 4))

ids = st.uuids().map(str)
days = st.dates(min_value=date(1800, 1, 1), max_value=date(2099, 12, 31)).map(str)

#: Texts that have broken programs: halves of characters, NUL, marks, right-to-left, separators, digits of others.
awkward = st.sampled_from(
    [
        "\ud800",
        "a\0b",
        "\0",
        "ế",
        "e\u0302\u0301",
        "\u202e",
        "\u2028",
        " ",
        "\t\n",
        "",
        "٢٠٢٢",
        "😀",
        "\uffff",
        "\x7f\x1f",
    ]
)

#: Values of the wrong sort in any field.
wrong = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(
        [
            0,
            -1,
            2**31,
            2**63,
            2**64,
            10**400,
            1.0,
            1.5,
            -0.0,
            float("nan"),
            float("inf"),
            -float("inf"),
            1e300,
        ]
    ),
    awkward,
    st.text(max_size=600),
    st.sampled_from(
        [[], {}, [[]], [None], [{}], {"a": 1}, [1, "x", None], {"_schema": "x"}, "2022-02-30", "2022-1-1"]
    ),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=2),
        max_leaves=4,
    ),
)


def values(field: RecordField) -> st.SearchStrategy[Any]:
    """Right values of a field."""
    if isinstance(field, Text):
        letters = st.characters(codec="utf-8", exclude_characters="\0")
        return st.text(letters, min_size=1, max_size=field.longest).filter(lambda text: bool(text.strip()))
    if isinstance(field, Code):
        return st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", fullmatch=True)
    if isinstance(field, Ref):
        return ids
    if isinstance(field, Day):
        return days
    if isinstance(field, Moment):
        return st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)).map(stamp)  # noqa: DTZ001
    if isinstance(field, Whole):
        return st.integers(field.least, field.most)
    if isinstance(field, Flag):
        return st.booleans()
    if isinstance(field, Choice):
        return st.sampled_from(sorted(field.accepted))
    if isinstance(field, Many):
        return st.lists(values(field.inner), min_size=field.least, max_size=min(field.most, 3))
    assert isinstance(field, Lines)
    return st.lists(bodies(field.line), min_size=field.least, max_size=min(field.most, 2))


def bodies(schema: type[Body], *, partial: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Right bodies under a schema; `partial`: of an edit."""
    fields = schema.record_fields()
    must = {name: values(field) for name, field in fields.items() if field.required and not partial}
    may = {
        name: values(field) if field.required else values(field) | st.none()
        for name, field in fields.items()
        if name not in must
    }
    return st.fixed_dictionaries(must, optional=may)


@st.composite
def spoilt(draw: st.DrawFn, schema: type[Body]) -> dict[str, Any]:
    """A body with one to three things changed, dropped or added, at the top or inside a line."""
    body = draw(bodies(schema))
    for _ in range(draw(st.integers(1, 3))):
        target: dict[str, Any] = body
        inner: list[dict[str, Any]] = [
            line
            for value in body.values()
            if isinstance(value, list)
            for line in value
            if isinstance(line, dict)
        ]
        if inner and draw(st.integers(0, 1)):
            target = inner[draw(st.integers(0, len(inner) - 1))]
        keys = [*target, *schema.record_fields(), "nobody_declared_this", "\ud800", "_schema"]
        key = draw(st.sampled_from(keys))
        if not draw(st.integers(0, 4)):
            target.pop(key, None)
        else:
            target[key] = copy.deepcopy(draw(wrong))  # the next change may spoil the inside of this one
    return body


def envelope(kind: str, body: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """An entry of `kind` around a body."""
    version = KINDS[kind].version if kind in KINDS else 1
    raw: dict[str, Any] = {
        "id": "00000000-0000-7000-8000-0000000000aa",
        "kind": kind,
        "version": version,
        "subject": SUBJECT,
        "place": PLACE,
        "author": AUTHOR,
        "device": DEVICE,
        "device_seq": 1,
        "occurred_on": "2022-04-15",
        "recorded_at": "2022-04-15T01:02:03.456Z",
        "body": body,
    }
    return {key: value for key, value in (raw | changed).items() if value is not None}


def shuffled(body: dict[str, Any], seed: int) -> dict[str, Any]:
    """The same body with its keys in another order."""
    keys = list(body)
    random.Random(seed).shuffle(keys)
    return {key: body[key] for key in keys}
