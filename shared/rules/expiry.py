"""Effective expiry: one pure function for phone, pages, alerts and proposals alike.

The printed date is not the last word: a document may move it for stock in one storage state, and a thaw
limit runs from the day of the thaw whatever the label says (lots 124001 and 123002 of 2021: label moved from
30/11/2021 to 28/02/2022, the 31 days after thaw did not). Expiry days are plain dates; stock may be used on
its last day (L26).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

#: Upper bounds of the buckets of the expiring list, in days left.
BUCKETS = (("expired", -1), ("within_7", 7), ("within_30", 30), ("within_60", 60))


def effective_expiry(
    label_expiry: date | None,
    *,
    state: str,
    revisions: Iterable[Mapping[str, Any]] = (),
    thawed_on: date | None = None,
    thaw_days: int | None = None,
) -> date | None:
    """The last day a holding may be used; None when it is not known (which is not "never").

    `revisions` are {state, expiry, document}; the latest date among those for this state replaces the label.
    """
    revised = [date.fromisoformat(str(r["expiry"])) for r in revisions if r["state"] == state]
    terms = [max(revised)] if revised else [label_expiry] if label_expiry else []
    if state == "thawed" and thawed_on and thaw_days:
        terms.append(thawed_on + timedelta(days=thaw_days))
    return min(terms) if terms else None


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
    days = [date.fromisoformat(str(revision["expiry"])) for revision in revisions]
    return max([label_expiry, *days] if label_expiry else days, default=None)
