"""In which column of an in–out–balance report (nhập – xuất – tồn) a movement stands."""

from shared.rules.movements import CLOSED_VIAL, OPEN_VIAL

#: Columns between what a period began with and what it ended with; the balance at its end is the sum of them all.
COLUMNS = ("started", "received", "issued", "used", "open_waste", "closed_waste", "adjusted")

#: Those of what left; their amounts are below zero.
LEAVING = frozenset({"issued", "used", "open_waste", "closed_waste"})

_COLUMN_OF = {
    "opening": "started",
    "received": "received",
    "issued": "issued",
    "administered": "used",
    **dict.fromkeys(OPEN_VIAL, "open_waste"),
    **dict.fromkeys(CLOSED_VIAL, "closed_waste"),
}


def column_of(reason: str, *, comes_in: bool, turned: bool) -> str:
    """The column of a movement: one of COLUMNS. `turned` is a reversal, which stands where what it takes back stands.

    What was returned is received by whom it reaches and issued by whom it leaves. A change of state moves no vial;
    what it changes in doses (a seventh dose drawn) is an adjustment, like what a count found.
    """
    if reason == "returned":
        return "received" if comes_in != turned else "issued"
    return _COLUMN_OF.get(reason, "adjusted")
