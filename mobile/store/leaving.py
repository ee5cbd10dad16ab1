"""An account leaves the phone: only when nothing of it is lost, and then without a trace (L5, L16).

Erasing is decided by a mark that is durable before anything goes, so a phone that dies in between finishes it at the
next start. The keys go first: what is left of the database then is noise.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from mobile.store.vault import write_whole
from shared.faults import Fault
from shared.rules import phones

if TYPE_CHECKING:
    from mobile.store.store import Store

_MARK = "erasing"
#: The keys, then what they opened.
_KEYS = ("vault.json", "device.key")
_DATA = ("store.db", "store.db-wal", "store.db-shm", "reserve.bin", "vault.json.new")


def hindrance(store: Store) -> Fault | None:
    """Why this account may not leave: phone.not_all_received, phone.drafts_left; None when it may."""
    state = store.outbox_summary()
    proven = min(state.receipt_count, state.received_through) if state.receipt_matches else 0
    return phones.leaving(state.total, min(proven, state.total - state.unsent), len(store.drafts()))


def in_use(home: Path) -> bool:
    """Whether somebody's data lie in a folder, readable or not."""
    return any((home / name).exists() for name in ("vault.json", "store.db", _MARK))


def erase(home: Path) -> None:
    """Erase the account of a folder; its store is closed."""
    write_whole(home / _MARK, b"")
    finish(home)


def finish(home: Path) -> None:
    """Finish an erasure that was decided; nothing happens where none was."""
    if not (home / _MARK).exists():
        return
    for name in _KEYS:
        _overwrite(home / name)
    for name in (*_KEYS, *_DATA):
        (home / name).unlink(missing_ok=True)
    (home / _MARK).unlink()
    if not any(home.iterdir()):
        home.rmdir()


def _overwrite(file: Path) -> None:
    """Noise in the place of a key. Flash memory may keep an old copy of the block: the PIN still locks that."""
    if not file.exists():
        return
    with file.open("r+b") as opened:
        opened.write(secrets.token_bytes(file.stat().st_size))
        opened.flush()
        os.fsync(opened.fileno())
