"""Processes a command starts and must not leave behind: each ended by its own id, in reverse order."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

#: How long a child gets to end by itself, in seconds.
GRACE_S = 15

#: How long the server gets until it answers, in seconds.
START_S = 60


class Children:
    """The children by name, with their output in a file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start `tungnha` with these arguments; what it says goes to <name>.log in the folder."""
        with self.log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", "shared.command", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,  # Ctrl-C is for the parent, which ends them in order
            )

    def log(self, name: str) -> Path:
        """Where a child writes."""
        return self._folder / f"{name}.log"

    def ended(self) -> list[str]:
        """Children that ended."""
        return [name for name, child in self._running.items() if child.poll() is not None]

    def stop(self) -> None:
        """End those that still run, the last started first."""
        for child in reversed(self._running.values()):
            if child.poll() is not None:
                continue
            child.terminate()
            try:
                child.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def wait_until_answering(children: Children, name: str, url: str) -> None:
    """Return once GET `url` answers 200. Raises ClickException when the child ends or takes too long."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and name not in children.ended():
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 our own loopback address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    said = children.log(name).read_text(encoding="utf-8", errors="replace")[-2_000:]
    raise click.ClickException(
        f"Máy chủ không chạy được; xem {children.log(name)}\n"
        f"The server did not start; see {children.log(name)}\n{said}"
    )


def run_to_end(arguments: Sequence[str], environment: Mapping[str, str], log: Path, seconds: float) -> bool:
    """Run `tungnha` to its end; whether it ended well in time. What it says goes to `log`."""
    with log.open("wb") as output:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "shared.command", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0
