"""A page's form for a kind of record, read from its declared fields: nothing of a field is stated a second time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from server.accounts.session import language
from shared.faults import Fault
from shared.fields import Choice, Day, Flag, RecordField, Text, Whole
from shared.kinds import KINDS
from shared.lists import Body, Lines, Many
from shared.text.folding import normalise

#: Empty lines offered below those that are filled.
SPARE_LINES = 3

Options = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One field as the page asks for it. `form`: text, long_text, number, day, flag, choice, many or lines.

    `key` names the input; `options` are (code, words); of lines, `lines` holds the fields of each.
    """

    key: str
    name: str
    label: str
    form: str
    required: bool
    longest: int | None
    least: int | None
    most: int | None
    options: tuple[tuple[str, str], ...]
    value: Any
    lines: tuple[tuple[Asked, ...], ...] = ()


def asked(kind: str, names: Iterable[str], values: Mapping[str, Any], options: Options) -> list[Asked]:
    """Fields of a kind, with values as a body has them. `options` are those of fields that hold identifiers."""
    declared = KINDS[kind].schema.record_fields()
    return [_asked(declared[name], name, name, values.get(name), options) for name in names]


def given(kind: str, names: Iterable[str], form: MultiDict[str, str]) -> dict[str, Any]:
    """What was filled in, as a body: tidied, None where nothing was given. What cannot be read stays as typed,
    for the gate to judge.
    """
    declared = KINDS[kind].schema.record_fields()
    return {name: _given(declared[name], name, form) for name in names}


def said(faults: Iterable[Fault], kind: str) -> list[Fault]:
    """Faults whose fields are named as the form names them."""
    declared = KINDS[kind].schema.record_fields()

    def named(found: Fault) -> Fault:
        field = declared.get((found.field or "").partition(".")[0])
        return Fault(found.code, field.label(language()), found.params) if field else found

    return [named(found) for found in faults]


def _asked(field: RecordField, key: str, name: str, value: Any, options: Options) -> Asked:
    found: Sequence[tuple[str, str]] = options.get(name, ())
    inner = field.inner if isinstance(field, Many) else field
    if isinstance(inner, Choice):
        found = [(code, inner.option_label(code, language())) for code in inner.options]
    return Asked(
        key=key,
        name=name,
        label=field.label(language()),
        form=_form(field, bool(found)),
        required=bool(field.required),
        longest=field.longest if isinstance(field, Text) else None,
        least=field.least if isinstance(field, Whole) else None,
        most=field.most if isinstance(field, Whole) else None,
        options=tuple(found),
        value=value,
        lines=_lines(field.line, name, value or [], options) if isinstance(field, Lines) else (),
    )


def _form(field: RecordField, offered: bool) -> str:
    if isinstance(field, Lines):
        return "lines"
    if isinstance(field, Many):
        return "many"
    if offered:
        return "choice"
    for sort, form in ((Flag, "flag"), (Day, "day"), (Whole, "number")):
        if isinstance(field, sort):
            return form
    return field.form


def _lines(
    line: type[Body], name: str, values: Sequence[Mapping[str, Any]], options: Options
) -> tuple[tuple[Asked, ...], ...]:
    rows: list[Mapping[str, Any]] = [*values, *({} for _ in range(SPARE_LINES))]
    fields = line.record_fields()
    return tuple(
        tuple(
            _asked(field, f"{name}-{number}-{inner}", inner, row.get(inner), options)
            for inner, field in fields.items()
        )
        for number, row in enumerate(rows)
    )


def _given(field: RecordField, key: str, form: MultiDict[str, str]) -> Any:
    if isinstance(field, Lines):
        return _given_lines(field, key, form) or None
    if isinstance(field, Many):
        return form.getlist(key) or None
    if isinstance(field, Flag):
        return key in form or None
    text = normalise(form.get(key, "")) if field.form != "long_text" else form.get(key, "").strip()
    if not text:
        return None
    if isinstance(field, Whole):
        plain = text.replace(".", "")
        digits = plain.removeprefix("-")
        return int(plain) if digits.isascii() and digits.isdigit() and len(digits) < 12 else text
    return text


def _given_lines(field: Lines, key: str, form: MultiDict[str, str]) -> list[dict[str, Any]]:
    inner = field.line.record_fields()
    numbers = sorted(
        {int(n) for n in (name.split("-")[1] for name in form if name.startswith(f"{key}-")) if n.isdigit()}
    )
    rows = [
        {name: _given(one, f"{key}-{number}-{name}", form) for name, one in inner.items()}
        for number in numbers
    ]
    filled = ({name: value for name, value in row.items() if value is not None} for row in rows)
    return [row for row in filled if row]
