"""Which screen goes on with a draft: read from the draft's key, of which every form has its own."""

from __future__ import annotations

from collections.abc import Callable

from mobile.phone import Phone
from mobile.store import drafts

#: A screen's name and what it is opened with.
Opening = tuple[str, dict[str, str]]


def resume(phone: Phone, key: str) -> Opening | None:
    """The screen that shows the draft of a key again; None when what it is about is not on this phone (any more)."""
    form, _, rest = key.partition(":")
    return FORMS[form](phone, rest) if form in FORMS else None


def _names(screen: str, *params: str) -> Callable[[Phone, str], Opening]:
    """A form whose key carries what its screen is opened with, in this order."""
    return lambda _, rest: (screen, dict(zip(params, rest.split(":", len(params) - 1), strict=False)))


def _at_my_site(screen: str, *params: str) -> Callable[[Phone, str], Opening]:
    """The same, for a form of this phone's own site."""

    def opening(phone: Phone, rest: str) -> Opening:
        name, given = _names(screen, *params)(phone, rest)
        return name, given | {"site": phone.me.site or ""}

    return opening


def _one_or_new(screen: str, one: str, within: str) -> Callable[[Phone, str], Opening | None]:
    """A form that changes the `one` thing of the key, or adds one to the thing it stands `within`."""

    def opening(phone: Phone, rest: str) -> Opening | None:
        found = drafts.about(phone.store.database, rest)
        return (screen, {one if found == one else within: rest}) if found else None

    return opening


def _equipment(phone: Phone, rest: str) -> Opening:
    given = {"equipment": rest} if drafts.about(phone.store.database, rest) == "equipment" else {}
    return "equipment_form", {"site": phone.me.site or ""} | given


def _paper(screen: str) -> Callable[[Phone, str], Opening | None]:
    """A paper of a transfer; its key names the transfer, the place it goes to, or the paper it puts right."""

    def opening(phone: Phone, rest: str) -> Opening | None:
        database, site = phone.store.database, phone.me.site or ""
        found = drafts.about(database, rest)
        if found == "document":
            given = {"transfer": drafts.transfer_of(database, rest), "corrects": rest}
        elif found in ("transfer", "place"):
            given = {"transfer" if found == "transfer" else "destination": rest}
        else:
            return None
        return screen, {"site": site} | given

    return opening


#: By the word before the colon of a key.
FORMS: dict[str, Callable[[Phone, str], Opening | None]] = {
    "visit": _names("visit", "household", "met"),
    "household": _one_or_new("household_form", "household", "village"),
    "person": _one_or_new("person_form", "person", "household"),
    "session": _names("session_form", "site"),
    "session_edit": _names("session_form", "session"),
    "screening": _names("screening", "session", "person"),
    "dose": _names("dose", "session", "person"),
    "close": _names("session_close", "session"),
    "move": _names("move", "household"),
    "person_change": _names("person_change", "person", "what"),
    "same_person": _names("same_person", "one", "other"),
    "withdraw": _names("withdraw", "entry"),
    "report": _names("report", "day"),
    "count": _names("count", "site"),
    "receive": _names("stock_receive", "site"),
    "stock": _at_my_site("stock_action", "action", "holding"),
    "dispatch": _paper("dispatch"),
    "receipt": _paper("receipt"),
    "equipment": _equipment,
    "message": _names("message", "message"),
    "tell": _names("tell", "kind"),
    "reaction": _names("reaction_form", "person", "dose", "reaction"),
}
