"""What parents answer and who needs transport; how far villages keep to the schedule.

Rows of visits that stand already hold no such answer; a rebuild reads nothing else into them.

Revision ID: 20220416_0010
Revises: 20220416_0009
"""

import sqlalchemy as sa
from alembic import op

from server.database import Id, Instant

revision = "20220416_0010"
down_revision = "20220416_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("visit_outcome") as batch:
        batch.add_column(sa.Column("reached", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("consent", sa.Text(), nullable=True))
        batch.add_column(sa.Column("transport_need", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("visit_outcome") as batch:
        batch.alter_column("transport_need", server_default=None)
    op.create_index(
        "ix_visit_outcome_transport",
        "visit_outcome",
        ["person_id"],
        postgresql_where=sa.text("transport_need"),
        sqlite_where=sa.text("transport_need"),
    )
    op.create_index(
        "ix_visit_outcome_consent",
        "visit_outcome",
        ["person_id"],
        postgresql_where=sa.text("consent IS NOT NULL"),
        sqlite_where=sa.text("consent IS NOT NULL"),
    )
    op.create_index(
        "ix_person_cannot_come",
        "person",
        ["village_id"],
        postgresql_where=sa.text("cannot_come IS NOT NULL"),
        sqlite_where=sa.text("cannot_come IS NOT NULL"),
    )
    op.create_index(
        "ix_visit_revisit",
        "visit",
        ["village_id"],
        postgresql_where=sa.text("revisit_on IS NOT NULL"),
        sqlite_where=sa.text("revisit_on IS NOT NULL"),
    )
    op.create_table(
        "schedule_cell",
        sa.Column("village_id", Id, nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("fallen_due", "complete", "followed", "on_schedule")
        ),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("computed_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("village_id"),
    )


def downgrade() -> None:
    op.drop_table("schedule_cell")
    op.drop_index("ix_visit_revisit", table_name="visit")
    op.drop_index("ix_person_cannot_come", table_name="person")
    op.drop_index("ix_visit_outcome_consent", table_name="visit_outcome")
    op.drop_index("ix_visit_outcome_transport", table_name="visit_outcome")
    with op.batch_alter_table("visit_outcome") as batch:
        for name in ("transport_need", "consent", "reached"):
            batch.drop_column(name)
