"""Allocations: what was planned for a site, beside what it received.

Revision ID: 20220416_0012
Revises: 20220416_0011
"""

import sqlalchemy as sa
from alembic import op

from server.database import Id

revision = "20220416_0012"
down_revision = "20220416_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allocation",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("source_id", Id, nullable=True),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("vials", sa.Integer(), nullable=False),
        sa.Column("by_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("campaign_id", Id, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("withdrawn", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_allocation_site_id", "allocation", ["site_id"])
    op.create_index("ix_allocation_source_id", "allocation", ["source_id"])


def downgrade() -> None:
    op.drop_table("allocation")
