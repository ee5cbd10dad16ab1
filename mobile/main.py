"""Where Android starts the app: python-for-android runs `main.py`."""

import os
from pathlib import Path

from mobile.app import run


def private_folder() -> Path:
    """The folder only this app may read."""
    return Path(os.environ.get("ANDROID_PRIVATE", str(Path.home() / ".tungnha"))) / "phone"


if __name__ == "__main__":
    run(private_folder())
