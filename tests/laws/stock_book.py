"""The stock book recounted from the entries alone, by other means than the program's: a walk forward through
corrections, plain sums, no shared code.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Holding = tuple[str, str, str, str, str]  # site, lot, state, thawed on, opened on
Raw = dict[str, Any]

DOCUMENTS = ("dispatch", "receipt", "settlement")


@dataclass
class Book:
    """Movements of every holding as (day, vials, doses, of which count), and goods of transfers by (transfer, lot)."""

    moved: dict[Holding, list[tuple[str, int, int, str]]] = field(default_factory=lambda: defaultdict(list))
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    came: Counter[tuple[str, str]] = field(default_factory=Counter)
    gone: Counter[tuple[str, str]] = field(default_factory=Counter)

    def vials(self, holding: Holding, until: str = "9999", but: str = "-") -> int:
        """The balance at the end of a day, without what explains the count `but`."""
        return sum(vials for day, vials, _, of in self.moved[holding] if day <= until and of != but)

    def doses(self, holding: Holding) -> int:
        return sum(doses for _, _, doses, _ in self.moved[holding])


def recount(entries: Iterable[Raw]) -> Book:
    """The book that these entries, in whatever order, amount to."""
    told = sorted(entries, key=lambda raw: raw["id"])
    book = Book()
    _movements(book, [raw for raw in told if raw["kind"] == "stock_movement"])
    for raw in last_words(raw for raw in told if raw["kind"] == "count_explanation"):
        for line in raw["body"]["lines"]:
            holding = _holding(raw["place"], line["lot"], line)
            book.moved[holding].append(
                (raw["occurred_on"], line["vials"], line.get("doses", 0), raw["subject"])
            )
    for raw in last_words(raw for raw in told if raw["kind"] in DOCUMENTS):
        _document(book, raw)
    return book


def last_words(entries: Iterable[Raw]) -> list[Raw]:
    """What stands of events of which some correct others: from each uncorrected beginning the first correction, and
    the first of that one, to the end.
    """
    told = {raw["id"]: raw for raw in entries}
    after: dict[str, list[str]] = defaultdict(list)
    begins = []
    for raw in told.values():
        of = told.get(raw.get("corrects", ""))
        if of is not None and (of["kind"], of["subject"]) == (raw["kind"], raw["subject"]):
            after[of["id"]].append(raw["id"])
        else:
            begins.append(raw["id"])
    found = []
    for begin in begins:
        while after[begin]:
            begin = min(after[begin])
        found.append(told[begin])
    return found


def _movements(book: Book, movements: list[Raw]) -> None:
    by_id = {raw["id"]: raw for raw in movements}
    back: dict[str, str] = {}
    for raw in movements:
        of = by_id.get(raw["body"].get("reverses", ""))
        if of is not None and "reverses" not in of["body"] and _changes(raw) == _changes(of, -1):
            back.setdefault(of["id"], raw["id"])
    for raw in movements:
        if raw["id"] in back or "reverses" in raw["body"]:
            continue  # taken back on its own day: both are as if they had never been
        for holding, (vials, doses) in _changes(raw).items():
            book.moved[holding].append((raw["occurred_on"], vials, doses, ""))


def _changes(raw: Raw, sign: int = 1) -> dict[Holding, tuple[int, int]]:
    body = raw["body"]
    vials, doses = sign * body["vials"], sign * body.get("doses", 0)
    counted = {"opened", "quarantined"}
    found = {_holding(raw["place"], raw["subject"], body): (vials, doses if body["state"] in counted else 0)}
    if "to_state" in body:
        into = {
            "state": body["to_state"],
            "thawed_on": body.get("to_thawed_on") or body.get("thawed_on"),
            "opened_on": body.get("to_opened_on"),
        }
        found[_holding(raw["place"], raw["subject"], into)] = (
            -vials,
            -doses if body["to_state"] in counted else 0,
        )
    return found


def _document(book: Book, raw: Raw) -> None:
    body = raw["body"]
    for line in body["lines"]:
        goods = raw["subject"], line["lot"]
        source, destination = (_holding(body[name], line["lot"], line) for name in ("source", "destination"))
        apart = _holding(body["destination"], line["lot"], line | {"state": "quarantined"})
        moves = {
            "dispatch": [(source, -line.get("vials", 0))],
            "receipt": [(destination, line.get("accepted", 0)), (apart, line.get("rejected", 0))],
            "settlement": [(source, line.get("back", 0))],
        }[raw["kind"]]
        for holding, vials in moves:
            if vials:
                book.moved[holding].append((raw["occurred_on"], vials, 0, ""))
        book.sent[goods] += line.get("vials", 0)
        book.came[goods] += line.get("accepted", 0) + line.get("rejected", 0) + line.get("back", 0)
        book.gone[goods] += line.get("lost", 0)


def _holding(site: str, lot: str, line: Raw) -> Holding:
    return site, lot, line["state"], line.get("thawed_on") or "", line.get("opened_on") or ""
