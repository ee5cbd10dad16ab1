"""Openings of doses, screenings, reactions, doubts about doses.

Revision ID: 20220416_0009
Revises: 20220416_0008
"""

import sqlalchemy as sa
from alembic import op

from server.database import Id

revision = "20220416_0009"
down_revision = "20220416_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("immunisation") as batch:
        batch.add_column(sa.Column("conditions", sa.Text(), nullable=True))
    op.create_table(
        "dose_opening",
        sa.Column("id", Id, nullable=False),
        sa.Column("province_id", Id, nullable=False),
        sa.Column("age_group", sa.Text(), nullable=False),
        sa.Column("dose_type", sa.Text(), nullable=False),
        sa.Column("vaccines", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("interval_days", sa.Integer(), nullable=True),
        sa.Column("interval_months", sa.Integer(), nullable=True),
        sa.Column("covid_deferral_months", sa.Integer(), nullable=True),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_dose_opening_province_id", "dose_opening", ["province_id"])
    op.create_table(
        "screening",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("session_id", Id, nullable=True),
        sa.Column("screened_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("deferred_until", sa.Date(), nullable=True),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("corrected_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_screening_person", "screening", ["person_id"])
    op.create_index("ix_screening_site", "screening", ["site_id", "screened_on"])
    op.create_table(
        "reaction",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("dose_id", Id, nullable=True),
        sa.Column("onset_on", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("symptoms", sa.Text(), nullable=False),
        sa.Column("treated_at", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("corrected_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_reaction_person", "reaction", ["person_id"])
    op.create_index("ix_reaction_place", "reaction", ["place_id", "reported_on"])
    op.create_table(
        "dose_doubt",
        sa.Column("dose_id", Id, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("village_id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("dose_id", "code"),
    )
    op.create_index("ix_dose_doubt_village", "dose_doubt", ["village_id", "code"])
    op.create_table(
        "session_doubt",
        sa.Column("session_id", Id, nullable=False),
        sa.Column("lot_id", Id, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "lot_id", "code"),
    )
    op.create_index("ix_session_doubt_site", "session_doubt", ["site_id"])
    op.create_table(
        "doubt_scan",
        sa.Column("place_id", Id, nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place_id"),
    )


def downgrade() -> None:
    for table in ("doubt_scan", "session_doubt", "dose_doubt", "reaction", "screening", "dose_opening"):
        op.drop_table(table)
    with op.batch_alter_table("immunisation") as batch:
        batch.drop_column("conditions")
