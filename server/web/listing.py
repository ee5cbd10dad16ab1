"""Sorting and paging of tables, from the address: `sort`, `order` (asc or desc), `page`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import request

T = TypeVar("T")

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Sorting:
    """Which column a table is sorted by."""

    key: str
    descending: bool

    @classmethod
    def from_address(cls, known: Iterable[str], key: str, *, descending: bool = False) -> Sorting:
        """What the address asks for, or the given default; an unknown column is the default."""
        wanted = request.args.get("sort", "")
        if wanted not in set(known):
            return cls(key, descending)
        return cls(wanted, request.args.get("order") == "desc")

    def apply(self, rows: Iterable[T], keys: Mapping[str, Callable[[T], Any]]) -> list[T]:
        """The rows in order; rows whose value is None stand last either way."""
        key = keys[self.key]
        found = list(rows)
        known = [row for row in found if key(row) is not None]
        unknown = [row for row in found if key(row) is None]
        return sorted(known, key=key, reverse=self.descending) + unknown


@dataclass(frozen=True, slots=True)
class Paging:
    """Which rows of a list a page shows."""

    page: int
    total: int

    @classmethod
    def from_address(cls, total: int) -> Paging:
        """The page the address asks for, kept within the list."""
        asked = request.args.get("page", "1")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
        return cls(max(1, min(number, -(-total // PAGE_ROWS))), total)

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return (self.page - 1) * PAGE_ROWS

    def of(self, rows: Sequence[T]) -> Sequence[T]:
        """The rows of the page, of a list that is at hand whole."""
        return rows[self.offset : self.offset + PAGE_ROWS]

    def words(self) -> dict[str, int]:
        """What `pager` in parts.html says about the page."""
        return {
            "page": self.page,
            "pages": max(1, -(-self.total // PAGE_ROWS)),
            "total": self.total,
            "first": self.offset + 1,
            "last": min(self.offset + PAGE_ROWS, self.total),
        }
