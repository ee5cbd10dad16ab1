"""A session from its opening to its end: screenings, doses, who waits, who joined from another phone."""

from __future__ import annotations

from typing import Any

from mobile.store import sessions
from tests.mobile.phones import LOT, PIN, STATION
from tests.phone.village import CHILD, FATHER, GRANDMOTHER, MOTHER
from tests.phone.walks import Walk


def a_session(pictures: Any) -> None:
    """The whole form, what is asked before a dose, doses that need a second look, and the details."""
    phone = pictures.phone
    phone.pad(PIN)
    screen = pictures.go("session_form")
    screen.data |= {"session_type": "mobile", "point_name": "Nhà văn hóa Bản Nậm Củm – Huổi Luông 2"}
    screen.data |= {
        "vehicle": "Xe máy 25-B1 004.17",
        "cold_box": "Phích 2",
        "team": ["Nguyễn Thị Hoàng Phương Quỳnh Như"],
    }
    screen.data["taken"] = {LOT: 2}
    screen.data["fefo"] = {LOT: "other"}
    screen.keep(screen.data)
    screen.go_back()
    pictures.go("session_form")
    pictures.take("session-form-team", "session_form")
    phone.screen.lots._note.text = "Lô hạn ngắn đã để dành cho trường"
    phone.touch(phone.id("main"))
    session = phone.at("session").session
    screening(pictures, session)
    doses(pictures, session)
    pictures.start()
    pictures.go("session", session=session).show_tab("watched")
    pictures.take("session-watched", "session")
    phone.screen.show_tab("done")
    pictures.take("session-done", "session")
    pictures.see("session_details", session=session)
    phone.touch(phone.screen.main)
    pictures.take("session-form-change", "session_form")
    pictures.start()
    pictures.go("session_close", session=session)
    pictures.take("session-close-observed", "session_close")
    pictures.start()
    pictures.go("session_form")
    pictures.take("session-form-join", "session_form")
    pictures.start()
    ended(pictures, session)


def ended(pictures: Any, session: str) -> None:
    """The end, and a dose that another phone recorded after it."""
    phone, store = pictures.phone, pictures.phone.app.phone.store
    phone.app.phone.clock.advance(minutes=31)
    pictures.go("session", session=session)
    phone.press_id("main")
    phone.press_id("main")
    body = {"vaccine": "PFZ_ADULT", "dose_type": "primary_1", "screening": "eligible", "lot": LOT}
    store.record("dose", subject=GRANDMOTHER, place=STATION, body=body | {"session": session})
    pictures.go("session", session=session)
    pictures.take("session-ended", "session")
    phone.press_id("main")
    pictures.take("session-close-again", "session_close")


def screening(pictures: Any, session: str) -> None:
    """Nobody asked yet, a child's parent, two exceptions, a deferral until a day that is typed."""
    phone = pictures.phone
    pictures.see("screening", session=session, person=MOTHER)
    screen = pictures.go("screening", session=session, person=CHILD)
    screen.answer("allergy")
    pictures.take("screening-caution", "screening")
    screen.answer("acute_illness")
    screen.answer("allergy")
    screen.ids.page.scroll_y = 0
    phone.settle(0.1)
    pictures.take("screening-because", "screening")
    phone.press_id("main")
    pictures.go("screening", session=session, person=CHILD)
    pictures.take("screening-again", "screening")


def doses(pictures: Any, session: str) -> None:
    """At home against the conclusion, too early, a lot by hand; then one given."""
    phone = pictures.phone
    screen = pictures.go("screening", session=session, person=GRANDMOTHER)
    screen.answer("bleeding_disorder")
    phone.press_id("main")
    phone.at("dose").choose(at_home=True)
    phone.screen.ids.page.scroll_y = 0
    pictures.take("dose-home-barred", "dose")
    pictures.start()
    pictures.go("dose", session=session, person=FATHER).choose(lot="by_hand", vaccine="PFZ_CHILD")
    pictures.take("dose-not-screened", "dose")
    pictures.start()
    pictures.go("session", session=session)
    pictures.go("screening", session=session, person=MOTHER)
    phone.press_id("main")
    phone.at("dose")
    pictures.take("dose", "dose")
    phone.press_id("main")
    pictures.take("session-given", "session")
    assert sessions.under_way(phone.app.phone.store, STATION)


WALKS = [Walk("station", a_session)]
