"""Steps of a session by touch."""

from __future__ import annotations

from typing import Any


def open_session(phone: Any, **taken: int) -> str:
    """Open a session from the home screen with so many vials of lots, by their numbers; answers its id."""
    phone.press("Mở buổi tiêm")
    phone.at("session_form")
    for lot, presses in taken.items():
        card = next(w for w in phone.every() if type(w).__name__ == "LotCard" and w.lot == lot)
        for _ in range(presses):
            phone.touch(card.stepper.ids.more.__self__)
    phone.press("Mở buổi tiêm")
    return str(phone.at("session").session)


def find_person(phone: Any, typed: str, name: str) -> None:
    """Search somebody on the session's list and open what comes next for them."""
    phone.id("search").clear()
    phone.type(phone.id("search"), typed)
    phone.press(name, "RecycledRow")


def open_row(phone: Any, key: str) -> None:
    """Touch the row of a long list that stands for something."""
    phone.touch(next(w for w in phone.every() if type(w).__name__ == "RecycledRow" and w.key == key))


def answer_yes(phone: Any, code: str) -> None:
    """Say yes to a question of the screening."""
    row = next(w for w in phone.every() if type(w).__name__ == "AnswerRow" and w.code == code)
    phone.touch(row)


def give(phone: Any, typed: str, name: str) -> None:
    """A dose to somebody healthy: their name, all no, save."""
    find_person(phone, typed, name)
    phone.at("screening")
    phone.press_id("main")
    phone.at("dose")
    phone.press("Ghi mũi tiêm")
    phone.at("session")


def body_of(phone: Any, subject: str, kind: str) -> dict[str, Any]:
    """The body of the newest entry of a kind about somebody."""
    store = phone.app.phone.store
    return next(dict(entry.body) for entry in store.entries_of(subject) if entry.kind == kind)
