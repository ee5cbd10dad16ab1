"""Room for records: free space is looked at, and some is kept aside for the last records of a full phone (L19).

The reserve is a file of real blocks in the account's folder. When the phone is nearly full it is given up, so that
what is recorded next still finds room; nothing is fetched from then on.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from shared.rules import phones

#: Bytes written at once where blocks cannot be asked for.
_PIECE = 1 << 20


def free_bytes(folder: Path) -> int:
    """Free space where the folder lies; its reserve is not counted."""
    return shutil.disk_usage(folder).free


class Reserve:
    """The file `reserve.bin` of an account's folder."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file = home / "reserve.bin"

    @property
    def stands(self) -> bool:
        """Whether it is there in full."""
        try:
            return self._file.stat().st_size == phones.RESERVE
        except OSError:
            return False

    def room(self) -> phones.Room:
        """How much room there is."""
        return phones.room(free_bytes(self._home), self.stands)

    def put_aside(self) -> None:
        """Take the space where it fits; a phone too full for it goes on without a reserve."""
        if self.stands or not phones.reserve_fits(free_bytes(self._home)):
            return
        try:
            with self._file.open("wb") as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, phones.RESERVE)
                else:
                    for _ in range(phones.RESERVE // _PIECE):
                        file.write(os.urandom(_PIECE))
        except OSError:
            self.give_up()

    def give_up(self) -> None:
        """Free the space."""
        self._file.unlink(missing_ok=True)

    def before_writing(self) -> None:
        """Free the space when what is about to be written might not find room without it."""
        if self._file.exists() and phones.reserve_is_needed(free_bytes(self._home)):
            self.give_up()
