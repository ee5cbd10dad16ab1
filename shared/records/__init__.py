"""Every kind of entry, one file each. Importing this package declares them all."""

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
