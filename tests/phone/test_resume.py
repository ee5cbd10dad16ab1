"""Every form's draft leads back to that form, with what stood on it (L13)."""

from datetime import date

import pytest

from mobile.screens.resume import resume
from mobile.store import stock, transfers
from tests.mobile.phones import LOT, STATION, VILLAGE
from tests.phone.goods import AZ_LATER, FRIDGE, INCOMING, OTHER_STATION, OUTGOING
from tests.phone.village import CHILD, HOME, MOTHER, URGENT

pytestmark = pytest.mark.phone


def session(phone):
    body = {"session_type": "fixed", "lots": [{"lot": LOT, "vials_taken": 2}]}
    return phone.app.phone.store.record("session", place=STATION, body=body).subject


def visit(phone):
    body = {"visit_type": "door_to_door", "outcomes": [{"person": MOTHER, "outcome": "reviewed"}]}
    return phone.app.phone.store.record("visit", subject=HOME, place=VILLAGE, body=body).id


def holding(phone):
    return next(h.id for h in stock.holdings(phone.app.phone.store, STATION) if h.lot.id == AZ_LATER)


#: (screen, what it is opened with) of every form, with every kind of thing its key can name.
FORMS = {
    "visit": ("visit", lambda phone: {"household": HOME}),
    "household": ("household_form", lambda phone: {"household": HOME}),
    "a new household": ("household_form", lambda phone: {"village": VILLAGE}),
    "person": ("person_form", lambda phone: {"person": CHILD}),
    "a new person": ("person_form", lambda phone: {"household": HOME}),
    "move": ("move", lambda phone: {"household": HOME, "people": [CHILD]}),
    "person_change": ("person_change", lambda phone: {"person": MOTHER, "what": "deceased"}),
    "same_person": ("same_person", lambda phone: {"one": MOTHER, "other": CHILD}),
    "withdraw": ("withdraw", lambda phone: {"entry": visit(phone)}),
    "session": ("session_form", lambda phone: {}),
    "a session's change": ("session_form", lambda phone: {"session": session(phone)}),
    "screening": ("screening", lambda phone: {"session": session(phone), "person": MOTHER}),
    "dose": ("dose", lambda phone: {"session": session(phone), "person": MOTHER}),
    "close": ("session_close", lambda phone: {"session": session(phone)}),
    "reaction": ("reaction_form", lambda phone: {"person": MOTHER}),
    "count": ("count", lambda phone: {"site": STATION}),
    "receive": ("stock_receive", lambda phone: {"site": STATION}),
    "stock": (
        "stock_action",
        lambda phone: {"site": STATION, "holding": holding(phone), "action": "discard"},
    ),
    "dispatch": ("dispatch", lambda phone: {"site": STATION, "transfer": OUTGOING}),
    "a dispatch without an order": (
        "dispatch",
        lambda phone: {"site": STATION, "destination": OTHER_STATION},
    ),
    "receipt": ("receipt", lambda phone: {"site": STATION, "transfer": INCOMING}),
    "a new piece": ("equipment_form", lambda phone: {"site": STATION}),
    "equipment": ("equipment_form", lambda phone: {"site": STATION, "equipment": FRIDGE}),
    "message": ("message", lambda phone: {"message": URGENT}),
    "tell": ("tell", lambda phone: {"kind": "proposal"}),
    "report": ("report", lambda phone: {"day": date(2022, 4, 15).isoformat()}),
}


def held(screen):
    """What stands on a form, as it keeps it."""
    for name in ("sheet", "data", "typed"):
        if hasattr(screen, name):
            return dict(getattr(getattr(screen, name), "data", getattr(screen, name)))
    return screen._draft() if hasattr(screen, "_draft") else dict(screen.form.values)


@pytest.fixture(scope="module")
def phone(tmp_path_factory):
    from shared.clock import FixedClock
    from tests.mobile.phones import TODAY
    from tests.phone.harness import Harness
    from tests.phone.village import set_up

    home, clock = tmp_path_factory.mktemp("phone"), FixedClock(TODAY)
    set_up(home, "station", clock, stocked=True)
    harness = Harness(home, clock)
    harness.app.phone.settings.automatic = False
    harness.pad("246810")
    yield harness
    harness.close()


def test_every_form_is_among_these(phone):
    from mobile.screens.base import SCREENS
    from mobile.screens.filling import FormScreen

    forms = {name for name, screen in SCREENS.items() if issubclass(screen, FormScreen)}
    assert {screen for screen, _ in FORMS.values()} == forms


@pytest.mark.proves("L13")
@pytest.mark.parametrize("form", FORMS)
def test_a_draft_leads_back_to_its_form(phone, form):
    name, params = FORMS[form]
    nav, store = phone.app.stage, phone.app.phone.store
    screen = nav.go(name, **params(phone))
    phone.at(name)
    key, kept = screen.key, held(screen)
    store.save_draft(key, screen.kind, kept)
    nav.back()
    opened, given = resume(phone.app.phone, key)
    again = nav.go(opened, **given)
    phone.settle(0.1)
    phone.at(name)
    assert (again.key, again.kept()) == (key, kept)
    assert held(again) == kept
    if name != "message":  # an answer begun stands in the message itself
        assert phone.says("Viết lại từ đầu")
    store.drop_draft(key)
    nav.back()


def test_a_paper_that_puts_another_right_is_found_by_its_transfer(phone):
    store = phone.app.phone.store
    wrong = next(paper for paper in transfers.documents(store, INCOMING) if paper.kind == "dispatch")
    assert resume(phone.app.phone, f"dispatch:{wrong.id}") == (
        "dispatch",
        {"site": STATION, "transfer": INCOMING, "corrects": wrong.id},
    )


@pytest.mark.parametrize("key", ["person:gone", "receipt:gone", "nothing:like:it"])
def test_a_draft_about_something_gone_leads_nowhere(phone, key):
    assert resume(phone.app.phone, key) is None
