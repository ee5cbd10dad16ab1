"""One message: its words, what was answered, and the answers this worker may give."""

from typing import Any

from mobile.screens.base import known
from mobile.screens.filling import FormScreen
from mobile.screens.messages import message_sign, message_title
from mobile.store import messages as store_messages
from mobile.store.messages import Message, Said
from mobile.widgets.buttons import QuietButton
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, Section, Strip, text
from mobile.widgets.text import Chip
from mobile.words import words

ACTION_ICONS = {
    "acknowledged": "check",
    "answered": "pencil-outline",
    "assigned": "account-plus-outline",
    "done": "check-circle-outline",
    "rejected": "cancel",
}


class MessageScreen(FormScreen):
    """A card with the words, the answers, and a box to answer in."""

    name = "message"
    kind = "response"

    def prepare(self, message: str, **_: Any) -> None:
        """Show the message; what was typed as an answer is taken up again."""
        store = self.phone.store
        found = known(store_messages.message(store, message))
        self.found = found
        self.key = f"message:{found.id}"
        self.title = words.t(f"message.title_{found.kind}")
        page, sign = self.ids.page, message_sign(found)
        store_messages.open_message(store, found)
        card = Card()
        card.add_widget(text(message_title(found), bold=True))
        strip = Strip()
        where = f"{found.place_name} · {words.moment(found.told_at)}"
        strip.add_widget(text(where, "small", "muted", pos_hint={"center_y": 0.5}))
        strip.add_widget(
            Chip(text=words.t(sign.text), icon=sign.icon, tone=sign.tone, pos_hint={"center_y": 0.5})
        )
        card.add_widget(strip)
        card.add_widget(text(found.text or "–"))
        page.add(card)
        self._asked(found)
        if found.answers:
            page.add(Section(text=words.t("message.answers")))
        for said in found.answers:
            page.add(self._said(said))
        self._offer(found)

    def answer(self, action: str) -> None:
        """Write an answer and return to the list."""
        if self.saved(lambda: self._write(action), self.form):
            self.phone.nav.back()
            self.phone.nav.say(words.t("message.saved"))
            self.phone.sync_soon()

    def answer_first(self) -> None:
        """The answer that stands at the thumb."""
        self.answer(self.offered[0])

    def _asked(self, found: Message) -> None:
        page = self.ids.page
        if found.topic and found.kind == store_messages.QUERY:
            page.add(text(words.t("message.cell", cell=found.topic), "small", "muted"))
        if found.ask:
            page.add(Section(text=words.t(f"message.ask_{found.kind}")), text(found.ask))
        if found.due_on:
            left = words.days_left((found.due_on - self.phone.clock.today()).days)
            late = found.due_on < self.phone.clock.today() and not found.closed
            due = words.t("message.due", day=words.day(found.due_on), left=left)
            page.add(text(due, "small", "late" if late else "muted"))

    def _said(self, said: Said) -> Card:
        card = Card()
        who = words.t("message.by_me" if said.by_me else "message.by_them")
        action = words.option("response", "action", said.action)
        card.add_widget(text(action, bold=True))
        card.add_widget(text(f"{who} · {words.moment(said.told_at)}", "small", "muted"))
        for part in (said.support, said.text):
            if part:
                card.add_widget(text(part))
        return card

    def _offer(self, found: Message) -> None:
        """The box to answer in, and the answers: the first at the thumb, the others on the page."""
        query = found.kind == store_messages.QUERY
        allowed = self.phone.may("report_answer" if query else "response")
        self.offered = store_messages.actions(found, self.phone.me.places) if allowed else ()
        self.offer(bool(self.offered))
        if not self.offered:
            return
        names = ("text", "support") if "assigned" in self.offered else ("text",)
        self.form = self.make_form(names, self.keep)
        self.ids.page.add(self.form)
        self.form.fill(self.kept() or {})
        first, *rest = self.offered
        self.ids.main.text, self.ids.main.icon = words.t(f"message.do_{first}"), ACTION_ICONS[first]
        for action in rest:
            button = QuietButton(text=words.t(f"message.do_{action}"), icon=ACTION_ICONS[action])
            button.bind(on_release=lambda _, action=action: self.answer(action))
            self.ids.page.add(button)

    def _write(self, action: str) -> None:
        found, body, store = self.found, self.form.body(), self.phone.store
        if found.kind == store_messages.QUERY:
            answered = {"report": found.judged, "review": found.id, "text": body.get("text")}
            store.record(
                "report_answer", place=found.place_id, subject=found.subject, body=answered, draft=self.key
            )
            return
        store.record(
            "response",
            place=found.place_id,
            subject=found.id,
            body={"of": found.kind, "action": action, **body},
            draft=self.key,
        )


load_rules(__file__)
