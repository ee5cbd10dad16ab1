"""Screens by name: those of the lock at once, the others behind its back while the PIN is given."""

from __future__ import annotations

from functools import cache
from threading import Thread

from mobile.screens import accounts, choose_pin, unlock  # noqa: F401  what a locked phone shows
from mobile.screens.base import SCREENS, Screen
from mobile.sweeping import leave_out_what_is_loaded


def screen_of(name: str) -> type[Screen]:
    """The screen of a name, loaded when it was not yet. KeyError when there is none."""
    if name not in SCREENS:
        _load()
    return SCREENS[name]


@cache
def load_the_rest() -> None:
    """Begin to load every other screen, and what stands behind it, without making anybody wait; once a process."""
    Thread(target=_load_and_keep, name="loading", daemon=True).start()


def _load_and_keep() -> None:
    _load()
    leave_out_what_is_loaded()


def _load() -> None:
    import mobile.screens.every
    import mobile.syncing.worker  # noqa: F401  what an unlocked phone starts with
