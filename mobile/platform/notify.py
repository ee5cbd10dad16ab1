"""Telling the worker something while the app lies in the background, or nobody looks at the phone.

No text given here carries a person's name: it can be read on a locked phone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Notifier(Protocol):
    """What the platform offers."""

    def tell(self, title: str, text: str) -> None:
        """Tell now, so that it is heard or felt in a pocket."""
        ...

    def tell_at(self, moment: datetime, key: str, title: str, text: str) -> None:
        """Tell at a moment (aware, the phone's hour as it stands now), whatever became of the app by then. A second
        one of the same key takes the place of the first.
        """
        ...

    def cancel(self, key: str) -> None:
        """Tell it no more; nothing when nothing is to be told under the key."""
        ...


class SilentNotifier:
    """The desktop's version: the app's own bell says it on the screen, so nothing more is heard."""

    def tell(self, title: str, text: str) -> None:
        """Do nothing."""

    def tell_at(self, moment: datetime, key: str, title: str, text: str) -> None:
        """Do nothing: a desktop's app is open when its time comes, and then its bell says it."""

    def cancel(self, key: str) -> None:
        """Do nothing."""
