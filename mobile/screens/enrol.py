"""Joins a new phone to a server by a code that works once."""

from threading import Thread
from typing import Any

from kivy.clock import mainthread
from kivy.properties import BooleanProperty, StringProperty

from mobile.platform.device import device_label
from mobile.screens.base import Screen
from mobile.widgets.loading import load_rules
from mobile.words import words
from shared.faults import Fault, Refused


class EnrolScreen(Screen):
    """A server's address and a code."""

    name = "enrol"
    fault = StringProperty("")
    busy = BooleanProperty(False)

    def prepare(self, **_: Any) -> None:
        """Show what the phone was started with."""
        self.ids.server.text = self.phone.settings.server
        self.ids.code.text = self.phone.code

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
            self.phone.enrol(server, code, device_label())
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
        self.phone.settings.save(self.phone.home)
        self.phone.enter()


def with_scheme(server: str) -> str:
    """The address with its scheme: https unless another was written, or it is this machine."""
    if "://" in server:
        return server.rstrip("/")
    local = server.split(":")[0] in ("localhost", "127.0.0.1")
    return f"{'http' if local else 'https'}://{server.rstrip('/')}"


load_rules(__file__)
