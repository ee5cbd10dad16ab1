"""Who is one person: verdicts on pairs of records, the groups they make, and answers of the population database.

Groups depend on the set of verdicts alone. Nothing is ever moved from one record to another, so withdrawing a
verdict gives back exactly what was there before (L18).
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from shared.entries import Entry

Row = dict[str, Any]


def same_person_row(entry: Entry, corrected_by: str | None) -> Row:
    """The verdict."""
    body = entry.body
    return {
        "id": entry.id,
        "pair_id": entry.subject,
        "person_a": body["person_a"],
        "person_b": body["person_b"],
        "verdict": body["verdict"],
        "keep_id": body.get("keep") if body["verdict"] == "same" else None,
        "checked_by": body.get("checked_by"),
        "note": body.get("note"),
        "decided_on": entry.occurred_on,
        "author_id": entry.author,
        "corrected_by": corrected_by,
    }


def groups(verdicts: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Record -> the record kept, for every record of a group of two or more; both ways round of a chain alike.

    Two records belong together when a verdict that stands says "same" and none that stands says "different". Of
    a group that record is kept which some verdict keeps and none gives up; the least id of these when there are
    several, the least of all when there is none.
    """
    said: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in verdicts:
        if row["corrected_by"] is None:
            said.setdefault((row["person_a"], row["person_b"]), []).append(row)
    links = {pair: rows for pair, rows in said.items() if all(row["verdict"] == "same" for row in rows)}
    keeps = {row["keep_id"] for rows in links.values() for row in rows}
    given_up = {
        person for pair, rows in links.items() for row in rows for person in pair if person != row["keep_id"]
    }
    found: dict[str, str] = {}
    for group in _components(links):
        best = group & keeps - given_up or group
        found |= dict.fromkeys(group, min(best))
    return found


def id_match_row(entry: Entry, corrected_by: str | None) -> Row:
    """The answer about one person. `told` is what the population database says where it differs, as JSON text."""
    body = entry.body
    told = {name: body[name] for name in ("full_name", "birth_date", "sex") if body.get(name)}
    return {
        "id": entry.id,
        "person_id": entry.subject,
        "answer": body["answer"],
        "id_number": body["id_number"],
        "differs": ",".join(sorted(set(body.get("differs", ())))),
        "told": json.dumps(told, ensure_ascii=False, sort_keys=True),
        "source": body.get("source"),
        "answered_on": entry.occurred_on,
        "corrected_by": corrected_by,
    }


def standing_match(answers: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Of a person's answers the latest that stands; on one day that with the greater id."""
    standing = [row for row in answers if row["corrected_by"] is None]
    return max(standing, key=_latest, default=None)


def _latest(row: Mapping[str, Any]) -> tuple[date, str]:
    return row["answered_on"], row["id"]


def _components(links: Iterable[tuple[str, str]]) -> list[set[str]]:
    of: dict[str, set[str]] = {}
    for one, other in links:
        joined = of.get(one, {one}) | of.get(other, {other})
        of |= dict.fromkeys(joined, joined)
    return list({id(group): group for group in of.values()}.values())
