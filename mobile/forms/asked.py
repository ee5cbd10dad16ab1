"""What a form asks, read from a kind's declared fields: nothing of a field is stated a second time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.faults import Fault
from shared.fields import Choice, Code, Text
from shared.kinds import KINDS
from shared.lists import Many
from shared.reference import ethnic_groups, reasons, vaccines
from shared.text.folding import normalise

#: More options than this are searched in a list of their own instead of standing on the form.
FEW = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a form. `form` is text, long_text, number, day, choice, pick, many or flag.

    `options` are (code, words).
    """

    name: str
    label: str
    form: str
    required: bool
    longest: int
    options: tuple[tuple[str, str], ...]


def asked(kind: str, name: str, lang: str) -> Asked:
    """The field `name` of a kind as a form asks for it. KeyError when the kind has no such field."""
    declared = KINDS[kind].schema.record_fields()[name]
    options = _options(declared.inner if isinstance(declared, Many) else declared, name, lang)
    form = declared.form
    if form == "choice" and len(options) > FEW:
        form = "pick"
    longest = declared.longest if isinstance(declared, Text) else 200
    return Asked(name, declared.label(lang), form, bool(declared.required), longest, options)


def body_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a form holds as a record's body: text tidied, what is empty as None."""
    body: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, str):
            value = normalise(value) or None
        body[name] = None if value in ("", [], ()) else value
    return body


def number_of(typed: str) -> int | str:
    """The whole number that was typed; what is none is given back as typed, for the gate."""
    return int(typed) if typed.isascii() and typed.isdigit() else typed


def day_text(day: str, month: str, year: str, precision: str) -> str | None:
    """The ISO day that was typed; None while nothing is. What is no day, or only part of one, is given back as typed:
    it is kept in the draft, and the gate refuses it.
    """
    asked_for = {"day": (day, month, year), "month": (month, year), "year": (year,)}[precision]
    if not any(asked_for):
        return None
    if precision != "day":
        day = "1"
    if precision == "year":
        month = "1"
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return f"{year}-{month}-{day}"


def day_parts(text: str | None) -> tuple[str, str, str]:
    """(day, month, year) as the boxes show a kept ISO day."""
    try:
        kept = date.fromisoformat(text or "")
    except ValueError:
        parts = (text or "").split("-")
        return (parts[2], parts[1], parts[0]) if len(parts) == 3 else ("", "", "")
    return str(kept.day), str(kept.month), str(kept.year)


def said(fault: Fault, kind: str, lang: str) -> str:
    """The words of a fault, its field named as the form names it."""
    field = (fault.field or "").partition(".")[0]
    declared = KINDS[kind].schema.record_fields().get(field) if kind in KINDS else None
    return Fault(fault.code, declared.label(lang) if declared else fault.field, fault.params).message(lang)


def beside(
    faults: Iterable[Fault], names: Iterable[str], kind: str, lang: str
) -> tuple[dict[str, str], list[str]]:
    """(words by field for the fields on a form, words of the faults that stand beside none)."""
    shown: dict[str, str] = {}
    general: list[str] = []
    known = set(names)
    for found in faults:
        field = (found.field or "").partition(".")[0]
        text = said(found, kind, lang)
        if field in known:
            shown.setdefault(field, text)
        else:
            general.append(text)
    return shown, general


def _options(declared: Any, name: str, lang: str) -> tuple[tuple[str, str], ...]:
    if isinstance(declared, Choice):
        return tuple((code, declared.option_label(code, lang)) for code in declared.options)
    if not isinstance(declared, Code):
        return ()
    english = lang == "en"
    if declared.codes == "ethnic_groups":
        return tuple((code, group.name) for code, group in ethnic_groups().items())
    if declared.codes == "vaccines":
        return tuple((code, v.name_en if english else v.name_vi) for code, v in vaccines().items())
    if declared.codes == "reasons":
        group = "contraindication" if name == "contraindication" else "refusal"
        return tuple((code, r.label_en if english else r.label_vi) for code, r in reasons(group).items())
    return ()
