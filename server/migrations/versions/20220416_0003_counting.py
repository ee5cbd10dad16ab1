"""Cells by day, site, group and outreach; former states of people; days of recording; persons named together.

Cells are made anew by the next refresh; registers by `tungnha rebuild`, which fills the new columns too.

Revision ID: 20220416_0003
Revises: 20220415_0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from server.database import Id, Instant

revision = "20220416_0003"
down_revision = "20220415_0002"
branch_labels = None
depends_on = None

#: The days of rows that stand already are not known here: a rebuild reads them from the entries.
_UNKNOWN = sa.text("'1970-01-01'")

#: Indexes over columns that few people have.
_SPARSE = {"ix_person_group": "group_place_id", "ix_person_merged": "merged_into"}

_GOAL = ("campaign_id", "age_group", "dose_type", "due_on")


def upgrade() -> None:
    op.create_table(
        "village_count",
        sa.Column("village_id", Id, primary_key=True),
        sa.Column("village_head", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(32), nullable=False),
        sa.Column("computed_at", Instant, nullable=False),
    )
    op.execute("DELETE FROM coverage_cell")
    with op.batch_alter_table("coverage_cell") as batch:
        batch.drop_column("village_head")
        batch.drop_column("reference_head")
        batch.drop_column("computed_at")
    op.create_table(
        "covered_day",
        *_goal_columns(),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("covered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("village_id", *_GOAL, "given_on"),
    )
    op.create_index("ix_covered_day_given", "covered_day", ["given_on", "village_id"])
    op.create_table(
        "group_cell",
        *_goal_columns(),
        sa.Column("vulnerable", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("people", "due", "covered")),
        sa.PrimaryKeyConstraint("village_id", *_GOAL, "vulnerable"),
    )
    op.create_table(
        "dose_tally",
        sa.Column("village_id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("dose_type", "vaccine", "age_group")),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("doses", "from_certificate", "same_day")
        ),
        sa.PrimaryKeyConstraint("village_id", "site_id", "given_on", "dose_type", "vaccine", "age_group"),
    )
    op.create_index("ix_dose_tally_site", "dose_tally", ["site_id", "given_on"])
    counted = (
        "households", "knocked", "complete", "revisits", "people", "reviewed", "absent", "hesitant", "refused",
        "deferred", "contraindicated", "left", "never", "cannot_come", "without_id",
    )  # fmt: skip
    op.create_table(
        "outreach_cell",
        sa.Column("village_id", Id, primary_key=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counted),
    )
    op.create_table(
        "refusal_cell",
        sa.Column("village_id", Id, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("village_id", "outcome", "reason"),
    )
    op.create_table(
        "mention",
        sa.Column("person_id", Id, nullable=False),
        sa.Column("entry_id", Id, nullable=False),
        sa.Column("joins", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "entry_id"),
    )
    op.create_index("ix_mention_entry", "mention", ["entry_id"])
    op.create_table(
        "person_former",
        sa.Column("person_id", Id, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("village_id", Id, nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("residence", sa.Text(), nullable=False),
        sa.Column("vulnerable", sa.Text(), nullable=False),
        sa.Column("contraindication", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "from_on"),
    )
    op.create_index("ix_person_former_village", "person_former", ["village_id"])
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("group_place_id", Id, nullable=True))
        batch.add_column(sa.Column("group_name", sa.Text(), nullable=True))
        batch.add_column(sa.Column("since_on", sa.Date(), nullable=False, server_default=_UNKNOWN))
        batch.add_column(sa.Column("merged_into", Id, nullable=True))
    with op.batch_alter_table("person") as batch:
        batch.alter_column("since_on", server_default=None)
        for name, column in _SPARSE.items():
            batch.create_index(name, [column], postgresql_where=sa.text(f"{column} IS NOT NULL"))
    with op.batch_alter_table("immunisation") as batch:
        batch.add_column(sa.Column("barred_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("deferred_until", sa.Date(), nullable=True))
    for table in ("dose", "visit"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("recorded_on", sa.Date(), nullable=False, server_default=_UNKNOWN))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("recorded_on", server_default=None)


def _goal_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("village_id", Id, nullable=False),
        sa.Column("campaign_id", Id, nullable=False),
        sa.Column("age_group", sa.Text(), nullable=False),
        sa.Column("dose_type", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
    ]


def downgrade() -> None:
    for table in ("dose", "visit"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("recorded_on")
    with op.batch_alter_table("immunisation") as batch:
        batch.drop_column("deferred_until")
        batch.drop_column("barred_on")
    with op.batch_alter_table("person") as batch:
        for name in _SPARSE:
            batch.drop_index(name)
        for name in ("merged_into", "since_on", "group_name", "group_place_id"):
            batch.drop_column(name)
    for table in (
        "person_former", "mention", "refusal_cell", "outreach_cell", "dose_tally", "group_cell", "covered_day",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute("DELETE FROM coverage_cell")
    with op.batch_alter_table("coverage_cell") as batch:
        batch.add_column(sa.Column("village_head", sa.BigInteger(), nullable=False))
        batch.add_column(sa.Column("reference_head", sa.BigInteger(), nullable=False))
        batch.add_column(sa.Column("computed_at", Instant, nullable=False))
    op.drop_table("village_count")
