"""Settings: language, large text, how Vietnamese is typed, the account and its lock, what this phone is."""

from typing import Any

from kivy.properties import StringProperty

from mobile.forms.composing import WAYS
from mobile.screens.base import Screen
from mobile.screens.tell_people import way_to_tell
from mobile.settings import LOCK_AFTER_MIN
from mobile.widgets.fields import composing
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.text import Note
from mobile.words import words
from shared.permissions import ROLES


class SettingsScreen(Screen):
    """A few switches, and who this phone belongs to."""

    name = "settings"
    live = False
    who = StringProperty("")
    role = StringProperty("")
    device = StringProperty("")

    def prepare(self, **_: Any) -> None:
        """Show how things are set."""
        settings, me = self.phone.settings, self.phone.me
        self.title = words.t("settings.title")
        self.who = me.full_name
        role = ROLES.get(me.role)
        self.role = (role.en if words.lang == "en" else role.vi) if role else me.role
        self.ids.language.options = [("vi", "Tiếng Việt", ""), ("en", "English", "")]
        self.ids.language.value = settings.lang
        self.ids.language.when_edit = self.speak
        self.ids.large.active = settings.large
        self.ids.large.fbind("active", self._large)
        self.ids.sun.active = settings.sun
        self.ids.sun.fbind("active", self._sun)
        self.ids.automatic.active = settings.automatic
        self.ids.automatic.fbind("active", lambda _, active: self.phone.sync_by_itself(active))
        self.ids.typing.options = [(way, words.t(f"settings.typing_{way}"), "") for way in WAYS]
        self.ids.typing.value = settings.typing
        self.ids.typing.when_edit = self._typing
        self.ids.lock_after.options = [
            (str(minutes), words.t("settings.minutes", count=words.number(minutes)), "")
            for minutes in LOCK_AFTER_MIN
        ]
        self.ids.lock_after.value = str(settings.lock_after_min)
        self.ids.lock_after.when_edit = self._lock_after
        self._account_rows()
        self.ids.more.add_widget(way_to_tell(self.phone))

    def show(self) -> None:
        """Say what is the matter with this phone, what it is, and what was received of it."""
        self._notes()
        if self.phone.practice:
            self.device = words.t("practice.about")
            return
        outbox = self.phone.outbox()
        receipt = self.phone.store.receipt_hash
        me = self.phone.me
        parts = [
            words.t("settings.server", server=me.server_url),
            words.t("settings.device", device=f"{me.device[:8]} ({me.label})"),
            words.t("settings.records", total=words.number(outbox.total)),
        ]
        if outbox.receipt_matches and outbox.receipt_count:
            parts.append(
                words.t(
                    "settings.receipt",
                    received=words.number(outbox.receipt_count),
                    total=words.number(outbox.total),
                    hash=receipt[:8],
                )
            )
        self.device = "\n".join(parts)

    def speak(self, lang: str) -> None:
        """Another language."""
        self.phone.settings.lang = lang
        self.phone.rebuild()

    def lock(self) -> None:
        """Lock now; practice ends with it."""
        self.phone.lock()

    def _notes(self) -> None:
        column = self.ids.page.ids.column
        for shown in [each for each in column.children if isinstance(each, Note)]:
            column.remove_widget(shown)
        for note in self.phone.notes():
            said = Note(text=note.whole, icon=note.icon, tone=note.tone)
            column.add_widget(said, index=len(column.children))

    def _account_rows(self) -> None:
        phone = self.phone
        if phone.practice:
            ways = [("practice.leave", "practice.leave_line", "exit-to-app", phone.leave_practice)]
        else:
            ways = [
                (
                    "change_pin.title",
                    "change_pin.title_line",
                    "lock-reset",
                    lambda: phone.nav.go("change_pin"),
                ),
                ("settings.others", "settings.others_line", "account-switch-outline", self._others),
                ("practice.try", "practice.try_line", "school-outline", phone.practise),
                (
                    "removal.title",
                    "removal.title_line",
                    "account-remove-outline",
                    lambda: phone.nav.go("removal"),
                ),
            ]
        for title, line, icon, go in ways:
            row = Row(title=words.t(title), icon=icon, line=words.t(line))
            row.bind(on_release=lambda _, go=go: go())
            self.ids.account.add_widget(row)

    def _others(self) -> None:
        self.phone.lock()
        self.phone.nav.start("accounts")

    def _lock_after(self, minutes: str) -> None:
        self.phone.settings.lock_after_min = int(minutes)
        self.phone.keep_settings()

    def _large(self, _: Any, active: bool) -> None:
        self.phone.settings.large = active
        self.phone.rebuild()

    def _sun(self, _: Any, active: bool) -> None:
        self.phone.settings.sun = active
        self.phone.rebuild()

    def _typing(self, way: str) -> None:
        self.phone.settings.typing = composing["way"] = way
        self.phone.keep_settings()


load_rules(__file__)
