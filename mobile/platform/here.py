"""Which platform this program runs on."""

import os


def on_android() -> bool:
    """Whether python-for-android started this program."""
    return "ANDROID_ARGUMENT" in os.environ
