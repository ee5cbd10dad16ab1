"""From the books to proposals, decisions and outcomes, on either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from server.redistribution.building import instance_of
from server.redistribution.forecast import forecast
from server.redistribution.forecast_errors import forecast_errors
from server.redistribution.ground import ground_of
from server.redistribution.instance import Instance
from server.redistribution.models import DemandForecast, RedistributionRun
from server.redistribution.outcomes import by_month, outcomes_in, score_outcomes
from server.redistribution.proposals import greedy_in, latest_runs, proposal_of, proposals_in, refusals_in
from server.redistribution.running import STANDARD, preview, run_province
from server.stock.expiring import expiring_stock
from shared.clock import FixedClock
from tests.server.ledger.hands import TODAY, place, push
from tests.server.redistribution.books import DAY, DILUENT, ITEM, LATER, LOT, PROVINCE, A, B, Books, C

CLOCK = FixedClock(DAY)
QUICK = replace(STANDARD, scenarios=6)


@pytest.fixture
def books(engine: Engine) -> Books:
    made = Books(engine)
    made.until_the_day()
    return made


def run(books: Books) -> dict[str, Any]:
    return run_province(books.engine, CLOCK, PROVINCE, DAY, parameters=QUICK)


def instance(books: Books) -> Instance | None:
    with books.engine.connect() as connection:
        tree = books.tree(connection)
        demand = forecast(connection, PROVINCE, tree, DAY)
        return instance_of(ground_of(connection, PROVINCE, tree, DAY, demand), ITEM, QUICK)


@pytest.mark.proves("R029", "R036")
def test_demand_is_not_censored_by_a_stock_out(books: Books) -> None:
    with books.engine.connect() as connection:
        found = forecast(connection, PROVINCE, books.tree(connection), DAY)
    idle, busy = found[A, ITEM], found[B, ITEM]
    assert (busy.used.doses, busy.used.days) == (840, 42)  # the last two weeks had nothing to use
    assert busy.mean == pytest.approx(20 * 42 / (42 + 28))
    assert (idle.used.doses, idle.used.days, idle.mean) == (0, 20, 0.0)
    assert (C, ITEM) not in found or found[C, ITEM].mean == 0.0


@pytest.mark.proves("R036", "R037")
def test_what_nobody_uses_is_proposed_where_it_is_used_with_reasons(books: Books) -> None:
    found = run(books)
    assert (found["items"], found["failed"], found["proposals"]) == (1, 0, 1)
    assert found["expired_plan"] < found["expired_nothing"] == 600
    with books.engine.connect() as connection:
        (ran,) = latest_runs(connection, [PROVINCE])
        assert (ran.item_id, ran.doses, ran.expired_nothing, ran.state) == (ITEM, 600, 600, "done")
        (proposed,) = proposals_in(connection, [B])
        assert proposals_in(connection, [A]) == [proposed]
        assert proposals_in(connection, [C]) == []
        assert (proposed.source_id, proposed.destination_id, proposed.lot_id) == (A, B, LOT)
        assert proposed.status == "open"
        assert 0 < proposed.vials < 60
        assert proposed.doses == proposed.vials * 10
        assert 0 < proposed.saves_from <= proposed.saves_to <= proposed.doses
        assert (proposed.diluent_id, proposed.diluent_vials, proposed.syringes) == (
            DILUENT, proposed.vials, proposed.doses,
        )  # fmt: skip
        assert proposed.why["to"]["used"] == 840
        assert proposed.why["from"]["doses"] == 600
        (stays,) = refusals_in(connection, [A])
        assert stays.holding_id == proposed.holding_id
        assert stays.vials == 60 - proposed.vials
        assert refusals_in(connection, [B]) == []
        assert {(g.holding_id, g.destination_id) for g in greedy_in(connection, [ran.id])} == {
            (proposed.holding_id, B)
        }


def test_the_same_books_give_the_same_proposals_and_old_ones_are_superseded(books: Books) -> None:
    run(books)
    with books.engine.connect() as connection:
        (first,) = proposals_in(connection, [A])
    run(books)
    with books.engine.connect() as connection:
        (second,) = proposals_in(connection, [A])
        again = proposal_of(connection, first.id)
    assert second.id != first.id
    assert again is not None
    assert again.status == "superseded"
    assert replace(second, id=first.id, run_id=first.run_id) == first


def test_preview_stores_nothing(books: Books) -> None:
    with books.engine.connect() as connection:
        (weighed,) = preview(connection, PROVINCE, books.tree(connection), DAY, truck_capacity_vials=5)
        assert sum(move.vials for move in weighed.plan.moves) <= 5
        assert connection.execute(select(RedistributionRun.id)).all() == []


@pytest.mark.proves("R036")
def test_what_was_ordered_is_not_proposed_again_and_counts_as_coming(books: Books) -> None:
    run(books)
    with books.engine.connect() as connection:
        (proposed,) = proposals_in(connection, [A])
    books.ordered(place("move"), proposed.id, 20, "approved")
    found = instance(books)
    assert found is not None
    held = {(h.site, bool(h.arrives_on)): h.vials for h in found.holdings}
    assert held == {(A, False): 40, (B, True): 20}
    assert (B, A) in found.cooldowns
    run(books)
    with books.engine.connect() as connection:
        (ordered,) = proposals_in(connection, [A], statuses=("approved",))
        assert (ordered.id, ordered.transfer_id) == (proposed.id, place("move"))
        again = proposals_in(connection, [A], statuses=("open",))
        assert 0 < sum(each.vials for each in again) <= 40


def test_what_was_rejected_is_not_proposed_again_for_a_while(books: Books) -> None:
    run(books)
    with books.engine.connect() as connection:
        (proposed,) = proposals_in(connection, [A])
    books.ordered(place("move"), proposed.id, proposed.vials, "rejected")
    found = instance(books)
    assert found is not None
    assert (A, B) in found.cooldowns
    assert run(books)["proposals"] == 0
    with books.engine.connect() as connection:
        assert [each.status for each in proposals_in(connection, [A])] == ["rejected"]
        assert [each.reason for each in refusals_in(connection, [A])] == ["leg_too_long"]


@pytest.mark.proves("R037", "R048")
def test_what_is_promised_is_reserved_and_what_a_commitment_will_not_use_is_not(books: Books) -> None:
    promise = {
        "item": ITEM, "source": A, "vials": 25, "by_on": (DAY + timedelta(days=2)).isoformat(), "document": "QĐ 1",
    }  # fmt: skip
    push(books.engine, books.manager, books.manager.entry("allocation", place("promise"), C, promise, on=DAY))
    found = instance(books)
    assert found is not None
    held = {(h.site, bool(h.arrives_on)): h.vials for h in found.holdings}
    assert held == {(A, False): 35, (C, True): 25}


def test_who_has_not_counted_for_long_counts_before_sending(books: Books) -> None:
    found = instance(books)
    assert found is not None
    assert {s.id: s.why_not for s in found.sites}[A] is None
    body = {"state": "chilled", "vials": 3, "reason": "received"}
    old = books.keeper.entry("stock_movement", LATER, C, body, on=DAY - timedelta(days=50))
    push(books.engine, books.keeper, old)
    found = instance(books)
    assert found is not None
    sites = {site.id: site for site in found.sites}
    assert (sites[C].may_send, sites[C].may_receive, sites[C].why_not) == (False, True, "stale_count")


def test_the_instance_has_every_usable_dose_of_the_books_once(books: Books) -> None:
    books.move(A, LATER, 7, DAY, "received")
    books.move(C, LATER, -4, DAY, "data_entry")
    found = instance(books)
    with books.engine.connect() as connection:
        usable = sum(s.doses or 0 for s in expiring_stock(connection, [A, B, C], DAY) if s.vials > 0)
    assert found is not None
    assert sum(h.vials * h.doses_per_vial for h in found.holdings) == usable == 670


@pytest.mark.proves("R036", "R063")
def test_the_outcome_is_scored_against_doing_nothing_and_greedy(books: Books) -> None:
    run(books)
    with books.engine.connect() as connection:
        (proposed,) = proposals_in(connection, [A])
    move, left = place("move"), DAY + timedelta(days=2)
    books.ordered(move, proposed.id, 20, "approved", saves=proposed.saves)
    line = {"lot": LOT, "state": "chilled"}
    books.document(books.keeper, "dispatch", move, A, left, lines=[{**line, "vials": 20}])
    received = [{**line, "accepted": 18, "rejected": 2}]
    books.document(books.keeper, "receipt", move, B, left, lines=received, more="no")
    given = [books.moved(B, LOT, -1, left + timedelta(days=n), "administered") for n in range(1, 16)]
    given.append(books.moved(A, LOT, -1, left + timedelta(days=1), "administered"))
    push(books.engine, books.keeper, *given)
    with books.engine.begin() as connection:
        assert score_outcomes(connection, PROVINCE, DAY + timedelta(days=20)) == 1
        (early,) = outcomes_in(connection, [B])
        assert (early.used, early.expired, early.left, early.settled) == (150, 0, 30, False)
        assert score_outcomes(connection, PROVINCE, TODAY) == 1
        (found,) = outcomes_in(connection, [A])
        assert (found.sent, found.received, found.used, found.expired, found.left) == (200, 180, 150, 30, 0)
        assert (found.nothing_used, found.displaced, found.saved) == (0, 0, 150)
        assert 0 < found.greedy_used <= 150
        assert found.settled
        (month,) = by_month([found])
        assert (month.province_id, month.used, month.saved, month.open) == (PROVINCE, 150, 150, 0)
        assert score_outcomes(connection, PROVINCE, TODAY) == 0
        assert outcomes_in(connection, [C]) == []


@pytest.mark.proves("R029")
def test_forecasts_are_scored_when_their_weeks_are_over(books: Books) -> None:
    run(books)
    later = DAY + timedelta(days=28)
    books.move(B, LATER, 50, DAY + timedelta(days=4), "received")
    used = [books.moved(B, LATER, -1, DAY + timedelta(days=4 + n), "administered") for n in range(20)]
    push(books.engine, books.keeper, *used)
    run_province(books.engine, FixedClock(later), PROVINCE, later, parameters=QUICK)
    with books.engine.connect() as connection:
        query = select(DemandForecast.expected_doses, DemandForecast.actual_doses, DemandForecast.actual_days)
        mine = (DemandForecast.site_id == B) & (DemandForecast.made_on == DAY)
        assert connection.execute(query.where(mine)).one() == (12 * 24, 200, 24)
        (error,) = forecast_errors(connection, [A, B], DAY)
        assert (error.item_id, error.expected, error.used) == (ITEM, 288, 200)
        assert error.wmape == pytest.approx(88 / 200)
        assert error.bias == pytest.approx(0.44)
        assert forecast_errors(connection, [C], DAY) == []
