"""Help: the API described for people, from the same description machines read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.sync.openapi import describe
from server.web import blueprint
from shared.wire import PAGE_ENTRIES, PUSH_LIMIT


@blueprint.get("/help/api")
@login_required
def help_api() -> ResponseReturnValue:
    """The API's operations and records."""
    return render_template(
        "help_api.html", api=describe(), signed=signed, push_limit=PUSH_LIMIT, page_entries=PAGE_ENTRIES
    )


def signed(operation: Mapping[str, Any]) -> str:
    """Who may call an operation: `device` by its token, `person` by name and password, or `nobody` signs in."""
    return next((scheme for asked in operation["security"] for scheme in asked), "nobody")
