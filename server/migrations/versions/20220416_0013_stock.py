"""Stock whole: states and doses of movements, transfers, recalls, levels, equipment, commitments.

The stock tables are projections: what is stored is filled again from the entries.

Revision ID: 20220416_0013
Revises: 20220416_0012
"""

import sqlalchemy as sa
from alembic import op

from server.database import Id

revision = "20220416_0013"
down_revision = "20220416_0012"
branch_labels = None
depends_on = None

_ITEM = (
    ("open_vial_rule", sa.Text()),
    ("open_vial_days", sa.Integer()),
    ("vvm_type", sa.Text()),
    ("pack_size", sa.Integer()),
    ("diluent_id", Id),
    ("least", sa.Integer()),
    ("warn_days", sa.Integer()),
    ("gtin", sa.Text()),
)
_MOVEMENT = (
    ("entry_id", Id),
    ("unit_id", Id),
    ("opened_on", sa.Date()),
    ("doses", sa.BigInteger()),
    ("transfer_id", Id),
    ("count_id", Id),
    ("vvm", sa.Integer()),
    ("idle", sa.Boolean()),
    ("note", sa.Text()),
)
_GIVEN = ("reverses", "transfer", "count", "session")
_BALANCE = (
    ("opened_on", sa.Date()),
    ("doses", sa.BigInteger()),
    ("vvm", sa.Integer()),
    ("vvm_on", sa.Date()),
)
_LINE = (
    ("opened_on", sa.Date()),
    ("doses", sa.Integer()),
    ("condition", sa.Text()),
    ("solution", sa.Text()),
    ("note", sa.Text()),
)
_ALLOCATION = (("lot_id", Id), ("use_by", sa.Date()), ("weekly", sa.Integer()))
_ADDED = (
    ("item", _ITEM),
    ("stock_movement", _MOVEMENT),
    ("stock_balance", _BALANCE),
    ("stock_count_line", _LINE),
    ("allocation", _ALLOCATION),
)


def upgrade() -> None:
    for table, columns in _ADDED:
        with op.batch_alter_table(table) as batch:
            for name, kind in columns:
                batch.add_column(sa.Column(name, kind, nullable=True))
    # Until now a movement was one row named like its entry, of a lot, in vials only; reversals counted as they came.
    op.execute("UPDATE stock_movement SET entry_id = id, unit_id = lot_id, doses = 0, idle = false")
    op.execute("UPDATE stock_balance SET doses = 0")
    with op.batch_alter_table("stock_movement") as batch:
        for name, kind in (
            ("entry_id", Id),
            ("unit_id", Id),
            ("doses", sa.BigInteger()),
            ("idle", sa.Boolean()),
        ):
            batch.alter_column(name, existing_type=kind, nullable=False)
        batch.drop_index("ix_stock_movement_site_id")
    with op.batch_alter_table("stock_balance") as batch:
        batch.alter_column("doses", existing_type=sa.BigInteger(), nullable=False)
    op.create_index("ix_stock_movement_entry_id", "stock_movement", ["entry_id"])
    op.create_index("ix_movement_site", "stock_movement", ["site_id", "moved_on"])
    for name in _GIVEN:
        given = sa.text(f"{name}_id IS NOT NULL")
        op.create_index(
            f"ix_movement_{name}",
            "stock_movement",
            [f"{name}_id"],
            postgresql_where=given,
            sqlite_where=given,
        )
    _transfers()
    _others()


def _transfers() -> None:
    op.create_table(
        "transfer",
        sa.Column("id", Id, nullable=False),
        sa.Column("source_id", Id, nullable=False),
        sa.Column("destination_id", Id, nullable=False),
        sa.Column("ordered_id", Id),
        sa.Column("ordered_on", sa.Date()),
        sa.Column("ordered_by", Id),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("dispatch_by", sa.Date()),
        sa.Column("arrive_by", sa.Date()),
        sa.Column("document", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("saves", sa.Integer()),
        sa.Column("saves_from", sa.Integer()),
        sa.Column("saves_to", sa.Integer()),
        sa.Column("allocation_id", Id),
        sa.Column("recall_id", Id),
        sa.Column("proposal_id", Id),
        sa.Column("decision", sa.Text()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("decided_by", Id),
        sa.Column("decision_reason", sa.Text()),
        sa.Column("dispatched_on", sa.Date()),
        sa.Column("received_on", sa.Date()),
        sa.Column("all_here", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_transfer_source_id", "transfer", ["source_id"])
    op.create_index("ix_transfer_destination_id", "transfer", ["destination_id"])
    op.create_table(
        "transfer_line",
        sa.Column("transfer_id", Id, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("lot_id", Id, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("thawed_on", sa.Date()),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("ordered", "dispatched", "accepted", "rejected", "lost", "back")
        ),
        sa.PrimaryKeyConstraint("transfer_id", "line_no"),
    )
    op.create_index("ix_transfer_line_lot_id", "transfer_line", ["lot_id"])
    op.create_table(
        "transfer_document",
        sa.Column("id", Id, nullable=False),
        sa.Column("transfer_id", Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("corrected_by", Id),
        sa.Column("idle", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_transfer_document_transfer_id", "transfer_document", ["transfer_id"])


def _others() -> None:
    op.create_table(
        "recall",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("lot_id", Id),
        sa.Column("vials", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("allocation_id", Id),
        sa.Column("destination_id", Id),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_recall_site_id", "recall", ["site_id"])
    given = sa.text("allocation_id IS NOT NULL")
    op.create_index(
        "ix_recall_allocation", "recall", ["allocation_id"], postgresql_where=given, sqlite_where=given
    )
    op.create_table(
        "stock_level",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("least", sa.Integer()),
        sa.Column("most", sa.Integer()),
        sa.Column("document", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_stock_level_site_id", "stock_level", ["site_id"])
    op.create_table(
        "equipment",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("serial", sa.Text()),
        sa.Column("pieces", sa.Integer()),
        sa.Column("received_on", sa.Date()),
        sa.Column("funding", sa.Text()),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("in_use", sa.Boolean()),
        sa.Column("solution", sa.Text()),
        sa.Column("plan_after", sa.Text()),
        sa.Column("decided", sa.Text()),
        sa.Column("document", sa.Text()),
        sa.Column("gone", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_equipment_site_id", "equipment", ["site_id"])


def downgrade() -> None:
    for table in ("equipment", "stock_level", "recall", "transfer_document", "transfer_line", "transfer"):
        op.drop_table(table)
    for name in (*_GIVEN, "site"):
        op.drop_index(f"ix_movement_{name}", "stock_movement")
    op.drop_index("ix_stock_movement_entry_id", "stock_movement")
    op.create_index("ix_stock_movement_site_id", "stock_movement", ["site_id"])
    for table, columns in _ADDED:
        with op.batch_alter_table(table) as batch:
            for name, _ in columns:
                batch.drop_column(name)
