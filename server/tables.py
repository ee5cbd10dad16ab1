"""Every table, in one import: migrations and commands need them all."""

import server.accounts.exports
import server.accounts.models
import server.affairs.models
import server.alerts.models
import server.indicators.models
import server.indicators.punctuality
import server.interop.models
import server.ledger.models
import server.places.boundaries
import server.places.models
import server.plans.models
import server.redistribution.models
import server.registers.identity_models
import server.registers.models
import server.registers.safety
import server.reports.models
import server.scheduler.models
import server.stock.expiry_models
import server.stock.leftover_models
import server.stock.models
import server.stock.transfer_models  # noqa: F401
from server.database import Model

metadata = Model.metadata
