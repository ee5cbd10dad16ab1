"""Where practice happens: a folder beside the accounts, made anew each time and thrown away after."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from shared.clock import Clock

if TYPE_CHECKING:
    from mobile.store.store import Store


class PracticeFolder:
    """One folder that holds nothing but made-up data."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def open(self, role: str, clock: Clock) -> Store:
        """A fresh store with the sample in it, for somebody of this role. Nobody knows its PIN: it opens once."""
        # Loaded when somebody practises: the lock does not wait for it.
        from mobile.practice import sample
        from mobile.store.store import Store

        self.clear()
        store = Store.create(self._home, secrets.token_hex(8), clock=clock)
        store.set_identity(sample.identity(role))
        store.apply_page(sample.page(role, clock))
        return store

    def clear(self) -> None:
        """Throw it away."""
        if self._home.exists():
            shutil.rmtree(self._home)
