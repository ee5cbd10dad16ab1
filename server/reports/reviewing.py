"""What is said of a report: accepted, asked about, answered. Each function writes one entry; the caller commits."""

from __future__ import annotations

from server.ledger.author import ServerAuthor
from server.reports.standing import Sent
from shared.faults import Refused, fault


def accept(author: ServerAuthor, sent: Sent, seen: str) -> None:
    """Accept a report as it was shown. Queries open until now are settled by it.

    `seen` are the entries that stood when it was shown, joined by commas; Refused (`report.gone`) when others
    stand now.
    """
    _still_stands(sent, seen)
    for head in sent.heads:
        body = {
            "report": head,
            "verdict": "accepted",
            "settles": [query.id for query in sent.open_queries if query.judged == head] or None,
        }
        author.write("report_review", place=sent.unit_id, subject=sent.id, body=body)
    author.flush()


def query(author: ServerAuthor, sent: Sent, seen: str, cell: str | None, text: str, about: str = "") -> None:
    """Ask the unit about a cell (or about the whole report), which `about` names in words.

    Refused as above, and without words.
    """
    _still_stands(sent, seen)
    if not text.strip():
        raise Refused(fault("field.missing", "text"))
    body = {"report": sent.heads[-1], "verdict": "queried", "cell": cell or None, "text": text.strip()}
    body["about"] = about or None
    author.write("report_review", place=sent.unit_id, subject=sent.id, body=body)
    author.flush()


def answer(author: ServerAuthor, sent: Sent, review_id: str, text: str) -> None:
    """Answer a query without changing the figures. Refused (`scope.hidden`) for a query that is not open."""
    asked = next((said for said in sent.open_queries if said.id == review_id), None)
    if asked is None:
        raise Refused(fault("scope.hidden"))
    if not text.strip():
        raise Refused(fault("field.missing", "text"))
    body = {"report": asked.judged, "review": asked.id, "text": text.strip()}
    author.write("report_answer", place=sent.unit_id, subject=sent.id, body=body)
    author.flush()


def _still_stands(sent: Sent, seen: str) -> None:
    if sorted(seen.split(",")) != sorted(sent.heads):
        raise Refused(fault("report.gone"))
