"""What was recorded, in words: an entry's fields, who wrote it and when. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobile.forms.asked import asked
from mobile.phone import Phone
from mobile.screens.describe import Sign, outcome_name, shown_value, small
from mobile.store import places, registers, stock
from mobile.store.history import Happening
from mobile.store.views import Writer
from mobile.words import words
from shared.fields import Choice, Ref
from shared.kinds import KINDS
from shared.lists import Lines, Many
from shared.permissions import may_see
from shared.reference import reasons
from shared.reference.lists import REASON_GROUPS

#: Who had COVID-19 is told to those who screen (R079).
SCREENERS_ONLY = frozenset({"covid_on"})
#: Fields that name things no reader knows by name, or that another field says better.
NEVER_LISTED = frozenset(
    {"lat_e6", "lon_e6", "session", "dose", "birth_precision", "person_a", "person_b", "keep"}
)

#: The sign of each kind in a history.
SIGNS = {
    "person": ("pencil-outline", "muted"),
    "dose": ("needle", "brand"),
    "screening": ("clipboard-check-outline", "brand"),
    "reaction": ("alert-outline", "warn"),
    "observation": ("clock-outline", "good"),
    "visit": ("door", "muted"),
    "same_person": ("call-split", "muted"),
    "void": ("undo-variant", "warn"),
}


def by_words(by: Writer) -> str:
    """Máy này ghi lúc 08:14 15/04."""
    key = "recorded.mine" if by.mine else "recorded.theirs"
    return words.t(key, place=by.place, when=words.moment(by.at))


def happening_sign(found: Happening) -> Sign:
    """What happened, in a line, with its icon."""
    icon, tone = SIGNS[found.kind]
    said = _headline(found)
    if found.withdrawn:
        return Sign(words.t("recorded.withdrawn", what=said), "undo-variant", "muted")
    if found.kind == "person" and not found.edit:
        icon = "account-plus-outline"
    return Sign(said, icon, tone)


def field_pairs(phone: Phone, kind: str, body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, words) of the fields that a reader of this phone may see, in the order of the form."""
    shown = []
    for name, declared in KINDS[kind].schema.record_fields().items():
        hidden = name in NEVER_LISTED or isinstance(declared, Lines) or not may_read(phone, name)
        if name not in body or hidden:
            continue
        said = value_words(phone, kind, name, body[name])
        if name == "birth_date":
            said = birth_words(body[name], body.get("birth_precision"))
        shown.append((words.label(kind, name), said))
    return shown


def birth_words(birth_date: str, precision: str | None) -> str:
    """As much of a birth date as is known: 15/04/1990, 04/1990 or 1990."""
    year, month, _ = birth_date.split("-")
    known = {"year": year, "month": f"{month}/{year}"}
    return known.get(precision or "day") or shown_value("person", "birth_date", birth_date)


def may_read(phone: Phone, field: str) -> bool:
    """Whether this worker may see a field."""
    return field not in SCREENERS_ONLY or may_see(phone.me.role, "screening")


def value_words(phone: Phone, kind: str, field: str, value: Any) -> str:
    """A recorded value in words; codes of lists that are data by their list, other things by their names."""
    declared = KINDS[kind].schema.record_fields().get(field)
    if value in (None, "", []):
        return "–"
    if isinstance(declared, Ref):
        return _name_of(phone, field, str(value))
    if isinstance(value, bool):
        return words.t("form.yes" if value else "form.no")
    if isinstance(value, str) and not isinstance(declared, Choice | Many):
        options = dict(asked(kind, field, words.lang).options) if declared is not None else {}
        return options.get(value) or _reason(value) or shown_value(kind, field, value)
    return shown_value(kind, field, value)


def _headline(found: Happening) -> str:
    if found.kind == "dose":
        return words.option("dose", "dose_type", found.body["dose_type"])
    if found.kind == "visit" and "outcome" in found.body:
        return words.t("recorded.visited", outcome=small(outcome_name(found.body["outcome"])))
    if found.kind == "person" and found.edit:
        names = [small(words.label("person", name)) for name in found.body if name not in NEVER_LISTED]
        return words.t("recorded.edited", fields=", ".join(names))
    if found.kind == "person":
        return words.t("recorded.registered")
    tells = {
        "screening": "outcome",
        "observation": "result",
        "reaction": "severity",
        "same_person": "verdict",
        "void": "reason",
    }
    kind = KINDS[found.kind].label(words.lang)
    if field := tells.get(found.kind):
        return f"{kind}: {small(words.option(found.kind, field, found.body[field]))}"
    return kind


def _name_of(phone: Phone, field: str, value: str) -> str:
    if field == "household":
        home = registers.household(phone.store, value)
        if home is None:
            return words.t("recorded.unknown_home")
        return f"{home.row.head_name} · {places.name(phone.store, home.row.village_id)}"
    if field == "lot":
        lot = stock.lot(phone.store, value)
        return lot.lot_number if lot else "–"
    return places.name(phone.store, value)


def _reason(code: str) -> str:
    for group in REASON_GROUPS:
        if found := reasons(group).get(code):
            return found.label_en if words.lang == "en" else found.label_vi
    return ""
