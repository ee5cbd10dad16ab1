"""Where people live: what may be said of them, and what a move leaves true."""

from datetime import date

import pytest

from shared.rules.residence import (
    after_move,
    body_of_change,
    change_fault,
    changes_from,
    head_is_gone,
    relation_after_move,
    since_fault,
)

TODAY = date(2022, 4, 15)
BORN = date(1986, 3, 2)


@pytest.mark.proves("R013")
@pytest.mark.parametrize(
    ("residence", "cannot_come", "offered"),
    [
        ("permanent", None, ("absent", "cannot_come", "moved", "move", "deceased")),
        ("staying", "old", ("absent", "can_come", "moved", "move", "deceased")),
        ("absent", None, ("back", "cannot_come", "moved", "move", "deceased")),
        ("moved", "old", ("back", "move", "deceased")),
        ("deceased", None, ()),
    ],
)
def test_what_may_be_said_of_somebody(residence, cannot_come, offered):
    assert changes_from(residence, cannot_come) == offered


@pytest.mark.proves("R013")
def test_a_change_writes_where_somebody_is_and_since_when():
    given = {"since": "2022-04-10", "residence": "temporary", "came_from": "Hà Nội"}
    assert body_of_change("absent", given) == {"residence": "absent", "residence_since": "2022-04-10"}
    assert body_of_change("back", given) == {
        "residence": "temporary",
        "residence_since": "2022-04-10",
        "came_on": "2022-04-10",
        "came_from": "Hà Nội",
    }
    assert body_of_change("cannot_come", {"cannot_come": "far"}) == {"cannot_come": "far"}
    assert body_of_change("can_come", {}) == {"cannot_come": None}


@pytest.mark.parametrize(
    ("what", "given", "code"),
    [
        ("absent", {"since": "2022-04-15"}, None),
        ("absent", {"since": None}, "field.missing"),
        ("moved", {"since": "2022-04-16"}, "person.since_later"),
        ("deceased", {"since": "1986-03-01"}, "person.since_before_birth"),
        ("deceased", {"since": "2022-2-31"}, None),  # no day: the reading gate says so
        ("cannot_come", {}, "field.missing"),
        ("cannot_come", {"cannot_come": "old"}, None),
        ("can_come", {}, None),
    ],
)
def test_what_is_wrong_with_a_change(what, given, code):
    found = change_fault(what, given, BORN, TODAY)
    assert (found.code if found else None) == code


def test_a_day_is_judged_without_a_birth_date_too():
    assert since_fault("1986-03-01", None, TODAY) is None
    assert since_fault("2023-01-01", None, TODAY).code == "person.since_later"


@pytest.mark.proves("R013")
@pytest.mark.parametrize(
    ("residence", "chosen", "after"),
    [
        ("permanent", None, "permanent"),
        ("permanent", "temporary", "temporary"),
        ("absent", "temporary", "absent"),
        ("deceased", "permanent", "deceased"),
        ("moved", None, "permanent"),
        ("moved", "staying", "staying"),
    ],
)
def test_a_move_leaves_who_is_away_away(residence, chosen, after):
    assert after_move(residence, chosen) == after


def test_a_relation_is_to_the_head():
    assert relation_after_move("Con", "Lò Văn Sơn", "LÒ VĂN SƠN") == "Con"
    assert relation_after_move("Con", "Lò Văn Sơn", "Lò Văn Ba") is None
    assert relation_after_move(None, "Lò Văn Sơn", "Lò Văn Sơn") is None


@pytest.mark.parametrize(
    ("members", "gone"),
    [
        ([("Lò Văn Sơn", "deceased"), ("Lò Thị Mai", "permanent")], True),
        ([("lo van son", "moved")], True),
        ([("Lò Văn Sơn", "deceased"), ("Lò Văn Sơn", "permanent")], False),  # a son of the same name
        ([("Lò Văn Sơn", "absent")], False),
        ([("Lò Thị Mai", "permanent")], False),
        ([], False),
    ],
)
def test_a_household_whose_head_is_gone_needs_another(members, gone):
    assert head_is_gone("Lò Văn Sơn", members) is gone
