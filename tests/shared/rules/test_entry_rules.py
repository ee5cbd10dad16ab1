"""Rules that look at one entry: what cannot be true of it by itself."""

from __future__ import annotations

from typing import Any

import pytest

from shared.reading import Unreadable
from shared.rules.doses import home_dose_barred, lot_is_named
from shared.rules.sessions import opened_vials_cover, vials_agree, vials_needed
from shared.rules.visits import is_asked_about, unanswered
from tests.shared.projections.making import PERSON, make
from tests.shared.records.bodies import SUBJECT

OTHER = "00000000-0000-7000-8000-000000000009"


def codes(kind: str, body: dict[str, Any], **changed: Any) -> list[str]:
    try:
        make(kind, 1, body, **changed)
    except Unreadable as refused:
        return [found.code for found in refused.faults]
    return []


@pytest.mark.parametrize(
    ("birth", "on", "expected"),
    [
        ("2022-04-15", "2022-04-15", []),
        ("2022-04-16", "2022-04-15", ["person.born_later"]),
        ("1900-01-01", "2022-04-15", []),
        ("1900-01-01", "2024-04-15", ["person.age_implausible"]),
        ("1919-12-31", "2099-01-01", ["person.age_implausible"]),
    ],
)
def test_ages_that_nobody_has(birth: str, on: str, expected: list[str]) -> None:
    assert codes("person", {**PERSON, "birth_date": birth}, occurred_on=on) == expected
    assert codes("person", {"birth_date": birth}, occurred_on=on, based_on=[7]) == expected
    assert codes("person", {"phone": None}, occurred_on=on, based_on=[7]) == []


@pytest.mark.parametrize(
    ("vials", "reason", "reverses", "expected"),
    [
        (0, "received", None, "stock.moves_nothing"),
        (5, "received", None, None),
        (-5, "received", None, "stock.sign_against_reason"),
        (-5, "received", OTHER, None),
        (5, "received", OTHER, "stock.sign_against_reason"),
        (-1, "administered", None, None),
        (1, "administered", None, "stock.sign_against_reason"),
        (1, "administered", OTHER, None),
        (3, "returned", None, None),
        (-3, "returned", None, None),
        (-3, "data_entry", None, None),
    ],
)
@pytest.mark.proves("R081")
def test_signs_of_movements(vials: int, reason: str, reverses: str | None, expected: str | None) -> None:
    body: dict[str, Any] = {"state": "frozen", "vials": vials, "reason": reason}
    if reverses:
        body["reverses"] = reverses
    assert codes("stock_movement", body) == ([expected] if expected else [])


def test_thawed_vials_have_a_day() -> None:
    assert codes("stock_movement", {"state": "thawed", "vials": 1, "reason": "found"}) == [
        "stock.thaw_undated"
    ]


def test_a_count_names_a_holding_once() -> None:
    line = {"lot": SUBJECT, "state": "frozen", "vials": 1}
    assert codes("stock_count", {"lines": [line, {**line, "vials": 2}]}) == ["stock.counted_twice"]
    assert (
        codes("stock_count", {"lines": [line, {**line, "thawed_on": "2022-04-01", "state": "thawed"}]}) == []
    )


@pytest.mark.proves("R054")
def test_visits() -> None:
    line = {"person": SUBJECT, "outcome": "refused"}
    found = codes("visit", {"visit_type": "mop_up", "outcomes": [line, {**line, "reason": "TC_KHAC"}]})
    assert found == ["visit.person_twice", "visit.reason_missing"]
    for outcome in ("reviewed", "absent", "moved", "deceased", "deferred", "contraindicated"):
        assert codes("visit", {"visit_type": "mop_up", "outcomes": [{**line, "outcome": outcome}]}) == []
    assert unanswered(["a", "b", "c"], ["b"]) == ["a", "c"]
    assert [is_asked_about(residence) for residence in ("permanent", "absent", "moved", "deceased")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.proves("R050")
def test_parents_who_do_not_agree_say_why() -> None:
    def found(**line: Any) -> list[str]:
        told = {"person": SUBJECT, "outcome": "reviewed", **line}
        return codes("visit", {"visit_type": "door_to_door", "outcomes": [told]})

    assert found(consent="agree", reached=True) == []
    for answer in ("decline", "considering"):
        assert found(consent=answer) == ["visit.reason_missing"]
        assert found(consent=answer, reason="side_effects") == []


def test_doses_name_their_lot_unless_a_paper_says_so() -> None:
    body = {"vaccine": "AZ", "dose_type": "primary_1", "screening": "eligible"}
    assert codes("dose", body) == ["dose.lot_missing"]
    assert codes("dose", {**body, "lot": None, "lot_number": "ABC"}) == []
    assert codes("dose", {**body, "from_certificate": True}) == []
    assert list(lot_is_named(make("dose", 1, {**body, "lot": OTHER}))) == []


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([("2004-01-01", "2012-11-01"), ("2012-11-02", None)], []),
        ([("2012-11-02", None), ("2004-01-01", "2012-11-01")], []),
        ([("2004-01-01", "2012-11-02"), ("2012-11-02", None)], ["place.versions_overlap"]),
        ([("2004-01-01", None), ("2012-11-02", None)], ["place.versions_overlap"]),
        ([("2004-01-01", "2003-01-01")], ["place.ends_before_start"]),
        ([("2004-01-01", "2004-01-01")], []),
    ],
)
def test_versions_of_a_place(versions: list[tuple[str, str | None]], expected: list[str]) -> None:
    lines = [
        {"valid_from": start, "name": "x", "unit_type": "Xã", **({"valid_to": end} if end else {})}
        for start, end in versions
    ]
    assert codes("place", {"level": "commune", "versions": lines}) == expected
    assert codes("place", {"versions": lines}, based_on=[3]) == expected
    assert codes("place", {"serves": []}, based_on=[3]) == []


def test_vials_of_a_session() -> None:
    line = {"lot": SUBJECT, "vials_taken": 5, "vials_opened": 3, "vials_returned": 1, "vials_discarded": 1}
    assert vials_agree(line) is None
    short = vials_agree({**line, "vials_returned": None})
    assert short is not None
    assert (short.code, short.params) == ("session.vials_differ", {"taken": 5, "accounted": 4})
    assert opened_vials_cover(18, 3, 6) is None
    over = opened_vials_cover(19, 3, 6)
    assert over is not None
    assert over.code == "session.doses_exceed"
    assert [vials_needed(doses, 6) for doses in (0, 1, 6, 7)] == [0, 1, 1, 2]
    over_open = opened_vials_cover(23, 3, 6, left_open=4)
    assert over_open is not None
    assert opened_vials_cover(22, 3, 6, left_open=4) is None


@pytest.mark.proves("R024")
@pytest.mark.parametrize(
    ("at_home", "outcome", "barred"),
    [
        (True, "eligible", False),
        (True, "caution", True),
        (True, "deferred", True),
        (True, "contraindicated", True),
        (False, "caution", False),
    ],
)
def test_at_home_only_who_is_eligible_now(at_home: bool, outcome: str, barred: bool) -> None:
    found = home_dose_barred(at_home, outcome)
    assert (found is not None and found.code == "dose.home_barred") == barred
    assert found is None or found.fixer == "station"


@pytest.mark.proves("R024", "L1")
def test_a_home_dose_that_was_recorded_all_the_same_is_read() -> None:
    body = {
        "vaccine": "PFZ_ADULT",
        "dose_type": "booster_1",
        "screening": "caution",
        "at_home": True,
        "lot": OTHER,
    }
    assert codes("dose", body) == []
