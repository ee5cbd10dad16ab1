"""The daily report: blank cells, a correction with its reason, sent, asked about."""

from __future__ import annotations

from typing import Any

from tests.mobile.phones import PIN, TODAY
from tests.phone.walks import Walk


def a_days_report(pictures: Any) -> None:
    """From the list of days to a report that was sent."""
    phone = pictures.phone
    phone.pad(PIN)
    pictures.see("reports")
    screen = pictures.see("report", day=TODAY.isoformat())
    first = next(iter(screen.steppers.values()))
    first.put(3)
    phone.touch(first.ids.number.__self__)
    pictures.take("report-pad", "report")
    phone.touch(screen.done)
    for stepper in screen.steppers.values():
        stepper.put(stepper.value or 0)
    pictures.take("report-filled", "report")
    phone.touch(screen.main)
    pictures.take("reports-sent", "reports")
    pictures.go("report", day=TODAY.isoformat())
    pictures.take("report-sent", "report")


WALKS = [Walk("station", a_days_report, {"stocked": True})]
