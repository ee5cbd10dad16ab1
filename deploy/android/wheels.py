"""Asks the package registry whether every requirement without a recipe has a wheel for Android and Python 3.14.

`python deploy/android/wheels.py` prints what it found; exit 1 when one has none. Where no registry answers it says that
nothing was checked, and passes: a machine without a network can still run `make check`.
"""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

SPEC = Path(__file__).with_name("buildozer.spec")
PYTHON, PLATFORM = "3.14", "android_24_arm64_v8a"


def pinned() -> list[str]:
    """The requirements that carry a version and are no recipe of python-for-android's, as pip takes them."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(SPEC, encoding="utf-8")
    listed = [text.strip() for text in parser["app"]["requirements"].split(",")]
    return [text for text in listed if "==" in text and not text.startswith("kivy==")]


def main() -> int:
    """0 when all have one or nobody could be asked, 1 otherwise."""
    wanted = pinned()
    android = ["--python-version", PYTHON, "--platform", PLATFORM, "--target", "build/android/none"]
    if (said := _refused([*android, *wanted])) is None:
        print(f"Android: {len(wanted)} wheels for Python {PYTHON}")
        return 0
    if _refused(wanted[:1]) is not None:  # not even for this machine
        print("BỎ QUA / SKIPPED: no package registry answers; wheels for Android were not looked for")
        return 0
    print(said)
    return 1


def _refused(arguments: list[str]) -> str | None:
    """What pip says when it cannot install from wheels; None when it could."""
    options = ["--dry-run", "--ignore-installed", "--no-deps", "--only-binary=:all:", "--retries", "0"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", *options, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else None


if __name__ == "__main__":
    sys.exit(main())
