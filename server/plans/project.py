"""Brings the plan tables to what the folds say: campaigns, targets, deviations, population returns."""

from sqlalchemy import Connection, Table

from server.database import insert_rows
from server.ledger.projecting import Arrived
from server.plans.models import Campaign, PlanDeviation, PlanTarget, Population
from shared.projections import events, programme

_CAMPAIGN: Table = Campaign.__table__  # type: ignore[assignment]
_TARGET: Table = PlanTarget.__table__  # type: ignore[assignment]
_DEVIATION: Table = PlanDeviation.__table__  # type: ignore[assignment]
_POPULATION: Table = Population.__table__  # type: ignore[assignment]

#: The tables this room projects.
TABLES = (_CAMPAIGN, _TARGET, _DEVIATION, _POPULATION)


def project(connection: Connection, arrived: Arrived) -> None:
    """Project what arrived."""
    campaigns = [row for folded in arrived.folded("campaign") if (row := programme.campaign_row(folded))]
    insert_rows(connection, _CAMPAIGN, campaigns, replace=("id",))
    targets = [row for folded in arrived.folded("plan_target") if (row := programme.plan_target_row(folded))]
    insert_rows(connection, _TARGET, targets, replace=("id",))
    deviations = [programme.plan_deviation_row(entry, by) for entry, by in arrived.events("plan_deviation")]
    insert_rows(connection, _DEVIATION, deviations, replace=("id",))
    figures = [
        row for entry, by in arrived.events("population_return") for row in events.population_rows(entry, by)
    ]
    insert_rows(connection, _POPULATION, figures, replace=("return_id", "age_group"))
