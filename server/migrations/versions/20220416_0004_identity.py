"""Same-person verdicts, duplicate candidates, matches with the population database, the log of exports.

`person.match_key` of people already there is filled by `tungnha rebuild`; until then they are not compared.

Revision ID: 20220416_0004
Revises: 20220416_0003
"""

import sqlalchemy as sa
from alembic import op

from server.database import Id, Instant

revision = "20220416_0004"
down_revision = "20220416_0003"
branch_labels = None
depends_on = None

_PERSON_INDEXES = {
    "ix_person_match": "match_key",
    "ix_person_number": "id_number",
    "ix_person_phone": "phone",
    "ix_person_guardian": "guardian_phone",
}


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("match_key", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("person") as person:
        person.alter_column("match_key", existing_type=sa.Text(), server_default=None)
    for name, column in _PERSON_INDEXES.items():
        known = None if column == "match_key" else sa.text(f"{column} IS NOT NULL")
        op.create_index(name, "person", [column], postgresql_where=known)
    op.create_table(
        "same_person",
        sa.Column("id", Id, nullable=False),
        sa.Column("pair_id", Id, nullable=False),
        sa.Column("person_a", Id, nullable=False),
        sa.Column("person_b", Id, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("keep_id", Id, nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("corrected_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_same_person_pair", "same_person", ["pair_id"])
    op.create_index("ix_same_person_a", "same_person", ["person_a"])
    op.create_index("ix_same_person_b", "same_person", ["person_b"])
    op.create_table(
        "person_group",
        sa.Column("person_id", Id, nullable=False),
        sa.Column("kept_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_index("ix_person_group_kept_id", "person_group", ["kept_id"])
    op.create_table(
        "dose_repeat",
        sa.Column("dose_id", Id, nullable=False),
        sa.Column("of_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("dose_id"),
    )
    op.create_table(
        "id_match",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("id_number", sa.Text(), nullable=False),
        sa.Column("differs", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("corrected_by", Id, nullable=True),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_id_match_person", "id_match", ["person_id", "latest"])
    op.create_table(
        "duplicate_candidate",
        sa.Column("person_a", Id, nullable=False),
        sa.Column("person_b", Id, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person_a", "person_b"),
    )
    op.create_index("ix_duplicate_candidate_b", "duplicate_candidate", ["person_b"])
    op.create_table(
        "duplicate_scan",
        sa.Column("village_id", Id, nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("village_id"),
    )
    op.create_table(
        "export_log",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("place_id", Id, nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_export_log_made_at", "export_log", ["made_at"])


def downgrade() -> None:
    for table in (
        "export_log",
        "duplicate_scan",
        "duplicate_candidate",
        "id_match",
        "dose_repeat",
        "person_group",
        "same_person",
    ):
        op.drop_table(table)
    for name in _PERSON_INDEXES:
        op.drop_index(name, table_name="person")
    with op.batch_alter_table("person") as person:
        person.drop_column("match_key")
