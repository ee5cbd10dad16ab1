"""The frame around every page: navigation, language, person, texts and the addresses of static files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import request, url_for
from markupsafe import Markup

from server.accounts import session
from server.settings import current_settings
from server.web import blueprint, texts
from shared.permissions import may_see

STATIC = Path(__file__).with_name("static")


@dataclass(frozen=True, slots=True)
class Destination:
    """One item of the navigation; `needs` is what a role must be allowed to see."""

    endpoint: str
    text: str
    icon: str
    needs: str | None = None


NAVIGATION = (
    Destination("web.overview", "nav.overview", "overview"),
    Destination("web.stock_expiring", "nav.stock", "stock", "stock"),
    Destination("web.devices_list", "nav.devices", "devices", "devices"),
    Destination("web.imports_home", "nav.imports", "imports", "imports"),
    Destination("web.help_api", "nav.help", "help"),
)


@blueprint.app_context_processor
def page_words() -> dict[str, Any]:
    """What every template can say, the fault pages included: nothing here asks the database."""
    return {
        "t": texts.t,
        "lang": session.language(),
        "number": texts.number,
        "percent_of": texts.percent_of,
        "day": texts.day,
        "moment": texts.moment,
        "days_left": texts.days_left,
        "in_language": texts.in_language,
        "age_group": texts.age_group,
        "dose_type": texts.dose_type,
        "vaccine": texts.vaccine,
        "role": texts.role,
        "option": texts.option,
        "asset": asset,
        "here": here,
        "navigation": navigation,
        "reader": session.reader,
        "sees": lambda what: may_see(session.reader().role, what),
        "now": lambda: current_settings().clock.now(),
        "is_demo": lambda: current_settings().demo,
        "icon": icon,
    }


def navigation() -> list[Destination]:
    """The destinations the reader's role may open."""
    role = session.reader().role
    return [d for d in NAVIGATION if d.needs is None or may_see(role, d.needs)]


def here(**changes: Any) -> str:
    """This page's address with some of its query changed; None takes a key away."""
    query: dict[str, Any] = request.args.to_dict()
    query.update({key: str(value) for key, value in changes.items() if value is not None})
    for key in [key for key, value in changes.items() if value is None]:
        query.pop(key, None)
    return url_for(request.endpoint or "web.overview", **(request.view_args or {}), **query)


@cache
def asset(name: str) -> str:
    """The address of a static file, with a digest so that it may be kept for a year."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return url_for("static", filename=name, v=digest)


@cache
def icon(name: str) -> Markup:
    """An icon as inline SVG, taking the colour of the text around it."""
    return Markup((STATIC / "icons" / f"{name}.svg").read_text(encoding="utf-8"))  # noqa: S704  our own file
