"""Imports: what a checked file would change, and writing it through the ledger.

A file is checked whole before anything is written, and checked again against the database when it is
confirmed; what stands there already is left alone, so the same file twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection

from server.interop.layouts import Layout, Row
from server.interop.tables import Table
from server.ledger.author import ServerAuthor
from server.places.tree import Tree
from shared.faults import Fault, fault


@dataclass(slots=True)
class Change:
    """An entry to be written; `edit` names its parents, `corrects` the event it replaces."""

    kind: str
    subject: str
    place: str
    body: dict[str, Any]
    edit: bool = False
    corrects: str | None = None


@dataclass(slots=True)
class Preview:
    """Every row of the file with what would become of it, and the entries its sound rows make."""

    layout: Layout
    rows: list[Row]
    changes: list[Change] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, same, fault."""
        return {
            action: sum(row.action == action for row in self.rows)
            for action in ("new", "changed", "same", "fault")
        }


@dataclass(frozen=True, slots=True)
class Known:
    """What a file is checked against: the places of today and those the importer may change."""

    connection: Connection
    tree: Tree
    visible: Collection[str]

    def place(self, row: Row, level: str, code: str | None) -> str | None:
        """The id of a visible place by its code of today; otherwise the row is refused."""
        found = next(
            (
                n.id
                for n in self.tree.nodes.values()
                if n.level == level and n.code == code and n.id in self.visible
            ),
            None,
        )
        if found is None:
            row.refuse(Fault("import.unknown_place", params={"row": row.number, "code": code or "–"}))
        return found


class Importer(Protocol):
    """One sort of import file."""

    layout: Layout

    def plan(self, known: Known, rows: list[Row]) -> list[Change]:
        """Set each row's action and return the entries the sound rows make."""
        ...


def check(importer: Importer, known: Known, table: Table) -> Preview:
    """What the file would change. Raises Refused when it lacks a column."""
    rows = importer.layout.rows(table)
    return Preview(importer.layout, rows, importer.plan(known, rows))


def write(preview: Preview, author: ServerAuthor) -> int:
    """Write the entries of a preview; how many. Raises Refused, with nothing written. The caller commits."""
    for change in preview.changes:
        author.write(
            change.kind,
            subject=change.subject,
            place=change.place,
            body=change.body,
            based_on=author.heads(change.kind, change.subject) if change.edit else (),
            corrects=change.corrects,
        )
    author.flush()
    return len(preview.changes)


def refuse_repeats(rows: list[Row], key: Callable[[Row], object]) -> None:
    """Refuse the rows that repeat an earlier sound one."""
    first: dict[object, int] = {}
    for row in rows:
        if row.action == "fault":
            continue
        earlier = first.setdefault(key(row), row.number)
        if earlier != row.number:
            row.refuse(fault("import.duplicate_row", row=row.number, first=earlier))
