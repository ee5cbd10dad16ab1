"""The accounts of one phone: each worker's own folder, so that nobody touches another's unsent work (L16).

The first account lies in the phone's folder itself, where the only one always was; others lie in ``accounts/2``,
``accounts/3`` … A folder with a vault is an account: `accounts.json` only says whose it is, so that a phone that dies
between two steps loses no more than a name.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mobile.store import leaving
from mobile.store.vault import vault_of, write_whole


@dataclass(frozen=True, slots=True)
class Account:
    """One worker's part of the phone. `key` names its folder ("1" is the phone's own); `name`, `unit` and `role` say
    whose it is on the lock, "" until it was enrolled; nothing of a patient stands here.
    """

    key: str
    home: Path
    name: str = ""
    unit: str = ""
    role: str = ""


class Accounts:
    """The accounts in a phone's folder. Making one finishes a removal that was cut off."""

    def __init__(self, root: Path) -> None:
        self._root = root
        for home in self._homes().values():
            leaving.finish(home)

    def all(self) -> list[Account]:
        """Every account, in the order they were added."""
        labels = self._read()["labels"]
        return [
            Account(key, home, **_words(labels.get(key)))
            for key, home in self._homes().items()
            if vault_of(home).exists
        ]

    def at(self, key: str) -> Account:
        """The account of a key, also of one that is about to be added."""
        return next((account for account in self.all() if account.key == key), Account(key, self._home(key)))

    def last(self) -> Account:
        """The one that was opened last; the first place for one on a new phone."""
        found = self.all()
        last = self._read()["last"]
        return next((a for a in found if a.key == last), found[0] if found else self.free())

    def free(self) -> Account:
        """Where the next account goes: a folder that nobody's data ever lay in, or was erased from."""
        key = 1
        while leaving.in_use(self._home(str(key))):
            key += 1
        return Account(str(key), self._home(str(key)))

    def opened(self, account: Account) -> None:
        """Remember whose an account is, and that it was the last one opened."""
        words = {name: asdict(account)[name] for name in ("name", "unit", "role")}
        kept = self._read()
        changed = {"labels": kept["labels"] | {account.key: words}, "last": account.key}
        if changed != kept:
            self._write(changed)

    def erase(self, account: Account) -> None:
        """Take an account off the phone for good. The caller has made sure that nothing of it is lost."""
        leaving.erase(account.home)
        kept = self._read()
        kept["labels"].pop(account.key, None)
        self._write(kept)

    def _home(self, key: str) -> Path:
        return self._root if key == "1" else self._root / "accounts" / key

    def _homes(self) -> dict[str, Path]:
        """Folders that may hold an account, by key."""
        further = self._root / "accounts"
        found = [each.name for each in further.iterdir() if each.name.isdigit()] if further.is_dir() else []
        return {key: self._home(key) for key in ["1", *sorted(found, key=int)]}

    def _read(self) -> dict[str, Any]:
        try:
            kept = json.loads((self._root / "accounts.json").read_text(encoding="utf-8"))
            labels, last = dict(kept["labels"]), str(kept["last"])
        except (OSError, ValueError, KeyError, TypeError):
            return {"labels": {}, "last": ""}
        return {"labels": labels, "last": last}

    def _write(self, kept: dict[str, Any]) -> None:
        content = json.dumps(kept, ensure_ascii=False, sort_keys=True)
        write_whole(self._root / "accounts.json", content.encode())


def _words(label: Any) -> dict[str, str]:
    known = label if isinstance(label, dict) else {}
    return {name: str(known.get(name, "")) for name in ("name", "unit", "role")}
