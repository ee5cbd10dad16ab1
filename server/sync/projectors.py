"""Every projector, in the order a push and a rebuild call them, and the tables they keep."""

from sqlalchemy import Table

from server.affairs import project as affairs
from server.ledger.models import Conflict
from server.ledger.projecting import Projector
from server.plans import project as plans
from server.registers import identity, places
from server.registers import project as registers
from server.reports import project as reports
from server.stock import project as stock

PROJECTORS: tuple[Projector, ...] = (
    places.project,
    registers.project,
    identity.project,
    stock.project,
    plans.project,
    affairs.project,
    reports.project,
)

_CONFLICT: Table = Conflict.__table__  # type: ignore[assignment]

#: Tables that a rebuild empties and fills again; nothing else writes them.
PROJECTED: tuple[Table, ...] = (
    *places.TABLES,
    *registers.TABLES,
    *identity.TABLES,
    *stock.TABLES,
    *plans.TABLES,
    *affairs.TABLES,
    *reports.TABLES,
    _CONFLICT,
)
