"""Every table, in one import: migrations and commands need them all."""

import server.accounts.models
import server.indicators.models
import server.ledger.models
import server.places.models
import server.plans.models
import server.registers.models
import server.scheduler.models
import server.stock.models  # noqa: F401
from server.database import Model

metadata = Model.metadata
