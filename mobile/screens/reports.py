"""The unit's daily reports of the last week: which are missing, sent, asked about or accepted."""

from typing import Any

from mobile.screens.describe import Sign
from mobile.screens.page import PageScreen
from mobile.store import report_counts, reports
from mobile.widgets.lists import Row
from mobile.widgets.surfaces import Empty, text
from mobile.words import words
from shared.rules.periods import period_of

#: Days that stand in the list.
DAYS = 7

STATES = {
    "missing": Sign("report.missing", "clipboard-list-outline", "warn"),
    "unsent": Sign("report.unsent", "clock-outline", "muted"),
    "submitted": Sign("report.submitted", "check", "brand"),
    "queried": Sign("report.queried", "alert-outline", "late"),
    "answered": Sign("report.answered", "check", "brand"),
    "accepted": Sign("report.accepted", "check-circle-outline", "good"),
}


class ReportsScreen(PageScreen):
    """A row a day, today first."""

    name = "reports"

    def prepare(self, **_: Any) -> None:
        """Name the screen."""
        self.title = words.t("reports.title")

    def show(self) -> None:
        """Fill the page."""
        page, store = self.ids.page, self.phone.store
        page.clear()
        self.offer(False)
        unit = report_counts.unit_of(store)
        if unit is None:
            page.add(Empty(title=words.t("reports.no_unit"), text=words.t("reports.no_unit_do")))
            return
        layout = reports.layout_of(store)
        page.add(text(unit.name, "heading", bold=True), text(layout.name, "small", "muted"))
        found = reports.days(store, layout, unit.id, DAYS)
        for each in found:
            sign = STATES[each.state]
            row = Row(
                icon=sign.icon,
                icon_tone=sign.tone,
                title=words.t("reports.day", day=words.day(each.day)),
                chip=words.t(sign.text),
                chip_tone=sign.tone,
                stacked=True,
            )
            row.bind(on_release=lambda _, day=each.day: self.open(day.isoformat()))
            page.add(row)
        today = period_of("day", self.phone.clock.today()).first
        if found[0].state == reports.MISSING and self.phone.may("report"):
            self.offer_main(
                words.t("reports.fill"), "clipboard-list-outline", lambda: self.open(today.isoformat())
            )

    def open(self, day: str) -> None:
        """The report of one day."""
        self.phone.nav.go("report", day=day)
