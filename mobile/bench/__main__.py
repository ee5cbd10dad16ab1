"""`python -m mobile.bench [--json]`: every figure of the phone beside its limit and beside the least it can cost.

With --json: {people, entries, figures: [{name, unit, value, limit, bare, ratio, met}]}; `ratio` is bare ÷ value, null
where nothing is bare.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from mobile.bench import commune
from mobile.bench.figures import FIGURES, Measured

#: The app as it is installed, from nothing to the first frame, which asks for the PIN: CPU ms so far.
FIRST_FRAME = """
import sys, time
from pathlib import Path
from mobile.app import prepare
prepare(None, offscreen=True)
from kivy.base import EventLoop
from kivy.core.window import Window
from mobile.shell import TungNhaApp
stage = TungNhaApp(Path(sys.argv[1])).build()
EventLoop.ensure_window()
Window.add_widget(stage)
EventLoop.add_event_listener(stage)
EventLoop.idle()
Window.dispatch("on_draw")
print(time.process_time() * 1000)
"""

#: Kivy and one label.
BARE_FRAME = """
import time
from mobile.app import prepare
prepare(None, offscreen=True)
from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.uix.label import Label
EventLoop.ensure_window()
label = Label(text="123456")
Window.add_widget(label)
EventLoop.add_event_listener(label)
EventLoop.idle()
Window.dispatch("on_draw")
print(time.process_time() * 1000)
"""

ROUNDS = 3
OFFSCREEN = {"SDL_VIDEODRIVER": "offscreen", "KIVY_NO_CONSOLELOG": "1", "KIVY_NO_ARGS": "1"}


def measure() -> list[Measured]:
    """Every figure, in the order of FIGURES. Raises RuntimeError with what a part said when it failed."""
    with tempfile.TemporaryDirectory(prefix="tungnha-bench-") as folder, _server() as url:
        home = Path(folder) / "phone"
        commune.fill(home, url)
        size = (home / "store.db").stat().st_size / 2**20
        started = [float(_run("-c", FIRST_FRAME, str(home))[0]) for _ in range(ROUNDS)]
        bare = [float(_run("-c", BARE_FRAME)[0]) for _ in range(ROUNDS)]
        used = json.loads(_run("-m", "mobile.bench.using", str(home), url)[-1])
        found = used | {
            "cold_start": {"value": min(started), "bare": min(bare)},
            "memory": used["memory"] | {"bare": 0.0},
            "database": {"value": size, "bare": commune.payload_mib()},
        }
    return [Measured(figure, **found[figure.name]) for figure in FIGURES]


@contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, "-m", "mobile.bench.serving"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = server.stdout.readline() if server.stdout else ""
            yield f"http://127.0.0.1:{int(port)}"
        finally:
            server.terminate()


def _run(*arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | OFFSCREEN,
        capture_output=True,
        text=True,
        timeout=1_500,
    )
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or f"{arguments[0]} failed").splitlines()[-1])
    return done.stdout.splitlines()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output")
def main(as_json: bool) -> None:
    """Measure the phone."""
    found = measure()
    if as_json:
        figures: list[dict[str, Any]] = [each.as_json() for each in found]
        click.echo(json.dumps({"people": commune.PEOPLE, "entries": commune.ENTRIES, "figures": figures}))
        return
    for each in found:
        click.echo(each.line())


if __name__ == "__main__":
    main()
