"""What the seed shows: people as they live there, coverage that differs, stock in every bucket."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import date

import orjson
import pytest
from sqlalchemy import select, text

from server.indicators.figures import Figures, figures, total
from server.indicators.refreshing import stale_villages
from server.places.models import Place
from server.places.tree import Tree
from server.plans.goals import Goal, goals_of, planned_people
from server.registers.models import Person
from server.seed.land import survey
from server.seed.plan import SeedPlan
from server.seed.users import demo_users
from server.stock.expiring import expiring_stock
from server.stock.models import Lot
from shared.rules.identity import check_cccd
from tests.server.seed.conftest import Sown


def coverage(sown: Sown, goal: Goal) -> dict[str, Figures]:
    tree = sown.tree
    communes = [node.id for node in tree.nodes.values() if node.level == "commune"]
    return {
        commune: total(figures(sown.connection, tree.villages(commune)).values())[goal]
        for commune in communes
        if tree.villages(commune)
    }


def test_every_commune_of_both_provinces_has_its_place() -> None:
    lai_chau, kien_giang = survey(SeedPlan()), survey(SeedPlan("large"))
    assert (len(lai_chau.districts), len(lai_chau.communes)) == (8, 106)
    assert (len(kien_giang.districts), len(kien_giang.communes)) == (15, 144)
    for land in (lai_chau, kien_giang):
        for commune in land.communes:
            names = [village.name for village in commune.villages]
            assert len(set(names)) == len(names) > 1


def test_users_for_every_station_team_district_and_many_villages() -> None:
    plan = SeedPlan()
    land = survey(plan)
    users = demo_users(plan, land)
    roles = Counter(user.role for user in users)
    assert roles["station"] == 106
    assert roles["mobile_team"] == roles["district_reviewer"] == 8
    assert roles["village_health_worker"] >= 60
    assert len({user.username for user in users}) == len(users)
    served = [place for user in users if user.role == "village_health_worker" for place in user.places]
    assert sorted(served) == sorted(village.id for _, village in land.villages())


def test_the_two_goals_of_the_documents_and_the_prepared_one(spring: Sown) -> None:
    goals = goals_of(spring.connection, spring.tree.provinces()[0].id, spring.plan.today)
    assert [(goal.age_group, goal.dose_type, goal.due_on) for goal in goals] == [
        ("A12_17", "primary_2", date(2022, 4, 30)),
        ("A18", "booster_1", date(2022, 4, 30)),
        ("A05_11", "primary_1", date(2022, 6, 30)),
    ]
    planned = planned_people(spring.connection, spring.tree.provinces()[0].id, spring.plan.today)
    for commune, figure in coverage(spring, goals[1]).items():
        assert abs(planned[goals[1], commune] - figure.people) <= 0.06 * figure.people + 1


def test_coverage_differs_between_communes_and_cells_are_fresh(spring: Sown) -> None:
    goals = goals_of(spring.connection, spring.tree.provinces()[0].id, spring.plan.today)
    shares = sorted(f.covered / f.due for f in coverage(spring, goals[1]).values() if f.due)
    assert len(shares) == 20
    assert shares[0] < 0.6 < 0.75 < shares[-1] <= 1
    assert stale_villages(spring.connection) == []


def test_doses_of_the_last_week_give_a_pace(spring: Sown) -> None:
    lately = spring.connection.execute(
        text("SELECT count(*) FROM dose WHERE given_on BETWEEN '2022-04-09' AND '2022-04-15'")
    ).scalar_one()
    assert lately > 20


def test_stock_in_every_bucket_and_hardly_below_zero(spring: Sown) -> None:
    sites = [n.id for n in spring.tree.nodes.values() if n.level in ("station", "team", "store")]
    found = expiring_stock(spring.connection, sites, spring.plan.today)
    buckets = Counter(stock.bucket for stock in found)
    assert {"expired", "within_7", "within_30", "within_60", "later"} <= set(buckets)
    assert sum(stock.vials < 0 for stock in found) < 0.05 * len(found)
    assert any(stock.lot_number == "FK0112" and stock.hold for stock in found)


def test_the_extended_lots_carry_their_document(spring: Sown) -> None:
    rows = spring.connection.execute(
        select(Lot.lot_number, Lot.label_expiry, Lot.revisions).where(
            Lot.lot_number.in_(("124001", "123002"))
        )
    ).all()
    assert {row.lot_number for row in rows} == {"124001", "123002"}
    for row in rows:
        assert row.label_expiry == date(2021, 11, 30)
        assert [r["expiry"] for r in orjson.loads(row.revisions)] == ["2022-02-28"]


def test_people_are_written_as_the_field_writes_them(spring: Sown) -> None:
    people = spring.connection.execute(select(Person.__table__)).all()
    assert all(unicodedata.is_normalized("NFC", person.full_name) for person in people)
    without = sum(person.id_kind == "none" for person in people)
    assert 0.06 < without / len(people) < 0.14
    for person in people[:300]:
        if person.id_kind == "cccd" and person.birth_precision == "day":
            assert check_cccd(person.id_number, person.sex, person.birth_date) == []
    sizes = Counter(person.household_id for person in people)
    assert set(sizes.values()) <= set(range(2, 9))
    assert len({person.ethnic for person in people}) >= 6
    assert {"absent", "temporary", "permanent"} <= {person.residence for person in people}
    assert any(person.contraindication for person in people)
    assert any(person.covid_on for person in people)


def test_some_households_were_never_visited(spring: Sown) -> None:
    visited, households = spring.connection.execute(
        text("SELECT (SELECT count(DISTINCT household_id) FROM visit), (SELECT count(*) FROM household)")
    ).one()
    assert 0.5 < visited / households < 0.95


def test_after_the_reform_the_communes_of_2025_stand(reformed: Sown) -> None:
    tree = reformed.tree
    names = {node.name for node in tree.provinces()}
    assert names == {"Tỉnh An Giang"}
    villages = [node for node in tree.nodes.values() if node.level == "village"]
    for village in villages:
        commune, area, province = (
            tree.up(village.id, level) for level in ("commune", "district", "province")
        )
        assert commune is not None
        assert area is not None
        assert area.name.startswith("Khu vực ")
        assert province is not None
    goals = goals_of(reformed.connection, tree.provinces()[0].province, reformed.plan.today)
    shares = [f.covered / f.due for f in coverage(reformed, goals[1]).values() if f.due]
    assert shares
    assert all(0 < share <= 1 for share in shares)


@pytest.mark.parametrize("day", [date(2022, 4, 15), date(2026, 3, 2)])
def test_every_village_has_one_parent_on_any_day(reformed: Sown, day: date) -> None:
    tree = Tree.load(reformed.connection, day)
    ids = reformed.connection.execute(select(Place.id).where(Place.level == "village")).scalars().all()
    assert all(tree.up(village, "commune") for village in ids)
