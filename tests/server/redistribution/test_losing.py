"""What stands to be lost, from holdings and use: the FEFO identity at every site."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from server.database import db, insert_rows
from server.redistribution.expected import steady_until_served
from server.redistribution.losing import Exposed, exposed, exposed_stock, used_up
from server.redistribution.models import DemandForecast
from server.stock.expiring import ExpiringStock
from shared.rules.alerts import USED_OVER_DAYS
from shared.rules.at_risk import at_risk, steady_demand
from shared.rules.expiry import bucket
from tests.server.world import TODAY, World

SITES, ITEMS = ("site 1", "site 2"), ("item 1", "item 2")


@st.composite
def stocks(draw: st.DrawFn) -> list[ExpiringStock]:
    """Holdings of two sites and items, some not usable."""
    found = []
    for number in range(draw(st.integers(0, 8))):
        left = draw(st.one_of(st.none(), st.integers(-5, 120)))
        expiry = None if left is None else TODAY + timedelta(days=left)
        vials = draw(st.integers(-2, 9))
        state = draw(st.sampled_from(("frozen", "thawed", "quarantined", "opened")))
        hold = draw(st.sampled_from((None, None, "CV 1")))
        site, item = draw(st.sampled_from(SITES)), draw(st.sampled_from(ITEMS))
        doses = vials * 10 if item == "item 1" else None
        found.append(
            ExpiringStock(
                site, f"h{number}", f"l{number}", "L", item, "I", "I", state, None, None,
                draw(st.sampled_from((None, 1, 2, 3))), expiry, expiry, left, bucket(left), vials, doses, hold,
            )
        )  # fmt: skip
    return found


USE = st.dictionaries(st.tuples(st.sampled_from(SITES), st.sampled_from(ITEMS)), st.integers(0, 400))


@given(stocks(), USE)
def test_losses_of_a_shelf_are_those_of_the_identity(held: list[ExpiringStock], used: dict) -> None:
    found = exposed(held, used, {}, {}, TODAY)
    assert len(found) == len(held)
    for site in SITES:
        for item in ITEMS:
            shelf = [e for e in found if (e.stock.site_id, e.stock.item_id) == (site, item)]
            usable = [(e.stock.expiry, e.usable) for e in shelf if e.usable and e.stock.expiry]
            demand = steady_demand(used.get((site, item), 0), USED_OVER_DAYS, TODAY)
            assert sum(e.losing for e in shelf) == at_risk(usable, demand)
            assert all(0 <= e.losing <= e.usable for e in shelf)
            if not used.get((site, item)):
                assert all(e.losing == e.usable for e in shelf), "what nobody uses is lost whole"
    assert all(not e.losing and not e.usable for e in found if e.unusable)


@given(stocks(), USE)
@pytest.mark.proves("R008")
def test_what_nobody_uses_comes_first_then_what_is_lost_most(held: list[ExpiringStock], used: dict) -> None:
    order = [(e.losing == 0, e.used > 0, -e.losing) for e in exposed(held, used, {}, {}, TODAY)]
    assert order == sorted(order)


@given(stocks(), USE)
def test_a_forecast_stands_before_the_use_there_was(held: list[ExpiringStock], used: dict) -> None:
    demand = dict.fromkeys(((s, i) for s in SITES for i in ITEMS), steady_until_served(10**9, None, TODAY))
    found = exposed(held, used, demand, {}, TODAY)
    assert not any(e.losing for e in found), "who uses a million a day loses nothing"


@given(st.integers(0, 5_000), st.one_of(st.none(), st.integers(0, 50)), st.integers(-3, 90))
def test_demand_stops_when_nobody_is_due_any_more(daily: int, due: int | None, ahead: int) -> None:
    demand = steady_until_served(daily, due, TODAY)
    days = max(0, ahead + 1)
    wanted = demand(TODAY + timedelta(days=ahead))
    assert wanted <= (days * daily) / 1000
    assert due is None or wanted <= due
    assert wanted == (days * daily // 1000 if due is None else min(due, days * daily // 1000))


@given(stocks(), st.integers(0, 200))
def test_an_item_is_warned_of_as_early_as_it_says(held: list[ExpiringStock], days: int) -> None:
    for each in exposed(held, {}, {}, {"item 1": days}, TODAY):
        limit = days if each.stock.item_id == "item 1" else 30
        left = each.stock.days_left
        assert each.warned is (left is not None and left <= limit)


def _of(found: list[Exposed], lot: str) -> Exposed:
    return next(each for each in found if each.stock.lot_id == lot)


@pytest.mark.proves("R008")
def test_use_and_losses_of_a_station_from_its_book(fresh: tuple[Flask, World]) -> None:
    from server.accounts.models import User
    from server.ledger.author import ServerAuthor
    from server.settings import current_settings
    from server.sync.projectors import PROJECTORS

    app, world = fresh
    commune = world.communes[0]
    site, lot = world.stations[commune], world.lots[2]
    with app.app_context():
        connection = db.session.connection()
        user = db.session.get_one(User, world.users[f"tram.{site[:6]}"])
        author = ServerAuthor(connection, user, current_settings().clock, PROJECTORS)
        before = exposed_stock(connection, [site], (), TODAY)
        held = _of(before, lot)
        assert held.used == 0
        assert held.losing == held.usable > 0
        state = {"state": held.stock.state}
        if held.stock.thawed_on:
            state["thawed_on"] = held.stock.thawed_on.isoformat()
        for reason, vials in (("administered", -1), ("issued", -1), ("broken", -1)):
            body = {**state, "vials": vials, "reason": reason}
            author.write("stock_movement", subject=lot, place=site, body=body, occurred_on=TODAY)
        author.flush()
        assert used_up(connection, [site], (), TODAY) == {(site, world.item): 6}
        assert used_up(connection, [site], [site], TODAY) == {(site, world.item): 12}, "a store issues"
        assert used_up(connection, [site], (), TODAY + timedelta(days=USED_OVER_DAYS)) == {}
        assert _of(exposed_stock(connection, [site], (), TODAY), lot).used == 6
        _forecast(world, site, 10**7, TODAY - timedelta(days=8))
        assert _of(exposed_stock(connection, [site], (), TODAY), lot).losing > 0, "too old a forecast"
        _forecast(world, site, 10**7, TODAY)
        assert _of(exposed_stock(connection, [site], (), TODAY), lot).losing == 0


def _forecast(world: World, site: str, daily_milli: int, made_on: date) -> None:
    row = {
        "site_id": site, "item_id": world.item, "made_on": made_on, "province_id": world.province,
        "horizon_days": 28, "mean_milli": daily_milli, "dispersion_milli": 1000, "still_due": None, "used_doses": 1,
        "stocked_days": 1, "expected_doses": None, "actual_doses": None, "actual_days": None,
    }  # fmt: skip
    insert_rows(db.session.connection(), DemandForecast.__table__, [row])  # type: ignore[arg-type]
