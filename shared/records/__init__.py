"""Every kind of entry, one file each. Importing this package declares them all."""

from shared.kinds import KINDS
from shared.records import (  # noqa: F401
    campaign,
    dose,
    household,
    item,
    lot,
    person,
    place,
    plan_target,
    population_return,
    session,
    stock_count,
    stock_movement,
    visit,
)


def may_author(role: str, kind: str) -> bool:
    """Whether someone of `role` may write entries of `kind`."""
    declared = KINDS.get(kind)
    return declared is not None and role in declared.authors
