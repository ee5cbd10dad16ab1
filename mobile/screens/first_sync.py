"""The first fetch of the registers: it can be left and taken up again, and work starts when it is whole (L12)."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from mobile.screens.base import Screen
from mobile.widgets.loading import load_rules
from mobile.words import words


class FirstSyncScreen(Screen):
    """How much has come, and what to do when the network went away."""

    name = "first_sync"
    said = StringProperty("")
    fault = StringProperty("")
    share = NumericProperty(0)
    running = BooleanProperty(False)

    def prepare(self, **_: Any) -> None:
        """Begin."""
        self.begin()

    def begin(self) -> None:
        """Fetch, or fetch the rest."""
        self.fault = ""
        self.running = True
        self.said = words.t("sync.connecting")
        self.phone.sync()

    def show(self) -> None:
        """Go to work once everything is here, or say what went wrong."""
        if self.phone.store.ready:
            self.phone.nav.start("home")
            return
        result = self.phone.result
        if result is not None and not self.phone.syncing:
            self.running = False
            if result.faults:
                found = result.faults[0]
                away = found.code == "sync.unreachable"
                self.fault = words.t("sync.offline") if away else words.fault(found)

    def refresh_bar(self) -> None:
        """Show how far it is."""
        progress = self.phone.progress
        if progress is None:
            return
        self.said = self.phone.progress_line(progress)
        self.share = progress.done / progress.total if progress.total else 0.08


load_rules(__file__)
