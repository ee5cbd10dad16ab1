"""Boundaries of places.

Revision ID: 20220416_0008
Revises: 20220416_0007
"""

import sqlalchemy as sa
from alembic import op

import server.database

revision = "20220416_0008"
down_revision = "20220416_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "place_boundary",
        sa.Column(
            "place_id", sa.Uuid(as_uuid=False).with_variant(sa.String(length=36), "sqlite"), nullable=False
        ),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("imported_at", server.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("place_id"),
    )


def downgrade() -> None:
    op.drop_table("place_boundary")
