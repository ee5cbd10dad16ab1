"""Decisions on leftovers.

Revision ID: 20220416_0016
Revises: 20220416_0015
"""

import sqlalchemy as sa
from alembic import op

from server.database import Id

revision = "20220416_0016"
down_revision = "20220416_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leftover_decision",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("lot_id", Id, nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("document", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_leftover_decision_site_id", "leftover_decision", ["site_id"])


def downgrade() -> None:
    op.drop_table("leftover_decision")
