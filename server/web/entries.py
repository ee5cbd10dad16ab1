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
from server.registers.names import subject_names, villages_of
from server.web import blueprint
from server.web.area import area, connection, names_shown, person_name, require
from server.web.texts import age_group, day, in_language, kind_label, moment, number, t, vaccine
from shared.clock import from_stamp
from shared.entries import Entry
from shared.faults import Fault, Refused, fault
from shared.fields import Choice, Code, Day, Flag, Moment, RecordField, Ref, Whole
from shared.kinds import KINDS
from shared.lists import Lines, Many
from shared.permissions import may_see
from shared.reference import reasons, report_forms, screening_items

#: Shown only to readers who may see names: they tell who someone is, or of their health and descent.
PERSONAL = frozenset(
    "full_name head_name guardian_name phone guardian_phone id_number address lane note lat_e6 lon_e6 ethnic"
    " relation contraindication vulnerable team came_from".split()
)
#: Further fields of a kind that tell of somebody's health.
PERSONAL_OF = {
    "screening": frozenset({"outcome", "deferred_until"}),
    "reaction": frozenset({"symptoms", "treated_at", "outcome", "note"}),
}
#: Shown only to those who screen (R079), by kind; and reasons that tell of an infection wherever they stand.
SCREENING_ONLY = {
    "person": frozenset({"covid_on"}),
    "screening": frozenset({"answers", "reason", "note"}),
}
TELLS_OF_INFECTION = frozenset({"recent_covid", "had_covid"})

HIDDEN = "•••"


def _question(code: str) -> str:
    found = next((item for item in screening_items() if item.code == code), None)
    return in_language(found, "label") if found else code


def _form(code: str) -> str:
    columns = report_forms().get(code)
    return columns[0].form if columns else code


def _reason(code: str) -> str:
    known = (reasons(group).get(code) for group in ("contraindication", "deferral", "refusal", "absence"))
    found = next(filter(None, known), None)
    return in_language(found, "label") if found else code


_CODES = {
    "reasons": _reason,
    "vaccines": vaccine,
    "age_groups": age_group,
    "screening_items": _question,
    "screening_forms": _form,
}


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
    names = _names_in_sight(ids)
    fields = KINDS[one.kind].schema.record_fields()
    subject = [_reference(t("entry.subject"), one.subject, names)] if one.subject in names else []
    return subject + _fields(one.kind, fields, one.body, names)


def shown_value(kind: str, name: str, value: Any) -> Shown:
    """One value of a field of a kind, by itself, under the same masks."""
    names = _names_in_sight(set(_ids(value)))
    return _field(kind, name, KINDS[kind].schema.record_fields()[name], value, names)


def _names_in_sight(ids: set[str]) -> dict[str, tuple[str, str]]:
    """Names of what the ids stand for; of people only those of the reader's area (a verdict may name another's)."""
    names = subject_names(connection(), ids)
    homes = villages_of(connection(), [id_ for id_, (what, _) in names.items() if what == "person"])
    visible = area().visible
    return {id_: found for id_, found in names.items() if id_ not in homes or homes[id_] in visible}


def _fields(
    kind: str,
    fields: Mapping[str, RecordField],
    body: Mapping[str, Any],
    names: Mapping[str, tuple[str, str]],
) -> list[Shown]:
    return [
        _field(kind, name, declared, body[name], names) for name, declared in fields.items() if name in body
    ]


def _field(
    kind: str, name: str, declared: RecordField, value: Any, names: Mapping[str, tuple[str, str]]
) -> Shown:
    label = declared.label(language())
    if value is not None and _hidden(kind, name, value):
        return Shown(label, HIDDEN)
    if isinstance(declared, Lines) and value is not None:
        inner = declared.line.record_fields()
        return Shown(label, lines=[_fields(kind, inner, line, names) for line in value])
    if isinstance(declared, Many) and value is not None:
        said = (_field(kind, name, declared.inner, one, names).text for one in value)
        return Shown(label, ", ".join(said) or "–")
    if isinstance(declared, Ref) and value is not None:
        return _reference(label, value, names)
    return Shown(label, _words(declared, value))


def _hidden(kind: str, name: str, value: Any) -> bool:
    infection = name == "reason" and value in TELLS_OF_INFECTION
    if infection or name in SCREENING_ONLY.get(kind, ()):
        return not may_see(reader().role, "screening")
    return (name in PERSONAL or name in PERSONAL_OF.get(kind, ())) and not names_shown()


def _words(declared: RecordField, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(declared, Choice):
        return declared.option_label(value, language())
    if isinstance(declared, Code) and declared.codes in _CODES:
        return _CODES[declared.codes](value)
    if isinstance(declared, Day):
        return day(date.fromisoformat(value))
    if isinstance(declared, Moment):
        return moment(from_stamp(value))
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
