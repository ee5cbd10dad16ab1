"""The frame around every page: navigation, language, person, texts and the addresses of static files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
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
    """A page one can go to; `needs` is what a role must be allowed to see. Pages of one `group` share a tab."""

    endpoint: str
    text: str
    needs: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One item of the navigation and its tabs. A page belongs to the section its template names."""

    key: str
    tabs: tuple[Destination, ...]

    def open_tabs(self, role: str) -> list[Destination]:
        """The tabs a role may open."""
        return [tab for tab in self.tabs if tab.needs is None or may_see(role, tab.needs)]


#: Six sections at most (a reader finds one among six at a glance); a new page is a tab of one of them.
SECTIONS = (
    Section("overview", (Destination("web.overview", "nav.overview"),)),
    Section(
        "outreach",
        (
            Destination("web.outreach", "nav.outreach"),
            Destination("web.outreach_people", "nav.outreach_people"),
            Destination("web.outreach_revisits", "nav.outreach_revisits"),
            Destination("web.outreach_route", "nav.outreach_route"),
            Destination("web.returnees", "nav.returnees"),
        ),
    ),
    Section(
        "reports",
        (
            Destination("web.reports_home", "nav.reports", "reports"),
            Destination("web.report_sheet", "nav.report_sheet", "reports"),
            Destination("web.report_periods", "nav.report_periods", "reports"),
            Destination("web.reconciliation", "nav.reconciliation", "reports"),
            Destination("web.signing", "nav.signing", "reports"),
            Destination("web.report_summary", "nav.report_summary", "reports"),
            Destination("web.report_forms", "nav.report_forms", "reports"),
        ),
    ),
    Section(
        "plans",
        (
            Destination("web.plans", "nav.plans"),
            Destination("web.openings", "nav.openings"),
            Destination("web.deviations", "nav.deviations"),
            Destination("web.shortages", "nav.shortages"),
            Destination("web.reminders", "nav.reminders"),
            Destination("web.proposals", "nav.proposals"),
            Destination("web.remarks", "nav.remarks"),
            Destination("web.forces", "nav.forces"),
            Destination("web.communication", "nav.communication"),
            Destination("web.groups", "nav.groups"),
        ),
    ),
    Section(
        "stock",
        (
            Destination("web.alert_list", "nav.alerts", "stock"),
            Destination("web.stock_expiring", "nav.stock", "stock", group="expiring"),
            Destination("web.stock_proposals", "nav.moves", "stock", group="expiring"),
            Destination("web.stock_outcomes", "nav.outcomes", "stock", group="expiring"),
            Destination("web.transfer_list", "nav.transfers", "stock"),
            Destination("web.stock_sites", "nav.stock_sites", "stock", group="books"),
            Destination("web.stock_lots", "nav.stock_lots", "stock", group="books"),
            Destination("web.stock_counts", "nav.stock_counts", "stock", group="books"),
            Destination("web.stock_balance", "nav.stock_balance", "stock", group="books"),
            Destination("web.scan", "nav.scan", "stock", group="books"),
            Destination("web.vaccine_need", "nav.need", "stock", group="planned"),
            Destination("web.allocation_list", "nav.allocations", "stock", group="planned"),
            Destination("web.commitment_list", "nav.commitments", "stock", group="planned"),
            Destination("web.wastage_page", "nav.wastage", "stock"),
            Destination("web.leftover_list", "nav.leftovers", "stock", group="supplies"),
            Destination("web.equipment_list", "nav.equipment", "stock", group="supplies"),
            Destination("web.level_list", "nav.levels", "stock", group="supplies"),
            Destination("web.item_list", "nav.items", "stock", group="supplies"),
        ),
    ),
    Section(
        "data",
        (
            Destination("web.duplicates", "nav.duplicates", "identity"),
            Destination("web.papers", "nav.papers", "identity"),
            Destination("web.exchange", "nav.exchange", "identity"),
            Destination("web.doubts_list", "nav.doubts", "entries"),
            Destination("web.devices_list", "nav.devices", "devices"),
            Destination("web.imports_home", "nav.imports", "imports"),
            Destination("web.help_api", "nav.help", "entries"),
        ),
    ),
)


#: Tabs that show a number beside their name: endpoint -> what counts it, in the reader's area.
counted_tabs: dict[str, Callable[[], int]] = {}


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
        "tabs_of": tabs_of,
        "tab_count": tab_count,
        "reader": session.reader,
        "sees": lambda what: may_see(session.reader().role, what),
        "now": lambda: current_settings().clock.now(),
        "is_demo": lambda: current_settings().demo,
        "icon": icon,
    }


def navigation() -> list[tuple[Section, Destination]]:
    """The sections with a page the reader's role may open, each with the first of them."""
    role = session.reader().role
    opened = ((section, section.open_tabs(role)) for section in SECTIONS)
    return [(section, tabs[0]) for section, tabs in opened if tabs]


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: its words, and the pages under it (one, or those of a group)."""

    text: str
    pages: tuple[Destination, ...]

    def holds(self, endpoint: str) -> bool:
        """Whether a page stands under it."""
        return any(page.endpoint == endpoint for page in self.pages)


def tabs_of(key: str) -> list[Tab]:
    """The tabs of a section the reader's role may open, in the order of their first pages; none when only one."""
    role = session.reader().role
    groups: dict[str, list[Destination]] = {}
    for page in (page for section in SECTIONS if section.key == key for page in section.open_tabs(role)):
        groups.setdefault(page.group or page.endpoint, []).append(page)
    tabs = [
        Tab(f"nav.group.{name}" if pages[0].group else pages[0].text, tuple(pages))
        for name, pages in groups.items()
    ]
    return tabs if len(tabs) > 1 else []


def tab_count(endpoint: str) -> int:
    """The number a tab shows, 0 for none."""
    count = counted_tabs.get(endpoint)
    return count() if count else 0


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
