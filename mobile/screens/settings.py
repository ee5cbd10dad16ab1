"""Settings: language, large text, Telex, what this phone is, and the lock."""

from typing import Any

from kivy.properties import StringProperty

from mobile.screens.base import Screen
from mobile.widgets.fields import telex
from mobile.widgets.loading import load_rules
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
        self.ids.telex.active = settings.telex
        self.ids.telex.fbind("active", self._telex)

    def show(self) -> None:
        """Say what this phone is, and what was received of it."""
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
        """Lock now."""
        self.phone.lock()

    def _large(self, _: Any, active: bool) -> None:
        self.phone.settings.large = active
        self.phone.rebuild()

    def _telex(self, _: Any, active: bool) -> None:
        self.phone.settings.telex = active
        self.phone.settings.save(self.phone.home)
        telex["on"] = active


load_rules(__file__)
