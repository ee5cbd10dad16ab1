"""What came from those above, urgent first, and what became of what was told upward."""

from mobile.screens.base import Screen
from mobile.screens.describe import Sign
from mobile.store import messages as store_messages
from mobile.store.messages import Message
from mobile.theme import theme
from mobile.widgets.buttons import QuietButton
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Empty, Section
from mobile.words import words
from shared.kinds import KINDS

ICONS = {
    "reminder": "information-outline",
    "inspection_remark": "clipboard-check-outline",
    store_messages.QUERY: "clipboard-list-outline",
    "staff_shortage": "account-question-outline",
    "proposal": "inbox-arrow-up-outline",
}

STATES = {
    "open": Sign("message.open", "clock-outline", "muted"),
    "acknowledged": Sign("message.acknowledged", "check", "brand"),
    "answered": Sign("message.answered", "check", "brand"),
    "assigned": Sign("message.assigned", "account-check-outline", "brand"),
    "done": Sign("message.done", "check-circle-outline", "good"),
    "rejected": Sign("message.rejected", "cancel", "muted"),
}

#: What may be told upward from here.
TOLD = ("staff_shortage", "proposal")

#: Words of a message that stand in a list.
SHORT = 90


class MessagesScreen(Screen):
    """Two lists: from above, and told upward; below them the ways to tell something."""

    name = "messages"

    def prepare(self, *_: object, **__: object) -> None:
        """Name the screen."""
        self.title = words.t("messages.title")

    def show(self) -> None:
        """Fill the page."""
        page, found = self.ids.page, store_messages.messages(self.phone.store)
        page.clear()
        from_above = [message for message in found if not message.upward]
        told = [message for message in found if message.upward]
        if not from_above:
            page.add(Empty(title=words.t("messages.none"), text=words.t("messages.none_do")))
        for message in from_above:
            page.add(self._row(message))
        offered = [kind for kind in TOLD if self.phone.may(kind) and self.phone.me.places]
        if told or offered:
            page.add(Section(text=words.t("messages.upward")))
        for message in told:
            page.add(self._row(message))
        if self.phone.may("report") and self.phone.me.site:
            daily = QuietButton(text=words.t("reports.title"), icon="clipboard-list-outline")
            daily.bind(on_release=lambda _: self.phone.nav.go("reports"))
            page.add(daily)
        for kind in offered:
            button = QuietButton(text=words.t(f"tell.{kind}"), icon=ICONS[kind])
            button.bind(on_release=lambda _, kind=kind: self.phone.nav.go("tell", kind=kind))
            page.add(button)

    def _row(self, message: Message) -> Row:
        sign = message_sign(message)
        row = Row(
            icon="alert-outline" if message.urgent and not message.closed else ICONS[message.kind],
            icon_tone="late"
            if message.urgent and not message.closed
            else "brand"
            if message.new
            else "muted",
            title=message_title(message),
            line=shortened(message.text),
            chip=words.t(sign.text),
            chip_icon=sign.icon,
            chip_tone=sign.tone,
            stacked=True,
        )
        row.bind(on_release=lambda _: self.phone.nav.go("message", message=message.id))
        return row


def message_sign(message: Message) -> Sign:
    """Whether a message is new, or how far it has come."""
    if message.new:
        return Sign("message.new", "information-outline", "late" if message.urgent else "brand")
    return STATES[message.state]


def message_title(message: Message) -> str:
    """“Hỏa tốc · Chậm chỉ tiêu”, “Nhận xét kiểm tra · Xã Hua Bum”."""
    label = KINDS[message.kind].label(words.lang)
    if message.kind == "reminder":
        label = words.option("reminder", "about", message.topic)
    elif message.kind == store_messages.QUERY:
        label = words.t("message.title_report_review")
    elif message.kind == "staff_shortage":
        role = words.option("staff_shortage", "role", message.topic)
        label = words.t("message.lacks", count=words.number(message.people), role=role.lower())
    elif message.kind == "proposal":
        label = words.option("proposal", "topic", message.topic)
    urgent = message.urgent and not message.upward
    return f"{words.t('message.urgent')} · {label}" if urgent else label


def shortened(said: str) -> str:
    """The beginning of a text, cut between words."""
    said = " ".join(said.split())
    most = SHORT // 2 if theme.large else SHORT
    if len(said) <= most:
        return said
    return f"{said[:most].rsplit(' ', 1)[0]}…"


load_rules(__file__)
