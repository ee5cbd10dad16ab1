"""Plan deviations, and how the columns of import files were matched.

Revision ID: 20220416_0005
Revises: 20220416_0004
"""

import sqlalchemy as sa
from alembic import op

from server.database import Id, Instant

revision = "20220416_0005"
down_revision = "20220416_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_deviation",
        sa.Column("id", Id, nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("campaign_id", Id, nullable=False),
        sa.Column("age_group", sa.Text(), nullable=True),
        sa.Column("dose_type", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("differs", sa.Text(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=True),
        sa.Column("proposed_people", sa.Integer(), nullable=True),
        sa.Column("proposed_due_on", sa.Date(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("corrected_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_plan_deviation_place_id", "plan_deviation", ["place_id"])
    op.create_table(
        "import_mapping",
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("header_digest", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("used_at", Instant(), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("layout", "header_digest"),
    )


def downgrade() -> None:
    op.drop_table("import_mapping")
    op.drop_index("ix_plan_deviation_place_id", table_name="plan_deviation")
    op.drop_table("plan_deviation")
