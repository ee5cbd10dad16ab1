"""One entry: its body with labels, where it came from, its digest, and where it was delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import language, reader
from server.ledger.inspect import inspect
from server.registers.names import subject_names
from server.web import blueprint
from server.web.area import area, connection, names_shown, person_name, require
from server.web.texts import age_group, day, kind_label, number, t, vaccine
from shared.clock import from_stamp
from shared.entries import Entry
from shared.faults import Fault, Refused, fault
from shared.fields import Choice, Code, Day, Flag, RecordField, Ref, Whole
from shared.kinds import KINDS
from shared.lists import Lines, Many
from shared.permissions import FIELD_ROLES

#: Shown only to readers who may see names: they tell who someone is, or of their health and descent.
PERSONAL = frozenset(
    "full_name head_name guardian_name phone guardian_phone id_number address lane note lat_e6 lon_e6 ethnic"
    " relation contraindication vulnerable team".split()
)
#: Shown only where people are screened (R079).
SCREENING_ONLY = frozenset({"covid_on"})

HIDDEN = "•••"

_CODES = {"vaccines": vaccine, "age_groups": age_group}


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as the page shows it: words, perhaps a link, or lines of fields."""

    label: str
    text: str = ""
    href: str | None = None
    lines: list[list[Shown]] | None = None


@blueprint.get("/entries/<entry_id>")
@login_required
def entry(entry_id: str) -> ResponseReturnValue:
    """An entry of the ledger, for readers whose scope holds one of its places."""
    require("entries")
    found = inspect(connection(), entry_id)
    if found is None or not found.places & area().visible:
        raise Refused(fault("scope.hidden"))
    seen, one = area(), found.entry
    home = one.place if one.place in seen.visible else min(found.places & seen.visible)
    return render_template(
        "entry.html",
        found=found,
        entry=one,
        body=shown_body(one),
        recorded_at=from_stamp(one.recorded_at),
        masked=not names_shown(),
        path=seen.path(home),
        place_name=seen.tree.name,
        kind_label=kind_label,
        fault_words=lambda code: Fault(code).message(language()),
    )


def shown_body(one: Entry) -> list[Shown]:
    """The body's fields in the order of their declaration, with the subject first when it has a name."""
    ids = {one.subject} | set(_ids(one.body))
    names = subject_names(connection(), ids)
    fields = KINDS[one.kind].schema.record_fields()
    subject = [_reference(t("entry.subject"), one.subject, names)] if one.subject in names else []
    return subject + _fields(fields, one.body, names)


def _fields(
    fields: Mapping[str, RecordField], body: Mapping[str, Any], names: Mapping[str, tuple[str, str]]
) -> list[Shown]:
    return [_field(name, declared, body[name], names) for name, declared in fields.items() if name in body]


def _field(name: str, declared: RecordField, value: Any, names: Mapping[str, tuple[str, str]]) -> Shown:
    label = declared.label(language())
    if value is not None and _hidden(name):
        return Shown(label, HIDDEN)
    if isinstance(declared, Lines) and value is not None:
        inner = declared.line.record_fields()
        return Shown(label, lines=[_fields(inner, line, names) for line in value])
    if isinstance(declared, Many) and value is not None:
        return Shown(label, ", ".join(_field(name, declared.inner, v, names).text for v in value) or "–")
    if isinstance(declared, Ref) and value is not None:
        return _reference(label, value, names)
    return Shown(label, _words(declared, value))


def _hidden(name: str) -> bool:
    if name in SCREENING_ONLY:
        return reader().role not in FIELD_ROLES
    return name in PERSONAL and not names_shown()


def _words(declared: RecordField, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(declared, Choice):
        return declared.option_label(value, language())
    if isinstance(declared, Code) and declared.codes in _CODES:
        return _CODES[declared.codes](value)
    if isinstance(declared, Day):
        return day(date.fromisoformat(value))
    if isinstance(declared, Flag):
        return t("yes") if value else t("no")
    if isinstance(declared, Whole):
        return number(value)
    return str(value)


def _reference(label: str, id_: str, names: Mapping[str, tuple[str, str]]) -> Shown:
    what, name = names.get(id_, ("", ""))
    if what == "person":
        return Shown(label, person_name(name), url_for("web.person", person_id=id_))
    if what == "household" and not names_shown():
        return Shown(label, HIDDEN)
    if not what:
        node = area().tree.get(id_)
        href = url_for("web.place", place_id=id_) if id_ in area().visible else None
        return Shown(label, node.name if node else id_, href)
    return Shown(label, name)


def _ids(body: Any) -> list[str]:
    """Every text in a body that could be an identifier."""
    if isinstance(body, str):
        return [body] if len(body) == 36 else []
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    return [found for value in inner for found in _ids(value)]
