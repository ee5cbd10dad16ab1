"""The pages: each view parses the address, calls one domain function and renders."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint

blueprint = Blueprint("web", __name__)

#: The view modules; each adds its pages to the blueprint when it is imported.
VIEWS = (
    "devices", "entries", "figures", "frame", "help_pages", "imports", "overview", "sign_in", "stock",
)  # fmt: skip

for _view in VIEWS:
    import_module(f"server.web.{_view}")
