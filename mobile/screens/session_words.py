"""How sessions are put in words, the same on every screen."""

from __future__ import annotations

from datetime import date

from mobile.store import places
from mobile.store.sessions import SessionRow
from mobile.store.store import Store
from mobile.words import words


def session_title(store: Store, held: SessionRow) -> str:
    """The point of a session, else the unit that holds it."""
    return held.point_name or places.name(store, held.site_id)


def join_title(store: Store, held: SessionRow) -> str:
    """Vào buổi tiêm: Nhà văn hóa bản Pa Kéo."""
    return words.t("session.join", point=session_title(store, held))


def join_line(held: SessionRow, today: date) -> str:
    """Who opened it and how far it is; of a session of another day, that it was not ended."""
    if held.held_on != today:
        return words.t("session.not_ended", day=words.day(held.held_on), doses=words.number(held.doses))
    key = "session.opened_here" if held.opened_here else "session.opened_elsewhere"
    return words.t(key, doses=words.number(held.doses))


def doses_line(held: SessionRow) -> str:
    """12 mũi, or how many of them were recorded on another phone."""
    if held.mine == held.doses:
        return words.counted("session.doses", held.doses)
    return words.t(
        "session.doses_of_phones",
        doses=words.number(held.doses),
        here=words.number(held.mine),
        elsewhere=words.number(held.doses - held.mine),
    )
