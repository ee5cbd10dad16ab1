"""What every page of reports asks first: which form, which period, which units, and who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import g, request
from sqlalchemy import select

from server.accounts.session import reader
from server.database import db
from server.ledger.author import ServerAuthor
from server.plans.models import Campaign
from server.plans.versions import PlanVersion, plan_version_of
from server.reports.counting import Campaigns
from server.reports.layouts import layouts
from server.reports.units import Unit, units_of
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from server.web.area import area, connection
from server.web.texts import day, in_language, number, t, vaccine
from shared.faults import Refused, fault
from shared.permissions import DISTRICT_REVIEWER, PROVINCIAL_MANAGER
from shared.records import may_author
from shared.reporting.layouts import USUAL_FORM, Layout
from shared.rules.periods import KINDS, Period, campaign_period, from_key, period_of


@dataclass(frozen=True, slots=True)
class Asked:
    """The form and the period a page is about."""

    layout: Layout
    period: Period


def today() -> date:
    """The field's day."""
    return current_settings().clock.today()


def own_units() -> list[Unit]:
    """The units of the reader's area, read once a request."""
    if "report_units" not in g:
        g.report_units = units_of(area().tree, area().visible)
    found: list[Unit] = g.report_units
    return found


def seen_unit(unit_id: str) -> Unit:
    """A unit of the reader's area; otherwise it does not exist for them (404)."""
    found = next((unit for unit in own_units() if unit.id == unit_id), None)
    if found is None:
        raise Refused(fault("scope.hidden"))
    return found


def province() -> str:
    """The province of the reader's area ("" when it is empty)."""
    roots = area().roots
    return roots[0].province if roots else ""


def known_layouts() -> dict[str, Layout]:
    """The province's forms, read once a request."""
    if "report_layouts" not in g:
        g.report_layouts = layouts(connection(), province())
    found: dict[str, Layout] = g.report_layouts
    return found


def asked_in_address() -> Asked:
    """The form, kind of period and period of the query: `form`, `kind`, `on`; today's day of the usual form without."""
    kind = request.args.get("kind", "day")
    form = request.args.get("form", USUAL_FORM)
    known = known_layouts()
    layout = known.get(form) or known[USUAL_FORM]
    key = request.args.get("on", "")
    try:
        return Asked(layout, period_named(kind if kind in KINDS else "day", key))
    except Refused:
        return Asked(layout, period_of("day", today()))


def asked_of(form: str, kind: str, key: str) -> Asked:
    """Those an address names. Raises Refused (`report.unknown_form`)."""
    layout = known_layouts().get(form)
    if layout is None:
        raise Refused(fault("report.unknown_form", form=form))
    return Asked(layout, period_named(kind, key))


def period_named(kind: str, key: str) -> Period:
    """The period of a key; without one the period of today, or the campaign begun last. Raises Refused."""
    try:
        if kind == "campaign":
            return _campaign_period(key)
        period = from_key(kind, key) if key else period_of(kind, today())
    except (ValueError, KeyError, OverflowError):
        raise Refused(fault("report.unknown_form", form="–")) from None
    if period.first > today():
        raise Refused(fault("report.unknown_form", form="–"))
    return period


def campaigns() -> dict[str, Campaign]:
    """The province's campaigns by id, the one begun last first."""
    if "report_campaigns" not in g:
        query = select(Campaign).where(Campaign.province_id == province())
        rows = db.session.scalars(query.order_by(Campaign.starts_on.desc(), Campaign.id))
        g.report_campaigns = {row.id: row for row in rows}
    found: dict[str, Campaign] = g.report_campaigns
    return found


def campaign_name(campaign: str | None) -> str:
    """A campaign's name; words for a day outside every campaign."""
    known = campaigns().get(campaign or "")
    return in_language(known, "name") if known else t("report.no_campaign")


def vaccine_name(code: str) -> str:
    """A vaccine's name; words where the records name none."""
    return vaccine(code) if code else t("report.no_vaccine")


def period_words(period: Period) -> str:
    """The period as people say it."""
    if period.kind == "campaign":
        return t(
            "report.period.campaign", campaign=campaign_name(period.campaign), first=day(period.first),
            last=day(period.last),
        )  # fmt: skip
    if period.kind == "week":
        return t(
            "report.period.week", number=number(period.first.isocalendar().week), first=day(period.first),
            last=day(period.last),
        )  # fmt: skip
    if period.kind == "month":
        return t("report.period.month", month=f"{period.first:%m/%Y}")
    return t("report.period.day", day=day(period.first))


def plan_of(period: Period) -> PlanVersion | None:
    """The version of the plan in force at the end of the period (R091)."""
    campaign = period.campaign or Campaigns(connection(), {province()}).on(province(), period.last)
    return plan_version_of(connection(), campaign, period.last) if campaign else None


def author() -> ServerAuthor:
    """The reader's hand on the ledger."""
    return ServerAuthor(connection(), reader(), current_settings().clock, PROJECTORS)


def may_send() -> bool:
    """Whether the reader's role may send reports."""
    return may_author(reader().role, "report")


def may_review() -> bool:
    """Whether the reader's role may accept and ask back, close and reconcile."""
    return reader().role in (DISTRICT_REVIEWER, PROVINCIAL_MANAGER)


def require_author(kind: str) -> None:
    """Refuse readers whose role may not write this kind."""
    if not may_author(reader().role, kind):
        raise Refused(fault("permission.denied"))


def lately(kind: str, count: int) -> list[Period]:
    """The last so many periods, the present one first; of campaigns, all."""
    if kind == "campaign":
        return [_campaign_period(key) for key in campaigns()]
    found = [period_of(kind, today())]
    while len(found) < count:
        found.append(found[-1].previous())
    return found


def districts_of(units: Sequence[Unit]) -> list[tuple[str, str]]:
    """(id, name) of the districts of these units, in their order."""
    ids = dict.fromkeys(unit.district_id for unit in units if unit.district_id)
    return [(id_, area().tree.name(id_)) for id_ in ids]


def period_args(asked: Asked) -> dict[str, str]:
    """The form and period as the query of an address."""
    return {"form": asked.layout.code, "kind": asked.period.kind, "on": asked.period.key}


def _campaign_period(key: str) -> Period:
    known = campaigns()
    campaign = known.get(key) or (next(iter(known.values()), None) if not key else None)
    if campaign is None:
        raise Refused(fault("report.unknown_form", form="–"))
    return campaign_period(campaign.id, campaign.starts_on, campaign.ends_on, today())
