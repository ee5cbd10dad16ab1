"""How many touches and keys a day's work takes, counted on the real app, against the guide and against paper.

Every touch counts one and so does every key, from the home screen until the record is saved; a slide of the page does
not, as turning a sheet does not count on paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from mobile.store import observations, registers
from shared.reference.tables import rows
from tests.mobile.phones import LOT, OTHER_VILLAGE, STATION, VILLAGE, person_body
from tests.phone.goods import AZ_LATER
from tests.phone.village import CHILD_LOT, HOME, LONG_NAME, MOTHER, OLD_LOT

pytestmark = pytest.mark.phone

GUIDE = Path(__file__).parents[2] / "docs" / "village-worker.md"
PEOPLE, LOTS = 5, 8


def stand_on_home(phone) -> None:
    """The home screen as it stands once the attempt to sync is over: nothing moves under the thumb."""
    phone.wait_for(lambda: not phone.app.phone.syncing, 60)
    phone.app.stage.start("home")
    phone.settle()


@contextmanager
def counting(phone) -> Iterator[SimpleNamespace]:
    """Counts touches and keys of the harness."""
    made = SimpleNamespace(hands=0)
    touch, write = phone.touch, phone.type

    def touched(widget):
        made.hands += 1
        touch(widget)

    def typed(field, text):
        made.hands += len(text)
        write(field, text)

    phone.touch, phone.type = touched, typed
    yield made
    phone.touch, phone.type = touch, write


def stated(work: str) -> tuple[int, int]:
    """(on the phone, on paper) of the guide's table."""
    found = re.search(
        rf"^\| {work}[^|]*\| (\d+) \| (\d+) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert found, f"the guide does not state {work!r}"
    return int(found[1]), int(found[2])


def assert_as_stated(work: str, hands: int, paper: int) -> None:
    on_phone, on_paper = stated(work)
    assert hands <= on_phone, f"{work}: {hands} touches and keys"
    assert on_paper == paper
    assert on_phone < on_paper


def test_a_visit_to_a_known_household_of_five_with_one_refusal(open_phone):
    """Paper: a list of the household has a line for each person (name, year of birth, sex, outcome), one reason, and at
    its head the household, the village, the day and who came: 4 × 5 + 1 + 4 = 25 fields.
    """
    phone = open_phone("village_health_worker")
    store = phone.app.phone.store
    store.record("person", place=VILLAGE, body=person_body(HOME, "Lò Văn Bé", "2021-01-05"))
    stand_on_home(phone)
    with counting(phone) as made:
        phone.press("Xóm Suối")
        phone.press(LONG_NAME, "RecycledRow")
        phone.press("Ghi lần thăm")
        screen = phone.at("visit")
        phone.touch(screen.together)
        phone.choose("reviewed")
        phone.choose("refused")
        phone.choose("side_effects")
        phone.choose("reviewed")
        phone.choose("agree")
        phone.touch(screen.main)
    phone.at("household")
    assert phone.says("Đã ghi lần thăm")
    [visit] = registers.household(store, HOME).visits
    assert sorted(line["outcome"] for line in visit.outcomes) == ["refused", *["reviewed"] * (PEOPLE - 1)]
    assert_as_stated("Thăm hộ", made.hands, 4 * PEOPLE + 1 + 4)


def test_a_follow_up_dose(open_phone):
    """Paper: the screening form of the ministry (3802/QĐ-BYT) alone; the certificate and the register come on top."""
    phone = open_phone()
    store = phone.app.phone.store
    body = {
        "session_type": "fixed",
        "villages": [VILLAGE, OTHER_VILLAGE],
        "lots": [{"lot": OLD_LOT, "vials_taken": 2}],
    }
    session = store.record("session", place=STATION, body=body).subject
    stand_on_home(phone)
    with counting(phone) as made:
        phone.press_id("main")
        phone.at("session")
        phone.type(phone.id("search"), "quynh")
        phone.press(LONG_NAME, "RecycledRow")
        phone.at("screening")
        phone.press_id("main")
        phone.at("dose")
        phone.press_id("main")
    phone.at("session")
    assert phone.says("Đã ghi Mũi 3 cho")
    assert registers.person(store, MOTHER).doses[0].dose_type == "booster_1"
    assert [(seen.person, seen.still) for seen in observations.watched(store, session)] == [(MOTHER, True)]
    forms = rows("report_forms.csv")
    paper = sum(1 for row in forms if row["form_code"] == "SCREENING_3802")
    assert_as_stated("Mũi tiêm tiếp theo", made.hands, paper)


def test_a_count_of_eight_lots(open_phone):
    """Paper: a line a lot (item, lot number, expiry, vials found), and at the head the site, the day and who counted:
    4 × 8 + 3 = 35 fields. One of the eight differs from the book.
    """
    phone = open_phone(stocked=True)
    store = phone.app.phone.store
    for lot in (LOT, CHILD_LOT):
        body = {"state": "thawed", "thawed_on": "2022-04-10", "vials": 3, "reason": "received"}
        store.record("stock_movement", subject=lot, place=STATION, body=body)
    stand_on_home(phone)
    with counting(phone) as made:
        phone.press("Tồn kho và kiểm kê")
        phone.press("Kiểm kê")
        screen = phone.at("count")
        cards = list(screen.cards.values())
        assert len(cards) == LOTS
        for card in cards[1:]:
            phone.touch(card.stepper.ids.more.__self__)
        phone.touch(cards[0].stepper.ids.number.__self__)
        phone.pad("12")
        phone.touch(screen.done)
        phone.touch(screen.main)
    phone.at("stock")
    assert phone.says(f"Đã đếm {LOTS}/{LOTS} lô")
    lines = store.entries_of(STATION)[0].body["lines"]
    assert sum(line.get("vials") is not None for line in lines) == LOTS
    assert AZ_LATER in {line["lot"] for line in lines}
    assert_as_stated("Kiểm kê tám lô", made.hands, 4 * LOTS + 3)
