"""Every record of this phone and what the server said of it (L2); sync, without ever standing in the way (L23)."""

from dataclasses import replace
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from mobile.screens.base import Screen
from mobile.screens.describe import Sign
from mobile.store.outbox import OutboxItem, OutboxState
from mobile.widgets.buttons import QuietButton
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, Empty, Strip, text
from mobile.widgets.text import Chip
from mobile.words import words
from shared.kinds import KINDS

#: Records shown at once.
PAGE = 30

STATES = {
    "unsent": Sign("outbox.unsent", "clock-outline", "muted"),
    "accepted": Sign("outbox.accepted", "check", "good"),
    "duplicate": Sign("outbox.accepted", "check", "good"),
    "held": Sign("outbox.held", "tray-full", "warn"),
    "refused": Sign("outbox.refused", "alert-circle-outline", "late"),
}


class OutboxScreen(Screen):
    """Counts, progress, a filter, and the records newest first."""

    name = "outbox"
    state = StringProperty("")
    summary = StringProperty("")
    detail = StringProperty("")
    complete = BooleanProperty(False)
    running = BooleanProperty(False)
    share = NumericProperty(0)
    fault = StringProperty("")

    def prepare(self, state: str = "", **_: Any) -> None:
        """Know what to show."""
        self.state = state or "all"
        self._limit = PAGE
        self.title = words.t("outbox.title")
        self.ids.filter.options = [
            ("all", words.t("outbox.all"), ""),
            ("unsent", words.t("outbox.only_unsent"), ""),
            ("refused", words.t("outbox.only_refused"), ""),
        ]

    def show(self) -> None:
        """Fill the page."""
        store = self.phone.store
        outbox = self.phone.outbox()
        self._summarise(outbox)
        self.ids.list.clear_widgets()
        items = store.outbox(self._limit + 1, state=None if self.state == "all" else self.state)
        for item in items[: self._limit]:
            self.ids.list.add_widget(self._card(item))
        if len(items) > self._limit:
            more = QuietButton(text=words.t("outbox.more"), icon="chevron-down")
            more.bind(on_release=lambda _: self.more())
            self.ids.list.add_widget(more)
        if not items:
            self.ids.list.add_widget(
                Empty(title=words.t(f"outbox.none_{self.state}"), text=words.t("outbox.none_do"))
            )

    def refresh_bar(self) -> None:
        """Show how far a sync is."""
        super().refresh_bar()
        progress = self.phone.progress
        self.running = progress is not None and progress.stage != "done"
        self.share = progress.done / progress.total if progress and progress.total else 0.05

    def sync(self) -> None:
        """Send what is unsent and fetch what is new."""
        self.fault = ""
        self.running = True
        self.phone.sync()

    def choose(self, state: str) -> None:
        """Show all records, or those of a state."""
        self.state, self._limit = state, PAGE
        self.show()

    def more(self) -> None:
        """Show older records too."""
        self._limit += PAGE
        self.show()

    def _summarise(self, outbox: OutboxState) -> None:
        if outbox.complete and outbox.total:
            counted = {"received": words.number(outbox.receipt_count), "total": words.number(outbox.total)}
            self.summary = words.t("outbox.received", **counted)
        elif outbox.total:
            self.summary = words.t(
                "outbox.to_send", unsent=words.number(outbox.unsent), total=words.number(outbox.total)
            )
        else:
            self.summary = words.t("outbox.nothing_recorded")
        self.complete = bool(outbox.complete and outbox.total)
        parts = [words.t("outbox.last", when=words.moment(outbox.last_sync_at))]
        if outbox.refused:
            parts.append(words.t("sync.refused", count=words.number(outbox.refused)))
        if outbox.held:
            parts.append(words.t("outbox.holding", count=words.number(outbox.held)))
        self.detail = " · ".join(parts)
        self.fault = "" if self.running else self._last_fault(outbox.unsent)

    def _last_fault(self, unsent: int) -> str:
        result = self.phone.result
        if result is None or not result.faults:
            return ""
        found = result.faults[0]
        if found.code == "sync.unreachable" and not unsent:
            return words.t("sync.offline")
        return words.fault(replace(found, params=found.params | {"unsent": unsent}))

    @staticmethod
    def _card(item: OutboxItem) -> Card:
        sign = STATES[item.state]
        kind = KINDS[item.kind].label(words.lang) if item.kind in KINDS else item.kind
        card = Card()
        card.add_widget(text(item.title or kind, bold=True))
        strip = Strip()
        when = words.moment(item.recorded_at).replace(" ", "\N{NO-BREAK SPACE}")
        strip.add_widget(
            text(f"{kind} · {when}" if item.title else when, "small", "muted", pos_hint={"center_y": 0.5})
        )
        strip.add_widget(
            Chip(text=words.t(sign.text), icon=sign.icon, tone=sign.tone, pos_hint={"center_y": 0.5})
        )
        card.add_widget(strip)
        for found in (*item.faults, *item.flags):
            card.add_widget(text(words.fault(found), "small", "late" if item.faults else "warn"))
            card.add_widget(text(words.t(f"fixer.{found.fixer}"), "small", "muted"))
        return card


load_rules(__file__)
