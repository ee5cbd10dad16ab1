"""The phone's figures, measured by the phone's own program in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import orjson


def measure() -> dict[str, Any]:
    """What `python -m mobile.bench --json` prints. Raises RuntimeError when the phone is not installed here."""
    command = [sys.executable, "-m", "mobile.bench", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1_800)
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or "mobile.bench failed").splitlines()[-1])
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found
