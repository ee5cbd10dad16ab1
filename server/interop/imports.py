"""Imports: what a checked file would change, and writing it through the ledger.

A file is checked whole before anything is written, and checked again against the database when it is
confirmed; what stands there already is left alone, so the same file twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import Connection

from server.interop.layouts import Layout, Mapping, Row
from server.interop.tables import Table
from server.ledger.author import ServerAuthor
from server.places.tree import Node, Tree
from shared.faults import Fault, fault
from shared.text.folding import fold


@dataclass(slots=True)
class Change:
    """An entry to be written; `edit` names its parents, `corrects` the event it replaces.

    It happened on `occurred_on` (today when not said) and is recorded today.
    """

    kind: str
    subject: str
    place: str
    body: dict[str, Any]
    edit: bool = False
    corrects: str | None = None
    occurred_on: date | None = None


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


@dataclass(frozen=True)
class Known:
    """What a file is checked against: the places of today and those the importer may change."""

    connection: Connection
    tree: Tree
    visible: Collection[str]

    @cached_property
    def _by_code(self) -> dict[tuple[str, str], str]:
        nodes = (self.tree.nodes[place] for place in self.visible if place in self.tree.nodes)
        return {(node.level, node.code): node.id for node in nodes if node.code}

    @cached_property
    def _by_name(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for place in sorted(self.visible):
            if (node := self.tree.get(place)) is not None:
                for name in {fold(node.name), fold(node.name.removeprefix(f"{node.unit_type} "))}:
                    found.setdefault(name, []).append(node)
        return found

    def place(self, row: Row, level: str, code: str | None) -> str | None:
        """The id of a visible place by its code of today; otherwise the row is refused."""
        found = self._by_code.get((level, code or ""))
        if found is None:
            row.refuse(Fault("import.unknown_place", params={"row": row.number, "code": code or "–"}))
        return found

    def named(self, row: Row, levels: Collection[str], name: str, district: str | None) -> str | None:
        """The id of a visible place by its name, with or without “Xã”; otherwise the row is refused.

        A name that several places share needs the name of the district.
        """
        found = [node for node in self._by_name.get(fold(name), ()) if node.level in levels]
        if district:
            inside = {node.id for node in self._by_name.get(fold(district), ()) if node.level == "district"}
            found = [n for n in found if inside.intersection(above.id for above in self.tree.path(n.id))]
        if not found:
            row.refuse(fault("import.unknown_name", row=row.number, name=name))
            return None
        if len(found) > 1:
            row.refuse(fault("import.unclear_place", row=row.number, name=name, count=len(found)))
            return None
        return found[0].id


class Importer(Protocol):
    """One sort of import file."""

    layout: Layout

    def plan(self, known: Known, rows: list[Row]) -> list[Change]:
        """Set each row's action and return the entries the sound rows make."""
        ...


def check(importer: Importer, known: Known, table: Table, mapping: Mapping | None = None) -> Preview:
    """What the file would change; without a mapping its headings say which column is which.

    Raises Refused when it lacks a column.
    """
    rows = importer.layout.rows(table, mapping)
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
            occurred_on=change.occurred_on,
            recorded_on=author.clock.today(),
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
