"""Matching the columns of a file to those of a layout: where its headings stand, and what was agreed last time."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from sqlalchemy import Connection, Table, select

from server.database import insert_rows
from server.interop.layouts import Layout, Mapping, letters
from server.interop.models import ImportMapping
from server.interop.tables import Lines

_MAPPING: Table = ImportMapping.__table__  # type: ignore[assignment]

#: Lines of a file among which its headings are looked for; above them stand titles and signatures.
SEARCHED = 40


def header_row(layout: Layout, lines: Lines) -> int:
    """The number (from 1) of the line that reads most like the headings; of equals the first.

    A file that has none of them is taken to begin with its headings, after lines of one single cell.
    """
    fits = [(len(layout.guess(line).found), -number) for number, line in enumerate(lines[:SEARCHED], 1)]
    best, number = max(fits)
    if best >= 2:
        return -number
    return next(
        (n for n, line in enumerate(lines, 1) if len({text for text in line if text}) > 1),
        next(n for n, line in enumerate(lines, 1) if any(line)),
    )


def mapping_for(connection: Connection, layout: Layout, header: tuple[str, ...]) -> Mapping:
    """How a header like this was matched last time; otherwise what its headings say by themselves."""
    query = select(ImportMapping.mapping).where(
        ImportMapping.layout == layout.name, ImportMapping.header_digest == header_digest(header)
    )
    kept = connection.execute(query).scalar()
    if kept is None:
        return layout.guess(header)
    known = {column.name for column in layout.columns}
    return Mapping({name: index for name, index in json.loads(kept).items() if name in known})


def remember(
    connection: Connection,
    layout: Layout,
    header: tuple[str, ...],
    mapping: Mapping,
    user_id: str,
    at: datetime,
) -> None:
    """Keep a mapping that a file was written by. Fixed words are of one file only and are not kept."""
    row = {
        "layout": layout.name,
        "header_digest": header_digest(header),
        "mapping": json.dumps(mapping.found, sort_keys=True),
        "used_at": at,
        "user_id": user_id,
    }
    insert_rows(connection, _MAPPING, [row], replace=("layout", "header_digest"))


def header_digest(header: tuple[str, ...]) -> str:
    """The same for headings that read alike, in the same order."""
    return hashlib.sha256("\n".join(map(letters, header)).encode()).hexdigest()
