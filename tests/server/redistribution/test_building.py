"""Laws of the instance made from a province's stock: promises leave, commitments stay, nothing is counted twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.places.tree import Node, Tree
from server.redistribution.building import COUNT_DAYS, instance_of
from server.redistribution.ground import Ground, ItemInfo
from server.redistribution.instance import Parameters
from server.redistribution.site_demand import SiteDemand
from server.redistribution.solving import plan_of
from server.stock.expiring import ExpiringStock
from shared.rules.demand import Use
from shared.rules.expiry import bucket, days_left
from shared.rules.transfers import LineStanding

DAY = date(2022, 3, 1)
ITEM = ItemInfo("item", "AZ", "AZ", 10, None, None, 0)
SITES = ("a", "b", "c")
QUICK = Parameters(scenarios=3)


def stock(number: int, site: str, vials: int, days: int | None, **values: Any) -> ExpiringStock:
    expiry = None if days is None else DAY + timedelta(days=days)
    left = days_left(expiry, DAY)
    told: dict[str, Any] = {
        "site_id": site, "holding_id": f"h{number}", "lot_id": f"l{number}", "lot_number": f"L{number}",
        "item_id": "item", "item_name_vi": "", "item_name_en": "", "state": "chilled", "thawed_on": None,
        "opened_on": None, "vvm": None, "label_expiry": expiry, "expiry": expiry, "days_left": left,
        "bucket": bucket(left), "vials": vials, "doses": vials * 10, "hold": None,
    }  # fmt: skip
    return ExpiringStock(**told | values)


def moving(stage: str, source: str, destination: str, held: ExpiringStock, vials: int, **row: Any) -> Any:
    told = {
        "source_id": source, "destination_id": destination, "arrive_by": None, "dispatched_on": None,
        "received_on": None, "proposal_id": None, "decision": None, "decided_on": None, "purpose": "supply",
        "recall_id": None,
    }  # fmt: skip
    sent = vials if stage == "dispatched" else 0
    line = SimpleNamespace(
        standing=LineStanding(held.lot_id, held.state, held.thawed_on, vials, sent),
        expiry=held.expiry,
        hold=None,
    )
    standing = SimpleNamespace(
        id=f"t-{held.holding_id}", stage=stage, expected_on=None, row=SimpleNamespace(**told | row)
    )
    return standing, line


def promise(number: int, source: str | None, site: str, vials: int) -> Any:
    return SimpleNamespace(
        id=f"p{number}", source_id=source, site_id=site, outstanding=vials, by_on=DAY + timedelta(days=4)
    )


def ground(held: list[ExpiringStock], **values: Any) -> Ground:
    nodes = {
        "prov": Node("prov", "province", "P", "Tỉnh", "12", None, "prov", 2_200_000, 10_300_000),
        **{
            site: Node(site, "station", site, "Trạm", None, "prov", "prov", 2_200_000 + 9_000 * n, 10_300_000)
            for n, site in enumerate(SITES)
        },
    }
    demand = {
        (site, "item"): SiteDemand(site, "item", mean, 1.0, 0.2, None, (), Use())
        for site, mean in zip(SITES, (0.0, 6.0, 2.0), strict=True)
    }
    told: dict[str, Any] = {
        "tree": Tree(nodes, {}), "province": "prov", "as_of": DAY, "sites": tuple(nodes[site] for site in SITES),
        "items": {"item": ITEM}, "stock": {"item": held}, "demand": demand, "moving": {}, "promised": {},
        "committed": {}, "recalled": {}, "levels": {}, "counted": dict.fromkeys(SITES, DAY), "since": {},
    }  # fmt: skip
    return Ground(**told | values)


@st.composite
def grounds(draw: st.DrawFn) -> Ground:
    """Stock of every sort at three sites, transfers on their way or ordered, promises, commitments, a recall."""
    held = [
        stock(
            number,
            draw(st.sampled_from(SITES)),
            draw(st.sampled_from([-3, 0, 1, 8, 20])),
            draw(st.sampled_from([None, -1, 9, 30, 60])),
            state=draw(st.sampled_from(["chilled"] * 5 + ["quarantined", "opened"])),
            hold=draw(st.sampled_from([None] * 5 + ["CV 1"])),
            vvm=draw(st.sampled_from([None, 1, 2, 3])),
        )
        for number in range(draw(st.integers(1, 6)))
    ]
    moves = [
        moving(draw(st.sampled_from(["approved", "proposed", "dispatched", "closed", "lapsed"])), each.site_id,
               draw(st.sampled_from([s for s in SITES if s != each.site_id])), each, draw(st.integers(1, 12)))
        for each in held if draw(st.booleans())
    ]  # fmt: skip
    promises = [
        promise(
            number,
            draw(st.sampled_from([None, *SITES])),
            draw(st.sampled_from(SITES)),
            draw(st.integers(1, 15)),
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    committed = [
        SimpleNamespace(
            planned=SimpleNamespace(site_id=draw(st.sampled_from(SITES))),
            use=SimpleNamespace(left=draw(st.integers(0, 120))), surplus=draw(st.integers(0, 60)), per_vial=10,
        )
        for _ in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    return ground(held, moving={"item": moves}, promised={"item": promises}, committed={"item": committed})


def usable_vials(found: Ground) -> Counter[str]:
    return Counter(
        {
            s.holding_id: s.vials
            for s in found.stock["item"]
            if s.vials > 0
            and s.expiry
            and s.expiry >= DAY
            and not s.hold
            and s.state == "chilled"
            and (s.vvm or 1) < 3
        }
    )


@pytest.mark.proves("R037", "R048")
@given(grounds())
@settings(max_examples=60, deadline=None)
def test_what_is_ordered_promised_or_committed_is_never_proposed(found: Ground) -> None:
    made = instance_of(found, "item", QUICK)
    usable = usable_vials(found)
    if made is None:
        assert not usable
        return
    here = {h.id: h for h in made.holdings if not h.arrives_on}
    assert here.keys() <= usable.keys()
    moved: Counter[str] = Counter()
    for move in plan_of(made).moves:
        moved[move.holding] += move.vials
    free = dict(usable)
    for standing, line in found.moving["item"]:
        held = line.standing.lot.replace("l", "h")
        if standing.stage in ("approved", "proposed") and held in free:
            free[held] = max(free[held] - line.standing.ordered, 0)
    assert all(moved[id_] <= free[id_] for id_ in moved)
    for site in SITES:
        mine = [s.holding_id for s in found.stock["item"] if s.site_id == site and s.holding_id in usable]
        left = sum(free[id_] for id_ in mine)
        left -= sum(p.outstanding for p in found.promised["item"] if p.source_id == site != p.site_id)
        kept = max(
            (
                -(-max(c.use.left - c.surplus, 0) // 10)
                for c in found.committed["item"]
                if c.planned.site_id == site
            ),
            default=0,
        )
        assert sum(moved[id_] for id_ in mine) <= max(left - kept, 0)


@given(grounds())
@settings(max_examples=60, deadline=None)
def test_no_vial_stands_in_two_places(found: Ground) -> None:
    made = instance_of(found, "item", QUICK)
    if made is None:
        return
    on_the_road = sum(
        line.standing.in_transit for standing, line in found.moving["item"] if standing.stage == "dispatched"
    )
    outside = sum(p.outstanding for p in found.promised["item"] if p.source_id in (None, p.site_id))
    assert sum(h.vials for h in made.holdings) <= usable_vials(found).total() + on_the_road + outside
    assert len({h.id for h in made.holdings}) == len(made.holdings)


@given(grounds(), st.randoms())
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_books_decides_nothing(found: Ground, chance: Any) -> None:
    shuffled = list(found.stock["item"])
    chance.shuffle(shuffled)
    other = replace(found, stock={"item": shuffled}, sites=tuple(reversed(found.sites)))
    one, two = instance_of(found, "item", QUICK), instance_of(other, "item", QUICK)
    assert (one and one.sorted()) == (two and two.sorted())


def test_stock_of_a_bad_monitor_travels_short_ways_and_what_just_came_stays() -> None:
    fresh, warm = stock(1, "b", 5, 40), stock(2, "a", 5, 40, vvm=2)
    came = moving("closed", "c", "b", fresh, 5, purpose="redistribution", received_on=DAY - timedelta(days=3))
    made = instance_of(ground([fresh, warm], moving={"item": [came]}), "item", QUICK)
    assert made is not None
    assert {h.id: (h.why_not, h.short_legs_only) for h in made.holdings} == {
        "h1": ("cooldown", False),
        "h2": (None, True),
    }


@pytest.mark.proves("R074")
def test_reserves_room_and_counts_limit_a_site() -> None:
    levels = {("a", "item"): (4, 50)}
    counted = {"a": DAY, "b": DAY - timedelta(days=COUNT_DAYS + 1)}
    item = replace(ITEM, least=2)
    found = ground([stock(1, "a", 9, 40)], levels=levels, counted=counted, items={"item": item})
    made = instance_of(found, "item", QUICK)
    assert made is not None
    sites = {site.id: site for site in made.sites}
    assert (sites["a"].safety_doses, sites["a"].capacity_vials, sites["a"].may_send) == (40, 50, True)
    assert (sites["b"].safety_doses, sites["b"].capacity_vials, sites["b"].may_send) == (20, None, False)
    assert sites["b"].why_not == "stale_count"
    assert sites["b"].may_receive


def test_a_lot_without_its_expiry_is_left_out() -> None:
    assert instance_of(ground([stock(1, "a", 5, None)]), "item", QUICK) is None
