"""Starts the phone app: in a window, on a phone, or offscreen for a picture.

Kivy reads its settings from the environment when it is imported, so nothing here imports it before `run` has
set them.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

from shared.clock import Clock

#: What Kivy needs to draw with real OpenGL, and to play, where there is no display and no sound.
OFFSCREEN = {
    "SDL_VIDEODRIVER": "offscreen",
    "SDL_AUDIODRIVER": "dummy",
    "KIVY_CLIPBOARD": "dummy",
    "KIVY_METRICS_FONTSCALE": "1",
}

#: The phone the screens are drawn for, in dp.
SIZE = "360x640"


def prepare(size: str | None = None, *, offscreen: bool = False, density: float | None = None) -> None:
    """Set Kivy's environment; call it before anything imports Kivy.

    `size` is ``WIDTHxHEIGHT`` in dp. Raises ValueError for another form.
    """
    width, height = parse_size(size or SIZE)
    density = density or (2.0 if offscreen else 1.0)
    settings = {"KIVY_NO_ARGS": "1", "KIVY_NO_FILELOG": "1", "KIVY_LOG_MODE": "PYTHON"}
    if "ANDROID_ARGUMENT" not in os.environ:
        settings["KIVY_NO_CONFIG"] = "1"
        if "KIVY_HOME" not in os.environ:
            settings["KIVY_HOME"] = tempfile.mkdtemp(prefix="tungnha-kivy-")
        if offscreen:
            settings |= OFFSCREEN
            settings["KIVY_METRICS_DENSITY"] = str(density)
    os.environ.update(settings)
    logging.getLogger("kivy").addHandler(logging.NullHandler())
    from kivy.config import Config

    scale = density if offscreen else 1
    Config.set("graphics", "width", str(round(width * scale)))
    Config.set("graphics", "height", str(round(height * scale)))
    Config.set("graphics", "resizable", "1")
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.set("kivy", "exit_on_escape", "0")


def parse_size(size: str) -> tuple[int, int]:
    """(width, height) in dp of ``360x640``. Raises ValueError."""
    width, cross, height = size.lower().partition("x")
    if not (cross and width.isdigit() and height.isdigit() and int(width) >= 240 and int(height) >= 320):
        raise ValueError(f"the size is {size!r}; it is written as 360x640, at least 240x320")
    return int(width), int(height)


def run(
    home: Path,
    server: str | None = None,
    size: str | None = None,
    screenshot: Path | None = None,
    code: str | None = None,
    pin: str | None = None,
    clock: Clock | None = None,
) -> None:
    """Run the app on the phone kept in `home` until it is closed.

    `server` and `code` stand in the enrolment form already; `pin` unlocks a phone that was set up; `clock` is the
    field's unless the environment's is meant. With `screenshot` nothing is shown: the phone is set up
    with `pin` (or unlocked by it), enrolled with `code` at `server`, synced once, and a picture of its home
    screen is written there. Raises Refused when that fails, ValueError for a wrong `size`.
    """
    prepare(size, offscreen=screenshot is not None)
    from mobile.shell import TungNhaApp

    home.mkdir(parents=True, exist_ok=True)
    app = TungNhaApp(home, server=server or "", code=code or "", pin=pin or "", clock=clock)
    if screenshot is None:
        app.run()
        return
    from mobile.picture import picture_of_home

    picture_of_home(app, server or "", code or "", pin or "", screenshot)
