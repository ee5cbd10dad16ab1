"""Entries written on the pages of affairs, in the reader's name."""

from __future__ import annotations

from datetime import date
from typing import Any

from server.accounts.session import reader
from server.ledger.author import ServerAuthor
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from server.web.area import connection
from shared.faults import Refused, fault
from shared.kinds import KINDS
from shared.records import may_author


def write(
    kind: str,
    *,
    place: str,
    body: dict[str, Any],
    subject: str | None = None,
    occurred_on: date | None = None,
) -> str:
    """Write one entry and return its subject; of a register, an edit when the subject is known already.

    Raises Refused: `permission.denied`, or the gate's own faults, with nothing written. The caller commits.
    """
    if not may_author(reader().role, kind):
        raise Refused(fault("permission.denied"))
    author = ServerAuthor(connection(), reader(), current_settings().clock, PROJECTORS)
    heads: tuple[str, ...] = ()
    if subject is not None and KINDS[kind].nature == "register":
        heads = author.heads(kind, subject)
    made = author.write(
        kind, place=place, subject=subject, body=body, occurred_on=occurred_on, based_on=heads
    )
    author.flush()
    return made
