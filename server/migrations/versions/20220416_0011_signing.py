"""Digital signatures; when and from where people came.

Rows of persons that stand already say neither; a rebuild reads nothing else into them.

Revision ID: 20220416_0011
Revises: 20220416_0010
"""

import sqlalchemy as sa
from alembic import op

from server.database import Id, Instant

revision = "20220416_0011"
down_revision = "20220416_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("came_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("came_from", sa.Text(), nullable=True))
    op.create_index(
        "ix_person_came",
        "person",
        ["village_id", "came_on"],
        postgresql_where=sa.text("came_on IS NOT NULL"),
        sqlite_where=sa.text("came_on IS NOT NULL"),
    )
    op.create_table(
        "signature",
        sa.Column("id", Id, nullable=False),
        sa.Column("of_id", Id, nullable=False),
        sa.Column("of_kind", sa.Text(), nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("tool", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("signed_at", Instant, nullable=True),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("corrected_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_signature_of_id", "signature", ["of_id"])


def downgrade() -> None:
    op.drop_table("signature")
    op.drop_index("ix_person_came", table_name="person")
    with op.batch_alter_table("person") as batch:
        for name in ("came_from", "came_on"):
            batch.drop_column(name)
