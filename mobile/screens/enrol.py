"""Joins an account to a server by a code that works once: typed, pasted, or scanned with the server's address."""

from threading import Thread
from typing import Any

from kivy.clock import mainthread
from kivy.core.clipboard import Clipboard
from kivy.properties import BooleanProperty, StringProperty

from mobile.screens.base import Screen
from mobile.widgets.loading import load_rules
from mobile.words import words
from shared.enrolment import read_enrolment
from shared.faults import Fault, Refused


class EnrolScreen(Screen):
    """A server's address and a code."""

    name = "enrol"
    fault = StringProperty("")
    busy = BooleanProperty(False)
    #: Whether there are other accounts on this phone, to return to.
    further = BooleanProperty(False)

    def prepare(self, **_: Any) -> None:
        """Show what the phone was started with."""
        self.further = len(self.phone.accounts.all()) > 1
        self.ids.server.text = self.phone.settings.server
        self.ids.code.text = self.phone.code
        self.ids.code.when_edit = self._edited
        if not self.phone.device.scanner.available:
            self.ids.ways.remove_widget(self.ids.scan.__self__)
        if not self.further:
            self.ids.page.ids.column.remove_widget(self.ids.undo.__self__)

    def go_back(self) -> None:
        """To the other accounts; this one can be enrolled later."""
        self.phone.lock()

    def scan(self) -> None:
        """Read the server's QR code with the camera."""
        self.phone.device.scanner.scan(self._scanned)

    def paste(self) -> None:
        """Take what was copied from a message: what the QR code says, or the code alone."""
        copied = Clipboard.paste().strip()
        if not copied:
            self.fault = words.t("enrol.pasted_nothing")
        elif not self._take(copied):
            self.ids.code.text = copied

    def _edited(self, text: str) -> None:
        self._take(text)

    @mainthread
    def _scanned(self, text: str | None) -> None:
        if text is not None and not self._take(text):
            self.fault = words.t("enrol.scanned_nothing")

    def _take(self, text: str) -> bool:
        """Fill the form with what a QR code says; False for any other text."""
        found = read_enrolment(text)
        if found is None:
            return False
        self.fault = self.ids.server.fault = self.ids.code.fault = ""
        self.ids.server.text, self.ids.code.text = found.server, found.code
        return True

    def on_fault(self, _: Any, said: str) -> None:
        """What failed is scrolled to: with large text it stands below the fields and out of sight."""
        if said:
            self.ids.page.show(self.ids.note.__self__)

    def send(self) -> None:
        """Ask the server, without making the screen wait."""
        server, code = self.ids.server.text.strip(), self.ids.code.text.strip()
        self.fault = ""
        self.ids.server.fault = "" if server else words.t("enrol.server_missing")
        self.ids.code.fault = "" if code else words.t("enrol.code_missing")
        if not server or not code or self.busy:
            return
        self.busy = True
        Thread(target=self._enrol, args=(with_scheme(server), code), daemon=True).start()

    def _enrol(self, server: str, code: str) -> None:
        try:
            self.phone.enrol(server, code, self.phone.device.label)
        except Refused as refused:
            self._failed(refused.faults[0])
        else:
            self._enrolled(server)

    @mainthread
    def _failed(self, fault: Fault) -> None:
        self.busy = False
        self.fault = words.t("enrol.unreachable") if fault.code == "sync.unreachable" else words.fault(fault)

    @mainthread
    def _enrolled(self, server: str) -> None:
        self.busy = False
        self.phone.settings.server = server
        self.phone.keep_settings()
        self.phone.enter()


def with_scheme(server: str) -> str:
    """The address with its scheme: https unless another was written, or it is this machine."""
    if "://" in server:
        return server.rstrip("/")
    local = server.split(":")[0] in ("localhost", "127.0.0.1")
    return f"{'http' if local else 'https'}://{server.rstrip('/')}"


load_rules(__file__)
