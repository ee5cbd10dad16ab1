"""What a visit asks, of whom, and what its outcomes say beyond the visit."""

from datetime import date

import pytest

from shared.rules.visits import (
    consent_of,
    day_ahead,
    guardian_is_asked,
    may_be_invited,
    nothing_to_ask,
    register_change,
)

TODAY = date(2022, 4, 15)


@pytest.mark.proves("R033", "R050")
@pytest.mark.parametrize(
    ("born", "next_dose", "asked"),
    [
        (date(2009, 6, 20), "primary_2", True),
        (date(2004, 4, 16), "booster_1", True),
        (date(2004, 4, 15), "booster_1", False),
        (date(2009, 6, 20), None, False),
    ],
)
def test_a_parent_answers_for_a_child_with_a_dose_to_come(born, next_dose, asked):
    assert guardian_is_asked(born, TODAY, next_dose) is asked


@pytest.mark.proves("R060")
@pytest.mark.parametrize(
    ("residence", "due", "guardian", "enough"),
    [
        ("permanent", False, False, True),
        ("temporary", False, False, True),
        ("permanent", True, False, False),
        ("permanent", False, True, False),
        ("absent", False, False, False),
        ("moved", False, False, False),
    ],
)
def test_one_word_is_enough_for_who_is_here_with_nothing_due(residence, due, guardian, enough):
    assert nothing_to_ask(residence, due=due, guardian=guardian) is enough


def test_a_childs_outcome_tells_what_the_parent_answered_where_it_can():
    assert [consent_of(o) for o in ("refused", "hesitant", "reviewed", "absent")] == [
        "decline",
        "considering",
        None,
        None,
    ]


@pytest.mark.proves("R087")
def test_nobody_is_invited_who_refuses_left_or_lacks_no_dose():
    assert may_be_invited("reviewed", "booster_1")
    assert may_be_invited("absent", "booster_1")
    assert not may_be_invited("reviewed", None)
    for outcome in ("refused", "moved", "deceased", "contraindicated"):
        assert not may_be_invited(outcome, "booster_1")


@pytest.mark.proves("R013")
@pytest.mark.parametrize(
    ("line", "residence", "change"),
    [
        ({"outcome": "moved"}, "permanent", ("moved", True)),
        ({"outcome": "deceased"}, "absent", ("deceased", True)),
        ({"outcome": "absent", "reason": "fields"}, "permanent", ("absent", False)),
        ({"outcome": "absent"}, "permanent", ("absent", False)),
        ({"outcome": "absent", "reason": "studying_away"}, "temporary", ("absent", True)),
        ({"outcome": "absent", "reason": "studying_away"}, "absent", None),
        ({"outcome": "reviewed"}, "permanent", None),
    ],
)
def test_an_outcome_speaks_for_a_change_of_the_register(line, residence, change):
    assert register_change(line, residence, None) == change


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, None),
        ("2022-04-15", None),
        ("2022-05-03", None),
        ("2022-04-14", "visit.day_not_ahead"),
        ("2022-5-", "visit.day_not_ahead"),
    ],
)
def test_a_day_agreed_is_today_or_later(text, code):
    found = day_ahead(text, TODAY)
    assert (found and found.code) == code
