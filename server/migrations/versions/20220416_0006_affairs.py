"""Rosters, station profiles, communication, remarks, proposals, reminders, shortages and their answers.

Revision ID: 20220416_0006
Revises: 20220416_0005
"""

import sqlalchemy as sa
from alembic import op

from server.database import Id, Instant

revision = "20220416_0006"
down_revision = "20220416_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matter",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.Column("corrected_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_matter_place", "matter", ["place_id", "kind"])
    op.create_table(
        "answer",
        sa.Column("id", Id, nullable=False),
        sa.Column("matter_id", Id, nullable=False),
        sa.Column("matter_kind", sa.Text(), nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("support", sa.Text(), nullable=True),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.Column("corrected_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_answer_matter_id", "answer", ["matter_id"])
    op.create_table(
        "team_roster",
        sa.Column("village_id", Id, nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("village_id"),
    )
    op.create_table(
        "team_member",
        sa.Column("village_id", Id, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("task", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("village_id", "line_no"),
    )
    op.create_table(
        "station_profile",
        sa.Column("station_id", Id, nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("fridges", sa.Integer(), nullable=True),
        sa.Column("cold_boxes", sa.Integer(), nullable=True),
        sa.Column("tables", sa.Integer(), nullable=True),
        sa.Column("phones", sa.Integer(), nullable=True),
        sa.Column("computers", sa.Integer(), nullable=True),
        sa.Column("difficult", sa.Boolean(), nullable=False),
        sa.Column("high_risk", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("station_id"),
    )
    op.create_table(
        "station_staff",
        sa.Column("station_id", Id, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("station_id", "role"),
    )
    op.create_table(
        "message_content",
        sa.Column("id", Id, nullable=False),
        sa.Column("province_id", Id, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_message_content_province_id", "message_content", ["province_id"])
    op.create_table(
        "communication",
        sa.Column("id", Id, nullable=False),
        sa.Column("place_id", Id, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("content_id", Id, nullable=True),
        sa.Column("villages", sa.Text(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("corrected_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_communication_place", "communication", ["place_id", "held_on"])
    op.create_table(
        "sms_permission",
        sa.Column("person_id", Id, nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
    )


def downgrade() -> None:
    op.drop_table("sms_permission")
    op.drop_table("communication")
    op.drop_table("message_content")
    op.drop_table("station_staff")
    op.drop_table("station_profile")
    op.drop_table("team_member")
    op.drop_table("team_roster")
    op.drop_table("answer")
    op.drop_table("matter")
