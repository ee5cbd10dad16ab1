"""Versions of a plan: which applies, what differs, and drafting the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from server.places.tree import Tree
from server.plans.drafting import Draft, Line, draft, target_subject
from server.plans.goals import Goal, Target, every_goal, goals_of, planned_at, planned_people
from server.plans.versions import by_district, differences, plan_at, plan_version_of, versions_of
from shared.faults import Refused
from shared.identifiers import named_id
from shared.rules.plans import WITHDRAWN, in_force
from tests.server.ledger.hands import PROVINCE, enrol, place, push, rebuilds_alike

START, LATER = date(2022, 3, 1), date(2022, 4, 20)
APRIL, MAY, JUNE = date(2022, 4, 30), date(2022, 5, 31), date(2022, 6, 30)
COMMUNES = ("a", "b")


def target(place_id: str = "a", **changed: object) -> Target:
    made = Target("", "covid", place_id, "A18", "booster_1", APRIL, 100, "KH 1130/KH-UBND", START, None)
    made = replace(made, **changed)  # type: ignore[arg-type]
    return replace(
        made, id=named_id("t", *map(str, (made.target_place_id, made.due_on, made.valid_from, made.document)))
    )


def line(place_id: str = "a", **changed: object) -> Line:
    made = Line(place_id, "A18", "booster_1", APRIL, 100, APRIL, 100)
    return replace(made, **changed)  # type: ignore[arg-type]


def targets_from(made: Draft) -> list[Target]:
    return [
        Target(
            target_subject(body), body["campaign"], body["target_place"], body["age_group"], body["dose_type"],
            date.fromisoformat(body["due_on"]), body["planned_people"], body["document"],
            date.fromisoformat(body["valid_from"]), body.get("status"),
        )
        for body in made.bodies
    ]  # fmt: skip


@pytest.mark.proves("R091", "R057")
def test_a_later_version_replaces_what_it_names_and_nothing_else() -> None:
    first = [target("a"), target("b")]
    made = draft("covid", first, "CV 400", LATER, [line("a", new_people=120, new_due_on=MAY)])
    everything = first + targets_from(made)
    assert in_force(everything, LATER - timedelta(days=1)) == first
    now = in_force(everything, LATER)
    assert [(t.target_place_id, t.due_on, t.planned_people) for t in now] == [
        ("b", APRIL, 100),
        ("a", MAY, 120),
    ]
    versions = versions_of(everything, LATER)
    assert [(v.document, v.targets, v.applying) for v in versions] == [
        ("CV 400", 1, 1),
        ("KH 1130/KH-UBND", 2, 1),
    ]
    found = differences(plan_at(everything, versions[1].key), plan_at(everything, versions[0].key))
    assert [(d.due_on, d.sort, d.more) for d in found] == [(APRIL, "removed", -100), (MAY, "added", 120)]


def test_a_changed_due_day_leaves_the_other_milestones() -> None:
    first = [target(due_on=APRIL, planned_people=60), target(due_on=MAY, planned_people=40)]
    made = draft(
        "covid", first, "CV 400", LATER, [line(due_on=MAY, planned_people=40, new_due_on=JUNE, new_people=45)]
    )
    assert [(b["due_on"], b["planned_people"]) for b in made.bodies] == [
        ("2022-04-30", 60),
        ("2022-06-30", 45),
    ]
    assert len(in_force(first + targets_from(made), LATER)) == 2


def test_two_milestones_may_change_places() -> None:
    first = [target(due_on=APRIL, planned_people=60), target(due_on=MAY, planned_people=40)]
    lines = [
        line(due_on=APRIL, planned_people=60, new_due_on=MAY, new_people=60),
        line(due_on=MAY, planned_people=40, new_due_on=APRIL, new_people=40),
    ]
    made = draft("covid", first, "CV 400", LATER, lines)
    assert [(b["due_on"], b["planned_people"]) for b in made.bodies] == [
        ("2022-04-30", 40),
        ("2022-05-31", 60),
    ]


def test_withdrawing_the_last_milestone_ends_the_target() -> None:
    first = [target()]
    made = draft("covid", first, "CV 400", LATER, [line(new_due_on=None, new_people=None)])
    assert [body["status"] for body in made.bodies] == [WITHDRAWN]
    assert in_force(first + targets_from(made), LATER) == []
    assert in_force(first + targets_from(made), START) == first


@pytest.mark.parametrize(
    ("lines", "document", "valid_from", "code"),
    [
        ([line()], "CV 400", LATER, "plan.nothing_changed"),
        ([], "CV 400", LATER, "plan.nothing_changed"),
        ([line(new_people=120)], "CV 400", START - timedelta(days=1), "plan.not_newer"),
        ([line(new_people=120)], "KH 1130/KH-UBND", START, "plan.not_newer"),
        ([line(new_people=120)], "CV 400", APRIL + timedelta(days=1), "plan.due_too_early"),
        (
            [line(new_people=120), line(due_on=None, planned_people=None, new_people=5)],
            "CV 400",
            LATER,
            "plan.due_twice",
        ),
    ],
)
def test_what_no_version_may_say(lines: list[Line], document: str, valid_from: date, code: str) -> None:
    with pytest.raises(Refused) as refused:
        draft("covid", [target()], document, valid_from, lines)
    assert [f.code for f in refused.value.faults] == [code]


people = st.integers(0, 500)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(COMMUNES), st.sampled_from((APRIL, MAY, JUNE))), people, min_size=1
    ),
    st.dictionaries(st.tuples(st.sampled_from(COMMUNES), st.sampled_from((APRIL, MAY, JUNE))), people),
)
@pytest.mark.proves("R091")
def test_after_a_draft_the_plan_is_what_was_asked_for(
    before: dict[tuple[str, date], int], wanted: dict[tuple[str, date], int]
) -> None:
    """Whatever is changed, added or withdrawn: old and new are both there, each in its time."""
    first = [target(p, due_on=d, planned_people=n) for (p, d), n in before.items()]
    lines = [
        Line(p, "A18", "booster_1", d if (p, d) in before else None, before.get((p, d)),
             d if (p, d) in wanted else None, wanted.get((p, d)))
        for p, d in sorted({*before, *wanted})
    ]  # fmt: skip
    if before == wanted:
        with pytest.raises(Refused):
            draft("covid", first, "CV 400", LATER, lines)
        return
    everything = first + targets_from(draft("covid", first, "CV 400", LATER, lines))
    assert {(t.target_place_id, t.due_on): t.planned_people for t in in_force(everything, LATER)} == wanted
    assert in_force(everything, START) == first
    assert len({t.id for t in everything}) == len(everything)


def test_differences_add_up_by_district() -> None:
    from server.places.tree import Node

    def node(id_: str, level: str, parent: str | None) -> Node:
        return Node(id_, level, id_, "", None, parent, "p", None, None)

    places = [node("p", "province", None), node("d", "district", "p")] + [
        node(c, "commune", "d") for c in COMMUNES
    ]
    tree = Tree({n.id: n for n in places}, {})
    found = differences(
        [target("a"), target("b"), target("p")],
        [target("a", planned_people=70), target("b", due_on=MAY), target("p", planned_people=1)],
    )
    [of_district, of_province] = by_district(tree, found)
    assert (of_district.district_id, of_province.district_id) == ("d", None)
    assert (of_district.changed, of_district.added, of_district.removed) == (1, 1, 1)
    assert (of_district.before, of_district.after) == (300 - 100, 170)
    goal = Goal(APRIL, "A18", "booster_1", "covid")
    assert planned_at({(goal, "a"): 3, (goal, "b"): 4}, tree, goal, "p") == 7
    assert planned_at({(goal, "a"): 3, (goal, "d"): 9}, tree, goal, "p") == 9
    assert planned_at({}, tree, goal, "p") is None


@pytest.mark.proves("R091", "R090")
def test_versions_and_deviations_in_any_order_of_arrival(engine: Engine) -> None:
    manager, station = enrol(engine, "provincial_manager", "station")
    campaign = {"name_vi": "x", "name_en": "x", "disease": "x", "document": "x", "starts_on": "2022-01-01"}
    body = {
        "campaign": place("c"), "target_place": place("commune"), "age_group": "A18",
        "dose_type": "booster_1", "due_on": "2022-04-30", "planned_people": 100, "document": "KH 1130",
        "valid_from": START.isoformat(),
    }  # fmt: skip
    amended = body | {
        "planned_people": 120,
        "document": "CV 400",
        "valid_from": LATER.isoformat(),
        "due_on": "2022-05-31",
    }
    deviation = {
        "campaign": place("c"), "reason": "people", "differs": "Nhiều người về quê", "from_on": "2022-04-11",
        "age_group": "A18", "dose_type": "booster_1", "due_on": "2022-04-30", "proposed_people": 90,
    }  # fmt: skip
    first = station.entry("plan_deviation", place("commune"), place("commune"), deviation)
    again = station.entry(
        "plan_deviation", place("commune"), place("commune"), deviation | {"proposed_people": 95},
        corrects=first["id"],
    )  # fmt: skip
    push(engine, station, again)
    push(engine, manager, manager.entry("plan_target", place("second"), PROVINCE, amended))
    push(engine, manager, manager.entry("plan_target", place("first"), PROVINCE, body))
    push(engine, station, first)
    push(engine, manager, manager.entry("campaign", place("c"), PROVINCE, campaign))
    with engine.connect() as connection:
        old, new = Goal(APRIL, "A18", "booster_1", place("c")), Goal(MAY, "A18", "booster_1", place("c"))
        assert every_goal(connection, PROVINCE) == [old, new]
        assert goals_of(connection, PROVINCE, START - timedelta(days=1)) == []
        assert goals_of(connection, PROVINCE, LATER - timedelta(days=1)) == [old]
        assert goals_of(connection, PROVINCE, LATER) == [new]
        assert planned_people(connection, PROVINCE, LATER) == {(new, place("commune")): 120}
        version = plan_version_of(connection, place("c"), date(2022, 4, 15))
        assert version is not None
        assert (version.document, version.valid_from, version.targets, version.applying) == (
            "KH 1130",
            START,
            1,
            1,
        )
        assert plan_version_of(connection, place("c"), START - timedelta(days=1)) is None
        rebuilds_alike(connection)
