"""Telling the worker something while the app lies in the background."""

from __future__ import annotations

from typing import Protocol


class Notifier(Protocol):
    """What the platform offers."""

    def tell(self, title: str, text: str) -> None:
        """Show a notification, without a person's name in it: it can be read on a locked phone."""
        ...


class SilentNotifier:
    """The desktop's version: screens say it, so nothing more is shown."""

    def tell(self, title: str, text: str) -> None:
        """Do nothing."""
