"""The lock is drawn before anything is loaded that only an open phone needs: a cold start is felt every morning."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: What takes long to load, and what would pull it in.
LATER = (
    "marshmallow",
    "requests",
    "sqlcipher3",
    "sqlite3",
    "shared.records",
    "mobile.store.store",
    "mobile.screens.home",
)

PROGRAM = """
import sys
from pathlib import Path
from mobile.app import prepare
prepare(None, offscreen=True)
from mobile import shell
loaded = []
shell.load_the_rest = lambda: loaded.extend(sys.modules)  # begins with the first frame
app = shell.TungNhaApp(Path(sys.argv[1]))
stage = app.build()
from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
EventLoop.ensure_window()
Window.add_widget(stage)
Clock.tick()
print(stage.top.name, *[name for name in sys.argv[2:] if name in loaded], len(loaded) > 0)
"""


@pytest.mark.phone
@pytest.mark.parametrize("screen", ["choose_pin", "unlock"])
def test_the_lock_is_drawn_before_the_rest_is_loaded(tmp_path: Path, screen: str) -> None:
    if screen == "unlock":
        from mobile.store.vault import vault_of

        vault_of(tmp_path).create("246810")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), *LATER],
        env=os.environ | {"KIVY_NO_CONSOLELOG": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [screen, "True"]
