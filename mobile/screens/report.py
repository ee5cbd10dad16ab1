"""One day's report: every cell as it was counted, what is still blank, corrections with their reasons; then sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mobile.screens.base import known
from mobile.screens.describe import vaccine_name
from mobile.screens.pad import PadScreen
from mobile.screens.reports import STATES
from mobile.store import report_counts, reports
from mobile.store.reports import SentReport
from mobile.widgets.buttons import QuietButton, Toggle
from mobile.widgets.cells import CellLine
from mobile.widgets.surfaces import Card, Column, Hairline, Section, Strip, text
from mobile.widgets.text import Chip, Note
from mobile.words import words
from shared.reporting.drafts import Draft, DraftCell, DraftRow, say_nothing_held
from shared.reporting.indicators import INDICATORS
from shared.rules.periods import period_of
from shared.rules.report_cells import Cell


class ReportScreen(PadScreen):
    """A card a vaccine with every cell of the form. What the phone cannot tell is blank, never 0 (R001).

    What was typed is the draft, by the cell's key: {"value", "reason"}. A report that was sent is shown beside today's
    count and can be corrected by sending it again.
    """

    name = "report"
    kind = "report"

    def prepare(self, day: str, **_: Any) -> None:
        """Count the day, and take up what was typed."""
        store = self.phone.store
        self.period = period_of("day", date.fromisoformat(day))
        self.unit = known(report_counts.unit_of(store))
        self.layout = reports.layout_of(store)
        self.key = f"report:{day}"
        self.title = words.t("report.title", day=words.day(self.period.first))
        kept = self.kept()
        self.typed: dict[str, Any] = kept or {"cells": {}, "nothing_held": False}
        self.sent = reports.sent_report(store, self.layout, self.unit.id, self.period)
        self.may_send = self.phone.may("report")
        self.editing = self.may_send and (self.sent is None or kept is not None)
        self.make_foot("cloud-upload-outline")
        self._resumed = kept is not None
        self._fill()

    def save(self) -> None:
        """Send the report, or begin to correct the one that was sent."""
        if not self.editing:
            self.editing = True
            self._fill()
            return
        blank = self.filled.missing(self.layout)
        if blank:
            self.want(blank[0].key)
            return
        names = {row.vaccine: vaccine_name(row.vaccine) for row in self.filled.rows if row.vaccine}
        if self.saved(lambda: self._send(names)):
            self.phone.nav.back()
            self.phone.nav.say(words.t("report.saved"))
            self.phone.sync_soon()

    def name_of(self, key: str) -> str:
        """The cell's heading."""
        return self._heading(key.rpartition("|")[2])

    def foot_main(self) -> None:
        """Say what is left to be filled in."""
        if not self.editing:
            self.main.text = words.t("report.correct")
            return
        left = len(self.filled.missing(self.layout))
        self.main.text = words.t("report.left", count=left) if left else words.t("report.send")

    def _send(self, names: Mapping[str, str]) -> None:
        reports.send(
            self.phone.store, self.layout, self.unit.id, self.period, self.filled, names, draft_key=self.key
        )

    def _fill(self) -> None:
        store = self.phone.store
        if self.editing or self.sent is None:
            self.filled = reports.draft_of(store, self.layout, self.unit.id, self.period, self.sent)
        else:
            self.filled = reports.shown_of(store, self.layout, self.unit.id, self.period, self.sent)
        self._type_over(self.filled)
        page = self.ids.page
        page.clear()
        if self._resumed:
            self.note_kept(page)
        page.add(text(self.unit.name, "heading", bold=True))
        if self.sent is not None:
            self._standing(self.sent)
        since = words.moment(self.phone.outbox().last_sync_at)
        page.add(text(words.t("report.counted_here", when=since), "small", "muted"))
        if self.filled.missing(self.layout):
            page.add(Note(text=words.t("report.blanks"), icon="information-outline", tone="warn"))
        self.warning = Column()
        page.add(self.warning)
        self.steppers = {}
        for row in self.filled.rows:
            self._row(row)
        if self.editing:
            held = Toggle(text=words.t("report.nothing_held"), active=self.filled.nothing_held)
            held.bind(active=lambda _, on: self._nothing_held(on))
            page.add(held)
        self.wanted = ""
        self._warn()
        self.tell()
        if not self.may_send:
            self.offer(False)

    def _standing(self, sent: SentReport) -> None:
        """What became of the report that was sent."""
        page, sign = self.ids.page, STATES[sent.state]
        strip = Strip()
        strip.add_widget(text(words.t("report.standing"), "small", pos_hint={"center_y": 0.5}))
        strip.add_widget(
            Chip(text=words.t(sign.text), icon=sign.icon, tone=sign.tone, pos_hint={"center_y": 0.5})
        )
        page.add(strip)
        for query in sent.queries:
            button = QuietButton(text=words.t("report.open_query"), icon="pencil-outline")
            button.bind(on_release=lambda _, query=query: self.phone.nav.go("message", message=query))
            page.add(button)

    def _row(self, row: DraftRow) -> None:
        page = self.ids.page
        name = vaccine_name(row.vaccine) if row.vaccine else words.t("report.no_vaccine")
        page.add(Section(text=name))
        card = Card()
        for at, (indicator, cell) in enumerate(row.cells.items()):
            if at:
                card.add_widget(Hairline())
            card.add_widget(self._line(Cell(row.campaign, row.vaccine, indicator), cell))
        page.add(card)

    def _line(self, at: Cell, cell: DraftCell) -> CellLine:
        line = CellLine(heading=self._heading(at.indicator), fixed=not self.editing)
        line.stepper.empty = words.t("report.blank")
        line.stepper.start = cell.counted or 0
        line.stepper.value = cell.value
        line.number = words.number(cell.value)
        line.why.text = cell.reason or ""
        line.stepper.when_edit = lambda value: self._changed(at, cell, line, value=value)
        line.why.when_edit = lambda words_: self._changed(at, cell, line, reason=words_.strip() or None)
        self._tell_line(cell, line)
        if self.editing:
            self.number(at.key, line.stepper)
        return line

    def _heading(self, indicator: str) -> str:
        """The form's own words; in English the indicator's name."""
        return INDICATORS[indicator].en if words.lang == "en" else self.layout.heading_of(indicator)

    def _changed(self, at: Cell, cell: DraftCell, line: CellLine, **told: Any) -> None:
        for name, value in told.items():
            setattr(cell, name, value)
        self.typed["cells"][at.key] = {"value": cell.value, "reason": cell.reason}
        self.keep(self.typed)
        self._tell_line(cell, line)
        self._warn()
        self.tell()

    def _warn(self) -> None:
        """Say that the numbers contradict each other, as long as they do."""
        if bool(self.filled.contradicting) == bool(self.warning.children):
            return
        self.warning.clear_widgets()
        if self.filled.contradicting:
            note = Note(text=words.t("report.contradicts"), icon="alert-outline", tone="warn")
            self.warning.add_widget(note)

    def _tell_line(self, cell: DraftCell, line: CellLine) -> None:
        differs = cell.counted is not None and cell.value is not None and cell.value != cell.counted
        line.asks_why = differs and self.editing
        if cell.value is None:
            line.note, line.note_tone = words.t("report.not_known"), "warn"
        else:
            counted = words.t("report.counted", count=words.number(cell.counted))
            line.note, line.note_tone = counted, "warn" if differs else "muted"

    def _nothing_held(self, on: bool) -> None:
        self.typed["nothing_held"] = on
        self.keep(self.typed)
        self._fill()

    def _type_over(self, draft: Draft) -> None:
        """Put what was typed over what was counted."""
        for row in draft.rows:
            for indicator, cell in row.cells.items():
                typed = self.typed["cells"].get(Cell(row.campaign, row.vaccine, indicator).key)
                if typed is not None:
                    cell.value, cell.reason = typed["value"], typed["reason"]
        say_nothing_held(draft, bool(self.typed["nothing_held"]))
