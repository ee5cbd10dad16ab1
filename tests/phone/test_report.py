"""The daily report: counted, filled in by thumb, corrected with a reason, taken up again after the app was left."""

from __future__ import annotations

from typing import Any

import pytest

from mobile.store import report_counts, reports
from tests.mobile.phones import STATION, TODAY
from tests.phone.village import FATHER, MOTHER

pytestmark = pytest.mark.phone

DAY = TODAY.isoformat()


@pytest.fixture
def phone(open_phone: Any) -> Any:
    harness = open_phone("station", stocked=True)
    store = harness.app.phone.store
    held = store.record("session", place=STATION, body={"session_type": "fixed"})
    for person in (MOTHER, FATHER):
        body = {
            "session": held.subject,
            "vaccine": "PFZ_ADULT",
            "dose_type": "booster_1",
            "screening": "eligible",
            "lot_number": "FN1234",
        }
        store.record("dose", subject=person, place=STATION, body=body)
    return harness


def sent_cells(phone: Any) -> dict[str, Any]:
    store = phone.app.phone.store
    unit, layout = report_counts.unit_of(store), reports.layout_of(store)
    found = reports.sent_report(store, layout, unit.id, reports.period_of("day", TODAY))
    assert found is not None
    return found.rows[-1].cells


def cell(phone: Any, indicator: str) -> Any:
    [key] = [key for key in phone.screen.steppers if key.endswith(f"|{indicator}")]
    return phone.screen.steppers[key]


def fill_blanks(phone: Any) -> int:
    """Press the main action as long as it leads to a blank, and answer 0 each time."""
    filled = 0
    while phone.screen.filled.missing(phone.screen.layout):
        phone.touch(phone.screen.main)
        phone.pad("0")
        phone.touch(phone.screen.done)
        filled += 1
    return filled


@pytest.mark.proves("R001", "L13", "R085")
def test_blanks_are_filled_in_one_after_the_other_and_the_report_goes_out(phone):
    phone.app.stage.start("home")
    phone.wait_for(lambda: phone.says("Báo cáo hôm nay chưa gửi"))
    phone.settle()
    phone.app.stage.go("reports")
    phone.touch(phone.screen.main)
    phone.at("report")
    assert cell(phone, "doses.booster_1").value == 2
    assert phone.says("2")
    assert cell(phone, "reactions_severe").value is None
    assert not phone.says("Gửi báo cáo")
    assert fill_blanks(phone) > 0

    called = cell(phone, "people_called")
    phone.touch(called.ids.number.__self__)
    phone.pad("1")
    phone.touch(phone.screen.done)
    assert phone.says("nhiều hơn số đối tượng")
    phone.touch(called.ids.number.__self__)
    phone.pad("3")
    phone.touch(phone.screen.done)
    assert not phone.says("nhiều hơn số đối tượng")
    phone.touch(phone.screen.main)  # 3 beside 2 counted: it asks why
    phone.at("report")
    [line] = [w for w in phone.every() if type(w).__name__ == "CellLine" and w.asks_why]
    phone.type(line.why, "Mootj nguowif ddeens roofi veef")
    phone.put_down()
    phone.touch(phone.screen.main)
    phone.at("reports")
    assert phone.says("chờ sóng để gửi")
    cells = sent_cells(phone)
    assert (cells["people_called"].value, cells["people_called"].counted) == (3, 2)
    assert cells["people_called"].reason == "Một người đến rồi về"
    assert cells["doses.booster_1"].value == 2
    assert cells["reactions_severe"].value == 0
    assert phone.app.phone.store.draft(f"report:{DAY}") is None
    phone.app.stage.start("home")
    phone.wait_for(lambda: phone.says("Tin từ tuyến trên"))
    assert not phone.says("Báo cáo hôm nay chưa gửi")


def test_what_was_typed_stands_after_the_app_was_left(phone):
    phone.app.stage.go("report", day=DAY)
    phone.touch(cell(phone, "people_refused").ids.number.__self__)
    phone.pad("4")
    phone.touch(phone.screen.done)
    phone.app.stage.start("home")
    phone.app.stage.go("report", day=DAY)
    assert cell(phone, "people_refused").value == 4
    assert phone.says("Còn bản đang viết dở")


def test_nobody_says_that_nothing_was_held_on_a_day_with_doses(phone):
    phone.app.stage.go("report", day=DAY)
    phone.press("Hôm nay không tổ chức tiêm")
    assert not phone.screen.filled.nothing_held
    assert cell(phone, "reactions_severe").value is None


def test_a_day_without_doses_is_one_tap(open_phone):
    phone = open_phone("station")
    phone.app.stage.go("report", day=DAY)
    phone.press("Hôm nay không tổ chức tiêm")
    phone.touch(phone.screen.main)
    assert {each.value for each in sent_cells(phone).values()} == {0}


def test_a_village_worker_has_no_reports(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("messages")
    assert not phone.says("Báo cáo ngày")
