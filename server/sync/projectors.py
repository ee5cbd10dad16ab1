"""Every projector, in the order a push and a rebuild call them, and the tables they keep."""

from sqlalchemy import Table

from server.ledger.models import Conflict
from server.ledger.projecting import Projector
from server.plans import project as plans
from server.registers import places
from server.registers import project as registers
from server.stock import project as stock

PROJECTORS: tuple[Projector, ...] = (places.project, registers.project, stock.project, plans.project)

_CONFLICT: Table = Conflict.__table__  # type: ignore[assignment]

#: Tables that a rebuild empties and fills again; nothing else writes them.
PROJECTED: tuple[Table, ...] = (
    *places.TABLES,
    *registers.TABLES,
    *stock.TABLES,
    *plans.TABLES,
    _CONFLICT,
)
