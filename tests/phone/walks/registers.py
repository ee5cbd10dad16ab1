"""The register: a person who looks like another, a card, changes, moves, conflicts, history, a withdrawal."""

from __future__ import annotations

from typing import Any

from mobile.store import history, registers
from tests.mobile.phones import PIN, VILLAGE, person_body, raw_entry, tell
from tests.phone.village import CHILD, FATHER, GRANDMOTHER, HOME, LONG_NAME, MOTHER, OTHER_HOME
from tests.phone.walks import Walk

CARD = f"012186004321|045123456|{LONG_NAME}|02031987|Nữ|Bản Nậm Củm – Huổi Luông 2, Mộc Châu|01012021"


def a_new_person(pictures: Any) -> None:
    """Somebody who may be on the register already; a card that says otherwise than the form."""
    phone = pictures.phone
    screen = pictures.go("person_form", household=OTHER_HOME)
    screen.form.fill(
        {"full_name": LONG_NAME, "birth_date": "1986-01-01", "birth_precision": "year", "sex": "female"}
    )
    screen.form.put("relation", "Con dâu")
    phone.settle(0.1)
    screen.ids.page.scroll_to(screen.alike, animate=False)
    pictures.take("person-form-alike", "person_form")
    screen.ids.page.scroll_y = 1
    screen.card.open(CARD)
    phone.settle(0.1)
    pictures.take("person-form-card", "person_form")
    screen.card.field.text = "012186004321"
    phone.settle(0.1)
    pictures.take("person-form-card-not-read", "person_form")
    phone.leave_form()
    screen = pictures.go("person_form", household=HOME)
    screen.form.fill(
        {"full_name": "Lò Văn Tý", "birth_date": "2015-01-01", "birth_precision": "year", "id_kind": "none"}
    )
    screen._offer()
    phone.settle(0.1)
    pictures.take("person-form-child", "person_form")
    phone.leave_form()


def changes(pictures: Any) -> None:
    """Who is away, back, or cannot come; who moves."""
    phone = pictures.phone
    pictures.see("person", person=FATHER)
    pictures.see("person_change", person=FATHER, what="absent")
    phone.choose("other")
    pictures.take("person-change-day", "person_change")
    phone.press_id("main")
    pictures.take("person-change-missing", "person_change")
    phone.leave_form()
    pictures.go("person_change", person=FATHER, what="cannot_come")
    pictures.take("person-change-cannot-come", "person_change")
    phone.leave_form()
    phone.app.phone.store.edit("person", FATHER, {"residence": "absent", "residence_since": "2022-04-01"})
    pictures.go("person_change", person=FATHER, what="back")
    pictures.take("person-change-back", "person_change")
    pictures.start()
    pictures.see("household", household=HOME)
    phone.choose("move")
    pictures.take("move-family", "move")
    pictures.see("pick_household", but_for=HOME, take=phone.screen.take)
    phone.screen.pick(OTHER_HOME)
    pictures.take("move-known", "move")
    phone.press_id("main")
    pictures.take("household-moved", "household")
    phone.app.stage.undo()
    phone.leave_form()
    pictures.go("move", household=HOME, people=[FATHER, CHILD], to="new")
    pictures.take("move-split", "move")
    pictures.start()


def what_happened(pictures: Any) -> None:
    """Two numbers for one person, the history, a dose of the wrong person."""
    phone, store = pictures.phone, pictures.phone.app.phone.store
    first = next(each for each in history.history(store, MOTHER) if each.kind == "person")
    told = raw_entry("person", {"phone": "+84987654321"}, subject=MOTHER, based_on=[first.id])
    store.edit(
        "person",
        MOTHER,
        {"phone": "+84912345678", "cannot_come": "far", "vulnerable": ["pregnant", "minority"]},
    )
    tell(store, told)
    pictures.go("person", person=MOTHER)
    pictures.take("person-conflict", "person")
    dose = registers.person(store, MOTHER).doses[0]
    pictures.see("entry", entry=dose.id)
    pictures.go("withdraw", entry=dose.id)
    pictures.take("withdraw", "withdraw")
    phone.choose("wrong_person")
    phone.press_id("main")
    pictures.take("entry-withdrawn", "entry")
    phone.screen.go_back()
    pictures.see("person_history", person=MOTHER)
    pictures.start()
    pictures.go("person", person=GRANDMOTHER)
    pictures.take("person-cannot-come", "person")
    pictures.start()
    pictures.go("household_form", household=HOME)
    phone.screen._found({"lat_e6": 22395800, "lon_e6": 103454300, "accuracy_m": 85})
    phone.screen.ids.page.scroll_y = 0
    pictures.take("household-form-position", "household_form")
    phone.leave_form()
    pictures.start()


def two_records(pictures: Any) -> None:
    """One woman written down twice."""
    phone = pictures.phone
    body = person_body(OTHER_HOME, LONG_NAME, "1986-01-01", birth_precision="year", phone="+84912345678")
    twin = phone.app.phone.store.record("person", place=VILLAGE, body=body).subject
    pictures.go("person", person=MOTHER)
    pictures.take("person-twice", "person")
    screen = pictures.see("same_person", one=MOTHER, other=twin)
    phone.choose("same", screen.form.fields["verdict"])
    screen.ids.page.scroll_to(screen.keeps, animate=False)
    pictures.take("same-person-verdict", "same_person")
    phone.press_id("main")
    phone.at("person")
    pictures.go("person", person=twin)
    pictures.take("person-merged", "person")
    pictures.start()


def the_register(pictures: Any) -> None:
    """Everything above, on a station's phone."""
    pictures.phone.pad(PIN)
    a_new_person(pictures)
    pictures.start()
    changes(pictures)
    what_happened(pictures)
    two_records(pictures)


WALKS = [Walk("station", the_register)]
