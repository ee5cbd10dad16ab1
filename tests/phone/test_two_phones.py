"""Two phones of one station record into one session, each out of reach of the other, and agree after a sync."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mobile.store import sessions, stock
from mobile.store.closing import Closing
from shared.clock import FixedClock
from shared.identifiers import named_id
from tests.mobile.phones import projections
from tests.phone.sessions import open_row
from tests.sync.conftest import _seeded, world  # noqa: F401  a real server
from tests.sync.world import LOT, PIN, STATION, TODAY, VILLAGES, World

pytestmark = [pytest.mark.phone, pytest.mark.slow]


def person(house: int, member: int) -> str:
    return named_id("person", named_id("house", VILLAGES[0], str(house)), str(member))


def dose(store: Any, session: str, who: str, day: date = TODAY) -> str:
    body = {"vaccine": "PFZ_ADULT", "dose_type": "booster_1", "screening": "eligible", "lot": LOT}
    entry = store.record(
        "dose", subject=who, place=STATION, body=body | {"session": session}, occurred_on=day
    )
    return str(entry.id)


def synced(phone: Any) -> None:
    """A sync of the phone in the hand, to its end."""
    phone.app.phone.result = None
    phone.app.phone.sync()
    result = phone.wait_for(lambda: phone.app.phone.result)
    assert not result.faults, result
    phone.settle()


def balance(store: Any) -> dict[str, tuple[int, int | None]]:
    return {h.state: (h.vials, h.doses) for h in stock.holdings(store, STATION)}


@pytest.fixture
def hands(world: World, tmp_path: Path, clock: FixedClock) -> Any:  # noqa: F811
    """(the phone in the hand, the other phone's store, its client): both of the station, after a first sync."""
    from tests.phone.harness import Harness

    mine, _ = world.phone(tmp_path / "mine", "tram", clock=clock)
    mine.close()
    other, client = world.phone(tmp_path / "other", "tram", clock=FixedClock(TODAY))
    body = {"state": "chilled", "vials": 10, "reason": "received"}
    other.record("stock_movement", subject=LOT, place=STATION, body=body)
    assert not client.run().faults
    phone = Harness(tmp_path / "mine", clock)
    phone.pad(PIN)
    phone.at("home")
    phone.wait_for(lambda: phone.app.phone.result)
    yield phone, other, client
    phone.close()
    other.close()


@pytest.mark.proves("R010", "L15")
def test_a_session_opened_on_one_phone_is_joined_on_the_other(hands):
    phone, other, client = hands
    opened = other.record(
        "session", place=STATION, body={"session_type": "fixed", "lots": [{"lot": LOT, "vials_taken": 3}]}
    )
    dose(other, opened.subject, person(0, 0))
    client.run()
    synced(phone)
    phone.app.stage.go("session_form")
    phone.settle()
    assert phone.says("Tổ đã mở buổi này trên máy khác: vào cùng")
    assert phone.says("Tổ đã mở trên máy khác hôm nay · 1 mũi")
    phone.press("Vào buổi tiêm: Trạm y tế Thử", "Row")
    assert phone.at("session").session == opened.subject
    phone.type(phone.id("search"), "lo thi ba")
    assert phone.says("hộ Lò Văn B"), "two people of one name are told apart"
    open_row(phone, person(1, 0))
    phone.press_id("main")
    phone.press("Ghi mũi tiêm")
    phone.at("session")
    assert phone.says("2 mũi (máy này 1, máy khác 1)")
    phone.id("search").clear()
    phone.choose("done")
    assert phone.says("Máy này")
    assert phone.says("Máy khác")
    synced(phone)
    client.run()
    assert sessions.session(other, opened.subject).doses == 2
    assert projections(other)["dose"] == projections(phone.app.phone.store)["dose"]


@pytest.mark.proves("R010", "L7", "L25")
def test_doses_that_come_after_the_end_are_kept_and_the_vials_accounted_for_again(hands, clock):
    phone, other, client = hands
    opened = other.record(
        "session", place=STATION, body={"session_type": "fixed", "lots": [{"lot": LOT, "vials_taken": 3}]}
    )
    client.run()
    synced(phone)
    session, store = opened.subject, phone.app.phone.store
    dose(store, session, person(1, 0))
    clock.advance(minutes=31)
    for number in range(7):  # out of reach, on the other phone
        dose(other, session, person(2 + number // 3, number % 3))
    phone.app.stage.go("session", session=session)
    phone.settle()
    phone.press("Kết thúc buổi tiêm")
    phone.press("Kết thúc buổi tiêm", "MainButton")
    assert sessions.session(store, session).closed
    assert balance(store) == {"chilled": (9, 54)}, "one vial opened: a dose given, five thrown away"
    synced(phone)
    assert not client.run().faults
    assert sessions.session(other, session).closed, "the other phone hears of it, and its doses stand"
    assert sessions.session(other, session).doses == 8
    synced(phone)
    phone.app.stage.go("session", session=session)
    phone.settle()
    assert phone.says("Có 7 mũi được ghi sau khi buổi tiêm kết thúc.")
    phone.press("Kê lại số lọ")
    screen = phone.at("session_close")
    card = screen.cards[0]
    assert [card.ids[part].value for part in ("vials_opened", "vials_returned")] == [2, 1]
    phone.press("Ghi số lọ mới")
    assert balance(store) == {"chilled": (8, 48)}, "two vials opened: eight doses given, four thrown away"
    assert sessions.late(store, session) == {}
    synced(phone)
    client.run()
    assert balance(other) == balance(store)
    assert sessions.late(other, session) == {}
    assert projections(other)["stock_movement"] == projections(store)["stock_movement"]
    line = sessions.session_values(other, session)["lots"][0]
    assert (line["vials_opened"], line["doses_discarded"]) == (2, 4)


@pytest.mark.proves("R010")
def test_a_dose_is_still_recorded_where_another_phone_has_ended_the_session(hands):
    phone, other, client = hands
    opened = other.record("session", place=STATION, body={"session_type": "fixed"})
    client.run()
    synced(phone)
    phone.app.stage.go("session", session=opened.subject)
    other.edit("session", opened.subject, {"closed": True})
    client.run()
    synced(phone)
    assert phone.says("Buổi tiêm đã kết thúc. Máy khác còn ghi thì mũi tiêm vẫn vào đây.")
    phone.type(phone.id("search"), "lo thi ca")
    open_row(phone, person(2, 0))
    phone.press_id("main")
    assert phone.says("Buổi tiêm này đã kết thúc. Mũi tiêm vẫn được ghi")
    phone.press("Ghi mũi tiêm")
    phone.at("session")
    assert sessions.session(phone.app.phone.store, opened.subject).doses == 1
    assert phone.says("Có 1 mũi được ghi sau khi buổi tiêm kết thúc.")


@pytest.mark.proves("R010", "L25")
def test_a_session_ended_on_both_phones_is_accounted_for_once(hands, clock):
    phone, other, client = hands
    opened = other.record(
        "session", place=STATION, body={"session_type": "fixed", "lots": [{"lot": LOT, "vials_taken": 3}]}
    )
    session, store = opened.subject, phone.app.phone.store
    dose(other, session, person(1, 0))
    client.run()
    synced(phone)
    clock.advance(minutes=31)
    phone.app.stage.go("session_close", session=session)  # out of reach of each other, both end it
    phone.press("Kết thúc buổi tiêm", "MainButton")
    closing = Closing(other, session)
    lines = closing.begun()
    lines[0]["doses_discarded"] = closing.left(lines[0])
    closing.close(lines, {}, {}, "a draft")
    synced(phone)
    client.run()
    synced(phone)
    assert balance(store) == balance(other) == {"chilled": (8, 48)}, "both opened the one vial in the book"
    phone.app.stage.go("session", session=session)
    phone.settle()
    assert phone.says("Số lọ đã kê không còn khớp với số mũi đã ghi.")
    phone.press("Kê lại số lọ")
    phone.press("Ghi số lọ mới")
    assert balance(store) == {"chilled": (9, 54)}, "one vial: a dose given, five thrown away"
    assert sessions.late(store, session) == {}
    synced(phone)
    client.run()
    assert balance(other) == balance(store)


@pytest.mark.proves("R010", "L17")
def test_two_ends_with_doses_of_their_own_are_seen_together(hands, clock):
    phone, other, client = hands
    opened = other.record(
        "session", place=STATION, body={"session_type": "fixed", "lots": [{"lot": LOT, "vials_taken": 3}]}
    )
    session, store = opened.subject, phone.app.phone.store
    client.run()
    synced(phone)
    for number in range(8):
        dose(store if number < 3 else other, session, person(1 + number // 3, number % 3))
    clock.advance(minutes=31)
    phone.app.stage.go("session_close", session=session)
    phone.press("Kết thúc buổi tiêm", "MainButton")
    closing = Closing(other, session)
    lines = closing.begun()
    lines[0]["doses_discarded"] = closing.left(lines[0])
    closing.close(lines, {}, {}, "a draft")
    synced(phone)
    client.run()
    synced(phone)
    assert sessions.late(store, session) == {}, "each accounted for its own doses"
    phone.app.stage.go("session", session=session)
    phone.settle()
    assert phone.says("Đã ghi 8 liều, nhiều hơn 1 lọ đã mở có thể cho.")
    phone.press("Kê lại số lọ")
    phone.press("Ghi số lọ mới")
    assert Closing(store, session).doubts() == []
    assert balance(store) == {"chilled": (8, 48)}, "two vials: eight doses given, four thrown away"
