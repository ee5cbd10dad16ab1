"""Out to the signing tool and back: a package of documents with a list, and the list filled in (R012).

The list is one CSV both ways: `COLUMNS`. The tool signs the files; whoever runs it fills in signer, certificate and
moment, and the file is read again. A row that names another document than the present one is refused.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from server.ledger.author import ServerAuthor
from server.reports.signing import Document, Standing, standing_of
from server.reports.workbook import Column, Sheet, csv_text
from shared.clock import VIETNAM, stamp
from shared.faults import Fault, Refused, fault
from shared.identifiers import is_id
from shared.records.signature import SIGNED_KINDS

#: Headings of the list; those from "signer" on are empty when it goes out.
COLUMNS = ("id", "kind", "digest", "place", "period", "file", "signer", "certificate", "signed_at", "tool")

#: What must stand in a list that comes back.
NEEDED = ("id", "digest", "signer", "certificate", "signed_at")

LIST_FILE = "danh-sach.csv"

#: Documents of one package.
MOST_DOCUMENTS = 5_000

#: How a moment may be written; without a zone it is Vietnam's.
_MOMENTS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%d/%m/%Y")

#: A ZIP tells when its files were made; the same documents shall give the same file.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a list brought: signatures written, rows signed before, rows still without a signature."""

    written: int
    known: int
    blank: int


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: Mapping[str, str]

    @property
    def digest(self) -> str:
        """In small digits, as documents have it."""
        return self.cells["digest"].lower()

    @property
    def blank(self) -> bool:
        """Whether nobody signed it yet."""
        return not any(self.cells[name] for name in ("signer", "certificate", "signed_at"))


def package(documents: Sequence[Document], words: Callable[[Document], tuple[str, str]]) -> bytes:
    """A ZIP of the documents and their list; `words` gives a document's place and period as people say them.

    Raises Refused: `signing.nothing`, `signing.too_many`.
    """
    if not documents:
        raise Refused(fault("signing.nothing"))
    if len(documents) > MOST_DOCUMENTS:
        raise Refused(fault("signing.too_many", most=MOST_DOCUMENTS))
    rows = [[d.id, d.kind, d.digest, *words(d), d.file, "", "", "", ""] for d in documents]
    sheet = Sheet(LIST_FILE, (), [Column(name) for name in COLUMNS], rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo(LIST_FILE, _EPOCH), csv_text(sheet))
        for document in documents:
            packed.writestr(zipfile.ZipInfo(document.file, _EPOCH), document.payload)
    return out.getvalue()


def take_back(
    author: ServerAuthor,
    header: Sequence[str],
    lines: Iterable[tuple[int, Sequence[str]]],
    may_sign: Callable[[Document], bool],
) -> Taken:
    """Write the signatures of a list: all of them, or none and every fault. The caller commits.

    `lines`: (number of the row in the file, its cells). `may_sign`: whether a document is of the reader's area.
    Raises Refused: `import.wrong_columns`, `signing.*`.
    """
    rows = _rows(header, lines)
    standing = _standing(author.connection, rows)
    faults: list[Fault] = []
    pending: dict[str, dict[str, str]] = {}
    known, blank = 0, 0
    for row in rows:
        found = standing.get(row.cells["id"])
        if row.blank:
            blank += 1
        elif found is None or not may_sign(found.document):
            faults.append(fault("signing.unknown", row=row.number, id=row.cells["id"]))
        elif found.state == "signed" and found.document.digest == row.digest:
            known += 1
        elif isinstance(judged := _judged(row, found.document, author.clock.now()), Fault):
            faults.append(judged)
        else:
            pending[found.document.id] = judged
    if faults:
        raise Refused(faults)
    for id_, body in pending.items():
        author.write("signature", place=standing[id_].document.place_id, subject=id_, body=body)
    author.flush()
    return Taken(len(pending), known, blank)


def _rows(header: Sequence[str], lines: Iterable[tuple[int, Sequence[str]]]) -> list[_Row]:
    names = [name.strip().lower() for name in header]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise Refused(fault("import.wrong_columns", missing=", ".join(missing)))
    return [
        _Row(number, {"tool": "", **dict(zip(names, (cell.strip() for cell in cells), strict=False))})
        for number, cells in lines
        if any(cells)
    ]


def _standing(connection: Connection, rows: Iterable[_Row]) -> dict[str, Standing]:
    """How everything named in a list stands; an id says by itself of which kind it is."""
    ids = sorted({row.cells["id"] for row in rows if is_id(row.cells["id"])})
    return {id_: found for kind in SIGNED_KINDS for id_, found in standing_of(connection, kind, ids).items()}


def _judged(row: _Row, document: Document, now: datetime) -> Fault | dict[str, str]:
    """The body of the signature a row gives, or what keeps it from being one."""
    cells, number = row.cells, row.number
    if not document.ready:
        return fault("signing.not_ready", row=number)
    if row.digest != document.digest:
        return fault("signing.digest_differs", row=number)
    if not (cells["signer"] and cells["certificate"] and cells["signed_at"]):
        return fault("signing.incomplete", row=number)
    moment = _moment(cells["signed_at"])
    if moment is None or moment > now:
        return fault("signing.bad_moment", row=number, value=cells["signed_at"])
    body = {
        "of": document.kind,
        "digest": document.digest,
        "action": "signed",
        "signer": cells["signer"],
        "certificate": cells["certificate"],
        "signed_at": stamp(moment),
    }
    return body | ({"tool": cells["tool"]} if cells["tool"] else {})


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=VIETNAM)
    except ValueError:
        pass
    for form in _MOMENTS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
    return None
