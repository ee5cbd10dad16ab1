"""Alerts told by e-mail.

Revision ID: 20220416_0015
Revises: 20220416_0014
"""

import sqlalchemy as sa
from alembic import op

from server.database import Id, Instant

revision = "20220416_0015"
down_revision = "20220416_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_address",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "alert_digest",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("changed_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"]),
        sa.PrimaryKeyConstraint("user_id", "day"),
    )
    op.create_index("ix_alert_digest_day", "alert_digest", ["day"])


def downgrade() -> None:
    op.drop_table("alert_digest")
    op.drop_table("mail_address")
