"""The commands as a person types them, in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

#: The documents' morning, two weeks before the plan's due date.
NOW = "2022-04-15T08:00"
TUNGNHA = str(Path(sys.executable).with_name("tungnha"))


@dataclass(frozen=True)
class Demo:
    """A running demonstration: the object it printed first."""

    url: str
    database: str
    users: list[dict[str, str]]
    codes: list[dict[str, str]]
    phone_screenshot: str | None

    def report(self, name: str, *options: str) -> Any:
        """What `tungnha report` prints."""
        return command("report", name, "--database", self.database, *options)

    def verify(self) -> dict[str, Any]:
        """What `tungnha verify --fresh` prints; the test fails unless everything agrees."""
        found: dict[str, Any] = command("verify", "--fresh", "--json", "--database", self.database)
        return found


def environment(now: str = NOW) -> dict[str, str]:
    """This process's, standing in the field's April 2022."""
    return {**os.environ, "TUNGNHA_NOW": now}


def command(*words: str, now: str = NOW) -> Any:
    """Run a command of `tungnha` to its end; its JSON. AssertionError with its words when it fails."""
    done = subprocess.run(
        [TUNGNHA, *words], capture_output=True, env=environment(now), timeout=300, check=False
    )
    assert done.returncode == 0, f"{words}: {done.stdout.decode()[-2000:]}\n{done.stderr.decode()[-2000:]}"
    return json.loads(done.stdout)


@pytest.fixture
def run_demo(tmp_path: Path) -> Callable[..., Any]:
    """Starts `tungnha demo` for the length of a block and ends it as Ctrl-C would."""

    @contextmanager
    def running(*options: str) -> Iterator[Demo]:
        words = [TUNGNHA, "demo", "--home", str(tmp_path / "demo"), "--port", "0", "--json", *options]
        with (tmp_path / "demo.err").open("wb") as errors:
            process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, env=environment())
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, (tmp_path / "demo.err").read_text()[-3000:]
            told = json.loads(line)
            yield Demo(**{name: told[name] for name in Demo.__dataclass_fields__})
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        assert process.returncode == 0, (tmp_path / "demo.err").read_text()[-3000:]

    return running
