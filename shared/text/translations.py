"""Messages in Vietnamese and English, read from CSV files with the columns key, vi, en."""

import csv
from io import StringIO
from pathlib import Path
from string import Formatter
from typing import Any, ClassVar

COLUMNS = ["key", "vi", "en"]


class Catalogue:
    """Every message of some files. ValueError for a row with a gap, a key defined twice, other columns."""

    #: True in tests: a missing key or figure raises. In production the key, or "–", is shown instead.
    strict: ClassVar[bool] = False

    def __init__(self, *paths: Path) -> None:
        self._messages: dict[str, tuple[str, str]] = {}
        for path in paths:
            self._load(path)

    def text(self, key: str, lang: str, **params: Any) -> str:
        """The message in "en", else in Vietnamese, with its figures filled in. KeyError only when strict."""
        if key not in self._messages:
            if self.strict:
                raise KeyError(f"no message has the key {key!r}")
            return key
        vi, en = self._messages[key]
        return Formatter().vformat(en if lang == "en" else vi, (), params if self.strict else _Shown(params))

    def keys(self) -> frozenset[str]:
        """Every key there is."""
        return frozenset(self._messages)

    def __contains__(self, key: object) -> bool:
        return key in self._messages

    def _load(self, path: Path) -> None:
        reader = csv.DictReader(StringIO(path.read_text(encoding="utf-8"), newline=""))
        if reader.fieldnames != COLUMNS:
            raise ValueError(f"{path.name}: the columns are {reader.fieldnames}, not {COLUMNS}")
        for row in reader:
            key = row["key"]
            if list(row) != COLUMNS or not all(row.values()):
                raise ValueError(f"{path.name}: the row of {key!r} has a gap or a cell too many")
            if key in self._messages:
                raise ValueError(f"{path.name}: the key {key!r} is defined twice")
            self._messages[key] = row["vi"], row["en"]


class _Shown(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"
