"""Reports, reviews, closed periods, restatements, reconciliations.

Revision ID: 20220416_0007
Revises: 20220416_0006
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20220416_0007"
down_revision = "20220416_0006"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")


def _period() -> list[sa.Column[Any]]:
    return [
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("campaign_id", ID, nullable=True),
    ]


def _plan() -> list[sa.Column[Any]]:
    return [
        sa.Column("plan_document", sa.Text(), nullable=True),
        sa.Column("plan_valid_from", sa.Date(), nullable=True),
    ]


def _said() -> list[sa.Column[Any]]:
    return [
        sa.Column("author_id", ID, nullable=False),
        sa.Column("said_at", sa.Text(), nullable=False),
        sa.Column("corrected_by", ID, nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("id", ID, primary_key=True),
        sa.Column("unit_id", ID, nullable=False),
        *_period(),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("nothing_held", sa.Boolean(), nullable=False),
        *_plan(),
        sa.Column("counted_at", sa.Text(), nullable=False),
        sa.Column("heads", sa.Text(), nullable=False),
    )
    op.create_index("ix_report_period", "report", ["form", "period", "first_on"])
    op.create_index("ix_report_unit", "report", ["unit_id", "first_on"])
    op.create_table(
        "report_review",
        sa.Column("id", ID, primary_key=True),
        sa.Column("report_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("judged_id", ID, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("settles", sa.Text(), nullable=False),
        *_said(),
    )
    op.create_index("ix_report_review_report_id", "report_review", ["report_id"])
    op.create_table(
        "report_answer",
        sa.Column("id", ID, primary_key=True),
        sa.Column("report_id", ID, nullable=False),
        sa.Column("review_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_said(),
    )
    op.create_index("ix_report_answer_report_id", "report_answer", ["report_id"])
    op.create_table(
        "period_close",
        sa.Column("id", ID, primary_key=True),
        sa.Column("period_id", ID, nullable=False),
        sa.Column("place_id", ID, nullable=False),
        *_period(),
        *_plan(),
        sa.Column("as_of", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("corrected_by", ID, nullable=True),
    )
    op.create_index("ix_period_close_period_id", "period_close", ["period_id"])
    op.create_index("ix_close_period", "period_close", ["form", "period", "first_on"])
    op.create_index("ix_close_place", "period_close", ["place_id", "first_on"])
    op.create_table(
        "restatement",
        sa.Column("id", ID, primary_key=True),
        sa.Column("period_id", ID, nullable=False),
        sa.Column("close_id", ID, nullable=False),
        sa.Column("place_id", ID, nullable=False),
        sa.Column("counted_at", sa.Text(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("late", sa.Text(), nullable=False),
        sa.Column("late_count", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("corrected_by", ID, nullable=True),
    )
    op.create_index("ix_restatement_period_id", "restatement", ["period_id"])
    op.create_table(
        "reconciliation",
        sa.Column("id", ID, primary_key=True),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        *_period()[1:],
        sa.Column("vaccine", sa.Text(), nullable=True),
        sa.Column("unit_value", sa.Integer(), nullable=True),
        sa.Column("cdc_value", sa.Integer(), nullable=True),
        sa.Column("cdc_source", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("agreed_value", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
    )
    op.create_index("ix_reconciliation_unit_id", "reconciliation", ["unit_id"])
    op.create_index("ix_reconciliation_period", "reconciliation", ["period", "first_on"])
    op.create_table(
        "report_layout",
        sa.Column("id", ID, primary_key=True),
        sa.Column("province_id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
    )
    op.create_index("ix_report_layout_province_id", "report_layout", ["province_id"])
    op.create_table(
        "report_watch",
        sa.Column("close_id", ID, primary_key=True),
        sa.Column("heads", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    for table in (
        "report_watch",
        "report_layout",
        "reconciliation",
        "restatement",
        "period_close",
        "report_answer",
        "report_review",
        "report",
    ):
        op.drop_table(table)
