"""An account leaves the phone: first whether anything would be lost, then a second screen before it is done (L16).

What stands in the way is said with what to do about it. Handing over unsent records sealed, instead of sending them,
will be offered here.
"""

from __future__ import annotations

from typing import Any

from mobile.screens.page import PageScreen
from mobile.screens.resume import Opening, resume
from mobile.widgets.buttons import QuietButton
from mobile.widgets.lists import Row
from mobile.widgets.surfaces import Card, Section, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.faults import Refused
from shared.kinds import KINDS


class RemovalScreen(PageScreen):
    """What this account holds, and whether it may go."""

    name = "removal"

    def prepare(self, **_: Any) -> None:
        """Say what it is about."""
        self.title = words.t("removal.title")

    def show(self) -> None:
        """Fill the page: the hindrance, or the way on."""
        page, phone = self.ids.page, self.phone
        page.clear()
        page.add(text(words.t("removal.lead")))
        page.add(self._held())
        found = phone.hindrance()
        if found is None:
            safe = words.t("removal.safe" if phone.outbox().total else "removal.safe_nothing")
            page.add(Note(text=safe, icon="check-circle-outline", tone="good"))
            self.offer_main(words.t("removal.go_on"), "chevron-right", lambda: phone.nav.go("removal_sure"))
            return
        page.add(Note(text=words.fault(found), icon="alert-outline", tone="warn"))
        if found.code == "phone.drafts_left":
            self._drafts()
            self.offer(False)
        else:
            self.offer_main(words.t("outbox.title"), "cloud-upload-outline", self.open_outbox)

    def _held(self) -> Card:
        phone, card = self.phone, Card()
        account, state = phone.account, phone.outbox()
        card.add_widget(text(account.name or words.t("accounts.nobody"), "heading", bold=True))
        if account.unit:
            card.add_widget(text(account.unit, "small", "muted"))
        received = min(state.receipt_count, state.total) if state.receipt_matches else 0
        counted = {"received": words.number(received), "total": words.number(state.total)}
        said = words.t("removal.received", **counted) if state.total else words.t("removal.nothing")
        card.add_widget(text(said, "small"))
        if state.refused:
            card.add_widget(text(words.counted("removal.refused", state.refused), "small", "warn"))
        return card

    def _drafts(self) -> None:
        """Each unfinished form by its name, with the way back to it; one that cannot be opened can be dropped."""
        phone = self.phone
        drafts = phone.store.drafts()
        self.ids.page.add(Section(text=words.t("removal.drafts"), aside=words.number(len(drafts))))
        for key, kind, saved_at in drafts:
            name = KINDS[kind].label(words.lang) if kind in KINDS else words.t("removal.form")
            opening = resume(phone, key)
            line = words.t("removal.kept" if opening else "removal.lost", when=words.moment(saved_at))
            row = Row(icon="pencil-outline" if opening else "trash-can-outline", title=name, line=line)
            row.bind(on_release=lambda _, key=key, opening=opening: self._take_up(key, opening))
            self.ids.page.add(row)

    def _take_up(self, key: str, opening: Opening | None) -> None:
        if opening is None:
            self.phone.store.drop_draft(key)
            self.show()
        else:
            screen, params = opening
            self.phone.nav.go(screen, **params)


class RemovalSureScreen(PageScreen):
    """The last question: a screen of its own, because what follows cannot be undone."""

    name = "removal_sure"

    def prepare(self, **_: Any) -> None:
        """Say it plainly."""
        self.title = words.t("removal.title")
        who = self.phone.account.name or words.t("accounts.nobody")
        page = self.ids.page
        page.add(text(words.t("removal.sure", who=who), "title", bold=True))
        page.add(text(words.t("removal.sure_line")))
        self.offer_main(words.t("removal.do"), "trash-can-outline", self.remove)
        self.main.tone = "late"
        keep = QuietButton(text=words.t("removal.keep"), icon="arrow-left")
        keep.bind(on_release=lambda _: self.go_back())
        self.main.parent.add_widget(keep)

    def remove(self) -> None:
        """Do it, unless something was recorded in the meantime."""
        who = self.phone.account.name or words.t("accounts.nobody")
        try:
            self.phone.remove_account()
        except Refused as refused:
            self.phone.nav.back()
            self.phone.nav.say(words.fault(refused.faults[0]), tone="late")
            return
        self.phone.nav.say(words.t("removal.done", who=who))
