"""Plans: campaigns, what applies on a day as places × goals, the versions, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import language, reader
from server.interop.layouts import letters
from server.interop.plan_targets import exported
from server.interop.tables import csv_bytes, xlsx_bytes
from server.places.order import place_key
from server.plans.campaigns import CampaignRow, campaigns_of, deviations_at
from server.plans.goals import Target, campaign_targets
from server.plans.table import PlanRow, PlanTable, plan_table
from server.plans.versions import Difference, PlanVersion, by_district, differences, plan_at, versions_of
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection
from server.web.imports import TYPES
from server.web.listing import Paging, Sorting
from shared.faults import Refused, fault
from shared.records import may_author
from shared.rules.plans import in_force, version_of

SORTS = ("added", "removed", "changed")


@blueprint.get("/plans")
@login_required
def plans() -> ResponseReturnValue:
    """The campaigns of the reader's provinces, each with the version in force."""
    today = current_settings().clock.today()
    deviations = deviations_at(connection(), area().visible)
    cards = []
    for campaign in campaigns_of(connection(), provinces()):
        targets = campaign_targets(connection(), campaign.id)
        versions = versions_of(targets, today)
        cards.append(
            {
                "campaign": campaign,
                "version": next((v for v in versions if v.valid_from <= today), None),
                "versions": versions,
                "table": _table(in_force(targets, today), ""),
                "deviations": sum(d.campaign_id == campaign.id for d in deviations),
            }
        )
    return render_template("plans.html", cards=cards, may_write=may_write())


@blueprint.get("/plans/<campaign_id>")
@login_required
def plan(campaign_id: str) -> ResponseReturnValue:
    """A campaign's plan as it stands on a day: places × goals, and its versions."""
    campaign, as_of, district = (
        seen_campaign(campaign_id),
        asked_day("as_of"),
        request.args.get("district", ""),
    )
    targets = campaign_targets(connection(), campaign_id)
    table = _table(in_force(targets, as_of), district)
    orders = _orders(table)
    sorting = Sorting.from_address(orders, "name")
    rows = sorting.apply(table.rows, orders)
    paging = Paging.from_address(len(rows))
    versions = versions_of(targets, as_of)
    return render_template(
        "plans_campaign.html",
        campaign=campaign,
        as_of_day=as_of,
        table=table,
        rows=paging.of(rows),
        sorting=sorting,
        version=next((v for v in versions if v.valid_from <= as_of), None),
        versions=versions,
        version_of=version_of,
        districts=area().at_level("district"),
        district=district,
        may_write=may_write(),
        place=area().tree.get,
        where=area().where,
        **paging.words(),
    )


@blueprint.get("/plans/<campaign_id>/plan.<ending>")
@login_required
def plan_file(campaign_id: str, ending: str) -> ResponseReturnValue:
    """The plan of a day as a file that imports again without a change."""
    campaign, as_of = seen_campaign(campaign_id), asked_day("as_of")
    if ending not in TYPES:
        raise Refused(fault("scope.hidden"))
    applying = in_force(campaign_targets(connection(), campaign_id), as_of)
    shown = [target for target in applying if target.target_place_id in area().visible]
    header, rows = exported(area().tree, shown, campaign.name_vi, language())
    data = csv_bytes(header, rows) if ending == "csv" else xlsx_bytes("plan", header, rows)
    name = f"tungnha-{letters(campaign.disease)}-{as_of.isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, content_type=TYPES[ending], headers=headers)


@blueprint.get("/plans/<campaign_id>/compare")
@login_required
def plan_compare(campaign_id: str) -> ResponseReturnValue:
    """What differs between the plan as of two of its versions: in all, by district, and goal by goal."""
    campaign, seen = seen_campaign(campaign_id), area()
    targets = campaign_targets(connection(), campaign_id)
    versions = versions_of(targets, current_settings().clock.today())
    newer = _version(versions, request.args.get("after", ""), 0)
    older = _version(versions, request.args.get("before", ""), versions.index(newer) + 1 if newer else 0)
    found: list[Difference] = []
    if newer and older:
        everything = differences(plan_at(targets, older.key), plan_at(targets, newer.key))
        found = [d for d in everything if d.place_id in seen.visible and d.place_id in seen.tree.nodes]
    only = request.args.get("only", "")
    kept = [d for d in found if d.sort == only] if only in SORTS else found
    orders: dict[str, Callable[[Difference], Any]] = {
        "place": lambda d: place_key(seen.tree.name(d.place_id)),
        "goal": lambda d: (d.dose_type, d.age_group, d.due_on),
        "before": lambda d: d.before,
        "after": lambda d: d.after,
        "more": lambda d: d.more,
    }
    sorting, paging = Sorting.from_address(orders, "place"), Paging.from_address(len(kept))
    return render_template(
        "plans_compare.html",
        campaign=campaign,
        versions=versions,
        older=older,
        newer=newer,
        rows=paging.of(sorting.apply(kept, orders)),
        counts={name: sum(d.sort == name for d in found) for name in SORTS},
        more=sum(d.more for d in found),
        sums=by_district(seen.tree, found),
        only=only,
        sorting=sorting,
        version_key=version_key,
        may_write=may_write(),
        place_name=seen.tree.name,
        where=seen.where,
        **paging.words(),
    )


def provinces() -> list[str]:
    """The provinces the reader's places lie in."""
    return sorted({root.province for root in area().roots})


def seen_campaign(campaign_id: str) -> CampaignRow:
    """The campaign, when it is one of the reader's province; otherwise it does not exist for them (404)."""
    found = next((c for c in campaigns_of(connection(), provinces()) if c.id == campaign_id), None)
    if found is None:
        raise Refused(fault("scope.hidden"))
    return found


def may_write() -> bool:
    """Whether the reader sets plans."""
    return may_author(reader().role, "plan_target")


def asked_day(name: str) -> date:
    """The day the address asks for; today when it names none that can be read."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return current_settings().clock.today()


def version_key(version: PlanVersion) -> str:
    """A version in an address."""
    return f"{version.valid_from.isoformat()} {version.document}"


def _version(versions: Sequence[PlanVersion], asked: str, otherwise: int) -> PlanVersion | None:
    found = next((version for version in versions if version_key(version) == asked), None)
    return found or (versions[otherwise] if otherwise < len(versions) else None)


def _table(applying: Sequence[Target], district: str) -> PlanTable:
    seen = area()
    if district in seen.visible:
        inside = {district, *(node.id for node in seen.tree.below(district))}
        return plan_table(seen.tree, applying, seen.visible & inside, [district])
    return plan_table(seen.tree, applying, seen.visible, [root.id for root in seen.roots])


def _orders(table: PlanTable) -> dict[str, Callable[[PlanRow], Any]]:
    seen = area()
    orders: dict[str, Callable[[PlanRow], Any]] = {
        "name": lambda row: place_key(seen.tree.name(row.place_id)),
        "where": lambda row: (seen.where(row.place_id), place_key(seen.tree.name(row.place_id))),
    }
    for index in range(len(table.goals)):
        orders[f"goal{index}"] = _people_at(index)
    return orders


def _people_at(index: int) -> Callable[[PlanRow], Any]:
    return lambda row: target.planned_people if (target := row.targets[index]) else None
