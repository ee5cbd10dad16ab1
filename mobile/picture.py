"""A picture of the home screen where there is no display: the whole way from a code to the first screen."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.lang import Builder

from mobile.store.store import Store
from mobile.syncing.client import SyncClient
from shared.faults import Refused

if TYPE_CHECKING:
    from mobile.shell import TungNhaApp

#: How long a screen gets to settle, in seconds.
SETTLE_S = 0.4


def picture_of_home(app: TungNhaApp, server: str, code: str, pin: str, path: Path) -> None:
    """Set the phone up (or unlock it), enrol, sync once, and write a PNG of the home screen.

    Without `pin` a new phone gets one that nobody knows. Raises Refused when a step fails.
    """
    stage = app.build()
    EventLoop.ensure_window()
    Window.add_widget(stage)
    phone = app.phone
    if Store.exists(phone.home):
        phone.unlock(pin)
    else:
        phone.set_up(pin or f"{secrets.randbelow(10**6):06d}")
    if phone.store.identity is None:
        phone.enrol(server, code, phone.device.label)
    result = SyncClient(phone.store).run()
    if not phone.store.ready:
        raise Refused(result.faults)
    stage.start("home")
    settle(SETTLE_S)
    save_picture(path)
    phone.close()


def settle(seconds: float) -> None:
    """Let the screen come to rest."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        frame()


def frame() -> None:
    """One turn of the clock without drawing."""
    Clock.tick()
    EventLoop.dispatch_input()
    Builder.sync()
    Clock.tick_draw()
    Builder.sync()


def save_picture(path: Path) -> None:
    """Draw the window into a PNG; an earlier picture there is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Window.canvas.ask_update()
    Window.dispatch("on_draw")
    written = Path(Window.screenshot(name=str(path.with_suffix(".tmp.png"))))
    written.replace(path)
