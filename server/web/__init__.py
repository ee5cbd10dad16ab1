"""The pages: each view parses the address, calls one domain function and renders."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint

blueprint = Blueprint("web", __name__)

#: The view modules; each adds its pages to the blueprint when it is imported.
VIEWS = (
    "affairs", "affairs_communication", "affairs_document", "affairs_forces", "affairs_forms",
    "affairs_groups", "affairs_reminders", "alerts", "alerts_mail", "allocations", "allocations_edit",
    "devices", "doubts", "duplicates", "entries", "exchange", "figures", "frame", "help_pages", "household",
    "imports", "maps", "need", "need_file", "outreach", "outreach_lists", "overview", "papers", "person",
    "plans", "plans_campaign", "plans_deviations", "plans_edit", "plans_openings", "quality",
    "reconciliation", "reports", "reports_cells", "reports_files", "reports_layouts", "reports_periods",
    "reports_signing", "reports_unit", "returnees", "scan", "sign_in", "stock", "stock_commitments",
    "stock_recalls", "stock_wastage", "stock_leftovers", "stock_equipment", "stock_levels", "stock_items",
    "stock_deciding", "stock_file", "stock_map", "stock_outcomes", "stock_proposals", "stock_what_if",
    "transfers", "transfers_dispatch", "transfers_notes", "transfers_order", "transfers_receive", "trend",
    "stock_balance", "stock_card", "stock_counts", "stock_lot_changes", "stock_lots", "stock_record",
    "stock_sites",
)  # fmt: skip

for _view in VIEWS:
    import_module(f"server.web.{_view}")
