"""Rows of decisions on leftovers."""

from typing import Any

from shared.projections.days import day_of
from shared.projections.register import Folded


def decision_row(folded: Folded) -> dict[str, Any] | None:
    """The decision on a lot at a site, or None while its first entry has not arrived."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "site_id": folded.origin,
        "lot_id": values["lot"],
        "decision": values["decision"],
        "until": day_of(values.get("until")),
        "document": values.get("document"),
        "reason": values.get("reason"),
    }
