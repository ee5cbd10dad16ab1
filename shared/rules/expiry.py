"""Effective expiry: one pure function for phone, pages, alerts and proposals alike.

The printed date is not the last word: a document may move it for stock in one storage state, a thaw limit runs from
the day of the thaw whatever the label says (lots 124001 and 123002 of 2021: label moved from 30/11/2021 to
28/02/2022, the 31 days after thaw did not), an opened vial has a limit of its own, and a vial whose monitor reached
stage 3 is not used at all. Expiry days are plain dates; stock may be used on its last day (L26).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry

#: Upper bounds of the buckets of the expiring list, in days left.
BUCKETS = (("expired", -1), ("within_7", 7), ("within_30", 30), ("within_60", 60))

#: From this stage of the vial monitor on a vial is not used.
VVM_LIMIT = 3


@dataclass(frozen=True, slots=True)
class ItemTerms:
    """Limits of an item: days after a thaw; hours or days after opening (`rule`: hours, session, days or None)."""

    thaw_days: int | None = None
    open_hours: int | None = None
    open_days: int | None = None
    open_rule: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """One limit of a holding: `name` is label, revised, thaw, open or vvm; `source` the document that set it."""

    name: str
    last_day: date
    source: str | None = None


def terms(
    label_expiry: date | None,
    item: ItemTerms,
    *,
    state: str,
    revisions: Iterable[Mapping[str, Any]] = (),
    thawed_on: date | None = None,
    opened_on: date | None = None,
    vvm: int | None = None,
    vvm_on: date | None = None,
) -> list[Term]:
    """Every limit that applies to a holding, the tightest first; empty when none is known (which is not "never").

    `revisions` are {state, term, expiry or days, document}: of several for one term the latest day (or most days)
    counts. `vvm` is the stage seen on `vvm_on`.
    """
    told = list(revisions)
    for_state = [revision for revision in told if revision["state"] == state]
    # What was still frozen under a revision after its printed day keeps that day when it is thawed; the document
    # gives nothing to what was thawed before.
    kept_frozen = bool(thawed_on and label_expiry and thawed_on > label_expiry)
    as_frozen = [revision for revision in told if revision["state"] == "frozen"] if kept_frozen else []
    found = list(_label(label_expiry, [r for r in for_state if r.get("expiry")] or as_frozen))
    # What was thawed and then opened or set apart has both limits.
    if thawed_on and state != "frozen" and (limit := _limit(item.thaw_days, for_state, "thaw")):
        found.append(Term("thaw", thawed_on + timedelta(days=limit[0]), limit[1]))
    if opened_on and (limit := _limit(_days_open(item), for_state, "open")):
        found.append(Term("open", opened_on + timedelta(days=limit[0]), limit[1]))
    if vvm is not None and vvm >= VVM_LIMIT and vvm_on:
        found.append(Term("vvm", vvm_on - timedelta(days=1)))
    return sorted(found, key=lambda term: (term.last_day, term.name))


def effective_expiry(
    label_expiry: date | None,
    item: ItemTerms,
    *,
    state: str,
    revisions: Iterable[Mapping[str, Any]] = (),
    thawed_on: date | None = None,
    opened_on: date | None = None,
    vvm: int | None = None,
    vvm_on: date | None = None,
) -> date | None:
    """The last day a holding may be used, the tightest of `terms`; None when it is not known."""
    found = terms(
        label_expiry,
        item,
        state=state,
        revisions=revisions,
        thawed_on=thawed_on,
        opened_on=opened_on,
        vvm=vvm,
        vvm_on=vvm_on,
    )
    return found[0].last_day if found else None


def _label(label: date | None, revisions: Iterable[Mapping[str, Any]]) -> Iterator[Term]:
    moved = [r for r in revisions if r.get("term", "label") == "label" and r.get("expiry")]
    if moved:
        last = max(moved, key=lambda r: (str(r["expiry"]), str(r["document"])))
        yield Term("revised", date.fromisoformat(str(last["expiry"])), str(last["document"]))
    elif label:
        yield Term("label", label)


def _limit(
    days: int | None, revisions: Iterable[Mapping[str, Any]], term: str
) -> tuple[int, str | None] | None:
    moved = [r for r in revisions if r.get("term") == term and r.get("days")]
    if moved:
        last = max(moved, key=lambda r: (int(r["days"]), str(r["document"])))
        return int(last["days"]), str(last["document"])
    return None if days is None else (days, None)


def _days_open(item: ItemTerms) -> int | None:
    """Whole days after the day of opening; 0 is that day only. Hours never reach the next day's session."""
    if item.open_rule == "days":
        return item.open_days
    return 0 if item.open_rule == "session" or item.open_hours else None


def days_left(expiry: date | None, today: date) -> int | None:
    """Days until the last day of use: 0 on that day, negative after it, None when not known."""
    return None if expiry is None else (expiry - today).days


def bucket(left: int | None) -> str:
    """``expired``, ``within_7``, ``within_30``, ``within_60``, ``later`` or ``unknown``."""
    if left is None:
        return "unknown"
    return next((name for name, most in BUCKETS if left <= most), "later")


def last_day_of_lot(label_expiry: date | None, revisions: Iterable[Mapping[str, Any]] = ()) -> date | None:
    """The last day any stock of a lot may be used, in whichever state it was kept; None when it is not known."""
    days = [date.fromisoformat(str(revision["expiry"])) for revision in revisions if revision.get("expiry")]
    return max([label_expiry, *days] if label_expiry else days, default=None)


def revisions_are_whole(entry: "Entry") -> Iterator[Fault]:
    """A revision of the label says the new day, one of a limit the new number of days."""
    for number, revision in enumerate(entry.body.get("revisions") or ()):
        wanted = "expiry" if revision.get("term", "label") == "label" else "days"
        if not revision.get(wanted):
            yield fault("field.missing", f"revisions.{number}.{wanted}")
