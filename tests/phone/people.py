"""What the tests of people's screens share."""

from __future__ import annotations

from typing import Any

from mobile.store import history
from mobile.store.store import Store
from tests.mobile.phones import raw_entry


def store_of(phone: Any) -> Store:
    """The phone's open store."""
    store: Store = phone.app.phone.store
    return store


def go(phone: Any, name: str, **params: Any) -> Any:
    """Open a screen."""
    phone.app.stage.go(name, **params)
    phone.settle()
    return phone.at(name)


def undo(phone: Any) -> None:
    """The mark on the bar, that stays for a minute."""
    phone.app.stage.undo()
    phone.settle()


def lock_and_unlock(phone: Any) -> None:
    """Everything that was not kept is gone."""
    phone.app.phone.lock()
    phone.pad("246810")


def edit_of(phone: Any, person: str, body: dict[str, Any]) -> dict[str, Any]:
    """An edit by somebody who has seen the person's first entry only."""
    first = next(each for each in history.history(store_of(phone), person, 50) if each.kind == "person")
    return raw_entry("person", body, subject=person, based_on=[first.id])
