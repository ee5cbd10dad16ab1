"""What this device calls itself, so that a list of devices can be read by people."""

import os
import platform


def device_label() -> str:
    """The phone's model on Android, the machine's name on a desktop; at most 60 characters."""
    if "ANDROID_ARGUMENT" in os.environ:
        from jnius import autoclass

        build = autoclass("android.os.Build")
        return f"{build.MANUFACTURER} {build.MODEL}"[:60]
    return (platform.node() or platform.system())[:60]
