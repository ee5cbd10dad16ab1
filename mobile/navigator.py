"""How screens ask for another one, and how the phone tells what was done: the shell does it, tests may stand in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Navigator(Protocol):
    """Goes from screen to screen."""

    def go(self, name: str, **params: Any) -> Any:
        """Open a screen on top of the present one."""

    def swap(self, name: str, **params: Any) -> Any:
        """Open a screen instead of the present one."""

    def start(self, name: str, **params: Any) -> Any:
        """Open a screen with nothing beneath it."""

    def back(self) -> None:
        """Return to the screen beneath."""

    def say(
        self, text: str, tone: str = "good", action: str = "", when_action: Callable[[], None] = lambda: None
    ) -> None:
        """Tell what was done. With an `action` it can be undone for a minute: on the spot, and by the bar's mark on
        every screen; `when_action` may therefore be called from another screen, and once.
        """

    def undo(self) -> None:
        """Undo what was done last, while that is offered."""

    def refresh_bar(self) -> None:
        """Show the sync state again."""

    def refresh(self) -> None:
        """Show the present screen's data again, unless it is being written on."""
