"""Observations after a dose, and doubts about sessions that are about no lot; the language a person speaks.

Revision ID: 20220416_0017
Revises: 20220416_0016
"""

import sqlalchemy as sa
from alembic import op

from server.database import Id

revision = "20220416_0017"
down_revision = "20220416_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "observation",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("dose_id", Id, nullable=False),
        sa.Column("session_id", Id),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer()),
        sa.Column("note", sa.Text()),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("corrected_by", Id),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_observation_person", "observation", ["person_id"])
    op.create_index("ix_observation_dose", "observation", ["dose_id"])
    op.create_index("ix_observation_session", "observation", ["session_id"])
    with op.batch_alter_table("session_doubt") as batch:
        batch.alter_column("lot_id", new_column_name="about_id")
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("guardian_relation", sa.Text(), nullable=True))
        batch.add_column(sa.Column("language", sa.Text(), nullable=True))
        batch.add_column(sa.Column("interpreter", sa.Boolean(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("person") as batch:
        batch.drop_column("interpreter")
        batch.drop_column("language")
        batch.drop_column("guardian_relation")
    with op.batch_alter_table("session_doubt") as batch:
        batch.alter_column("about_id", new_column_name="lot_id")
    op.drop_table("observation")
