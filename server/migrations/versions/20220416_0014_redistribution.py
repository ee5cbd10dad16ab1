"""Proposals, runs, forecasts and outcomes; stock with its effective expiry worked out.

`stock_expiry` is a projection: it is filled from the entries (`tungnha rebuild`); the other tables by jobs.

Revision ID: 20220416_0014
Revises: 20220416_0013
"""

import sqlalchemy as sa
from alembic import op

from server.database import Id, Instant

revision = "20220416_0014"
down_revision = "20220416_0013"
branch_labels = None
depends_on = None

_TABLES = (
    "redistribution_outcome",
    "redistribution_greedy",
    "redistribution_refusal",
    "redistribution_proposal",
    "redistribution_run",
    "demand_forecast",
    "stock_expiry",
)


def upgrade() -> None:
    op.create_table(
        "stock_expiry",
        sa.Column("holding_id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("lot_id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.Column("stopped", sa.Text()),
        sa.Column("vials", sa.BigInteger(), nullable=False),
        sa.Column("doses", sa.BigInteger()),
        sa.PrimaryKeyConstraint("holding_id"),
    )
    op.create_index("ix_stock_expiry_day", "stock_expiry", ["expires_on", "holding_id"])
    op.create_index("ix_stock_expiry_lot_id", "stock_expiry", ["lot_id"])
    op.create_index("ix_stock_expiry_site_id", "stock_expiry", ["site_id"])
    op.create_table(
        "demand_forecast",
        sa.Column("site_id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("province_id", Id, nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("mean_milli", sa.BigInteger(), nullable=False),
        sa.Column("dispersion_milli", sa.Integer(), nullable=False),
        sa.Column("still_due", sa.Integer()),
        sa.Column("used_doses", sa.Integer(), nullable=False),
        sa.Column("stocked_days", sa.Integer(), nullable=False),
        sa.Column("expected_doses", sa.Integer()),
        sa.Column("actual_doses", sa.Integer()),
        sa.Column("actual_days", sa.Integer()),
        sa.PrimaryKeyConstraint("site_id", "item_id", "made_on"),
    )
    op.create_index("ix_demand_forecast_item", "demand_forecast", ["item_id", "made_on"])
    op.create_index("ix_demand_forecast_made", "demand_forecast", ["province_id", "made_on"])
    op.create_table(
        "redistribution_run",
        sa.Column("id", Id, nullable=False),
        sa.Column("province_id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("sites", sa.Integer(), nullable=False),
        sa.Column("holdings", sa.Integer(), nullable=False),
        sa.Column("doses", sa.BigInteger(), nullable=False),
        sa.Column("expired_nothing", sa.Integer(), nullable=False),
        sa.Column("expired_greedy", sa.Integer(), nullable=False),
        sa.Column("expired_plan", sa.Integer(), nullable=False),
        sa.Column("missed_nothing", sa.Integer(), nullable=False),
        sa.Column("missed_plan", sa.Integer(), nullable=False),
        sa.Column("greedy_pairs", sa.Integer(), nullable=False),
        sa.Column("plan_pairs", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_redistribution_run_item", "redistribution_run", ["province_id", "item_id", "as_of"])
    op.create_table(
        "redistribution_proposal",
        sa.Column("id", Id, nullable=False),
        sa.Column("run_id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("lot_id", Id, nullable=False),
        sa.Column("holding_id", Id, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("thawed_on", sa.Date()),
        sa.Column("source_id", Id, nullable=False),
        sa.Column("destination_id", Id, nullable=False),
        sa.Column("vials", sa.Integer(), nullable=False),
        sa.Column("doses", sa.Integer(), nullable=False),
        sa.Column("leaves_on", sa.Date(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("days_left", sa.Integer(), nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("saves_from", sa.Integer(), nullable=False),
        sa.Column("saves_to", sa.Integer(), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("due_there", sa.Integer()),
        sa.Column("diluent_id", Id),
        sa.Column("diluent_vials", sa.Integer(), nullable=False),
        sa.Column("syringes", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_redistribution_proposal_destination_id", "redistribution_proposal", ["destination_id"]
    )
    op.create_index("ix_redistribution_proposal_holding_id", "redistribution_proposal", ["holding_id"])
    op.create_index("ix_redistribution_proposal_open", "redistribution_proposal", ["open", "item_id"])
    op.create_index("ix_redistribution_proposal_run_id", "redistribution_proposal", ["run_id"])
    op.create_index("ix_redistribution_proposal_source_id", "redistribution_proposal", ["source_id"])
    op.create_table(
        "redistribution_refusal",
        sa.Column("run_id", Id, nullable=False),
        sa.Column("holding_id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("lot_id", Id, nullable=False),
        sa.Column("vials", sa.Integer(), nullable=False),
        sa.Column("expires", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "holding_id"),
    )
    op.create_index("ix_redistribution_refusal_site_id", "redistribution_refusal", ["site_id"])
    op.create_table(
        "redistribution_greedy",
        sa.Column("run_id", Id, nullable=False),
        sa.Column("holding_id", Id, nullable=False),
        sa.Column("destination_id", Id, nullable=False),
        sa.Column("vials", sa.Integer(), nullable=False),
        sa.Column("doses", sa.Integer(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "holding_id", "destination_id"),
    )
    op.create_table(
        "redistribution_outcome",
        sa.Column("transfer_id", Id, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("proposal_id", Id, nullable=False),
        sa.Column("province_id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("lot_id", Id, nullable=False),
        sa.Column("source_id", Id, nullable=False),
        sa.Column("destination_id", Id, nullable=False),
        sa.Column("dispatched_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("expired", sa.Integer(), nullable=False),
        sa.Column("onward", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("displaced", sa.Integer(), nullable=False),
        sa.Column("nothing_used", sa.Integer(), nullable=False),
        sa.Column("greedy_used", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("scored_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("transfer_id", "line_no"),
    )
    op.create_index("ix_redistribution_outcome_province_id", "redistribution_outcome", ["province_id"])
    given = sa.text("proposal_id IS NOT NULL")
    op.create_index(
        "ix_transfer_proposal", "transfer", ["proposal_id"], postgresql_where=given, sqlite_where=given
    )


def downgrade() -> None:
    op.drop_index("ix_transfer_proposal", "transfer")
    for table in _TABLES:
        op.drop_table(table)
