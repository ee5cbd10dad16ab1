"""Scanning through a scanner app, by the intent that ZXing's Barcode Scanner made common (Binary Eye answers it too).

The app that scans holds the camera, so this one asks for no camera. Where no such app is installed there is no
scanner, and the code is typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from android import activity
from jnius import autoclass

ACTION = "com.google.zxing.client.android.SCAN"
RESULT = "SCAN_RESULT"
#: Tells our answer from that of another activity.
REQUEST = 0x7A1
OK = -1


class ScannerApp:
    """See mobile.platform.scanner.Scanner."""

    def __init__(self) -> None:
        self._activity = autoclass("org.kivy.android.PythonActivity").mActivity
        self._found: Callable[[str | None], None] | None = None
        activity.bind(on_activity_result=self._answered)

    @property
    def available(self) -> bool:
        """See Scanner. From Android 11 on the manifest must name the intent to be told who answers it."""
        manager = self._activity.getPackageManager()
        return _intent().resolveActivity(manager) is not None

    def scan(self, found: Callable[[str | None], None]) -> None:
        """See Scanner. A second scan ends the first one with None."""
        before, self._found = self._found, found
        if before is not None:
            before(None)
        self._activity.startActivityForResult(_intent(), REQUEST)

    def _answered(self, request: int, result: int, intent: Any) -> None:
        if request != REQUEST or self._found is None:
            return
        found, self._found = self._found, None
        found(intent.getStringExtra(RESULT) if result == OK and intent is not None else None)


def _intent() -> Any:
    return autoclass("android.content.Intent")(ACTION)
