"""the scheduler's store of jobs"""

import sqlalchemy as sa
from alembic import op

revision = "20220415_0002"
down_revision = "20220415_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scheduled_job",
        sa.Column("id", sa.String(length=191), nullable=False),
        sa.Column("next_run_time", sa.Float(precision=25), nullable=True),
        sa.Column("job_state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_scheduled_job_next_run_time", "scheduled_job", ["next_run_time"])


def downgrade() -> None:
    op.drop_table("scheduled_job")
