"""Alerts: what is pressing, what is not, and that the order things are read in changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.alerts import (
    KINDS,
    RISK_DAYS,
    TONES,
    Alert,
    Held,
    Moving,
    Promised,
    arrival_due,
    concerning,
    expiry_tone,
    in_order,
    of_commitment,
    of_level,
    of_need,
    of_stock,
    of_transfer,
)

TODAY = date(2022, 4, 15)
HELD = Held("site", "item", "lot", "chilled", 10, 60, TODAY + timedelta(days=20))


def day(left: int) -> date:
    return TODAY + timedelta(days=left)


def told(*held: Held, used: int = 10_000, warn: int | None = None) -> list[tuple[str, str]]:
    keys = {(holding.site, holding.item) for holding in held}
    alerts = of_stock(held, dict.fromkeys(keys, used), {"item": warn}, TODAY)
    return [(alert.kind, alert.tone) for alert in in_order(alerts)]


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (HELD, [("expiring", "warn")]),
        (replace(HELD, expiry=day(7)), [("expiring", "late")]),
        (replace(HELD, expiry=day(0)), [("expiring", "late")]),
        (replace(HELD, expiry=day(31)), []),
        (replace(HELD, expiry=day(-1)), [("expired", "late")]),
        (replace(HELD, expiry=None), [("expiry_unknown", "warn")]),
        (replace(HELD, hold="CV 123"), [("hold", "late")]),
        (replace(HELD, vvm=3, expiry=day(-1)), [("vvm", "late")]),
        (replace(HELD, vvm=2), [("expiring", "warn")]),
        (replace(HELD, vials=-2, doses=-12), [("negative", "warn")]),
        (replace(HELD, vials=0, doses=0, expiry=day(-9)), []),
        (replace(HELD, state="quarantined", expiry=day(-1), hold="CV 123"), []),
        (replace(HELD, state="opened", vials=1, doses=3, expiry=day(0)), []),
        (replace(HELD, state="opened", vials=1, doses=3, expiry=day(-1)), [("expired", "late")]),
    ],
)
def test_a_holding_says_the_one_thing_that_is_the_matter(held: Held, expected: list[tuple[str, str]]) -> None:
    assert told(held) == expected


def test_an_item_is_warned_of_by_its_own_days() -> None:
    assert told(replace(HELD, expiry=day(50)), warn=60) == [("expiring", "warn")]
    assert told(HELD, warn=14) == []
    assert told(replace(HELD, expiry=day(5)), warn=3) == []
    assert expiry_tone(3, 3) == "late"


@pytest.mark.proves("L28")
def test_what_will_not_be_used_in_time_is_told_before_it_expires() -> None:
    held = replace(HELD, expiry=day(55), doses=600, vials=100)
    (alert,) = of_stock([held], {("site", "item"): 28}, {}, TODAY)
    assert (alert.kind, alert.doses, alert.losing) == ("at_risk", 600, 600 - 56)
    assert told(replace(held, expiry=day(RISK_DAYS + 1)), used=28) == []
    assert told(held, used=28 * 20) == []
    halves = [replace(held, doses=300, vials=50), replace(held, doses=300, vials=50)]
    (again,) = of_stock(halves, {("site", "item"): 28}, {}, TODAY)
    assert again == alert, "a lot that is split is the same alert"


def test_unusable_stock_is_not_counted_as_used_first() -> None:
    held = [
        replace(HELD, lot="stopped", hold="CV 123", expiry=day(40)),
        replace(HELD, lot="good", expiry=day(50)),
    ]
    kinds = {alert.lot: alert.kind for alert in of_stock(held, {("site", "item"): 28 * 2}, {}, TODAY)}
    assert kinds == {"stopped": "hold"}


stock = st.builds(
    Held,
    st.sampled_from(("a", "b")),
    st.sampled_from(("item", "other")),
    st.sampled_from(("one", "two", "three")),
    st.sampled_from(("frozen", "chilled", "thawed", "opened", "quarantined")),
    st.integers(-3, 50),
    st.integers(-10, 300),
    st.none() | st.integers(-20, 120).map(day),
    st.none() | st.just("CV 123"),
    st.none() | st.integers(1, 4),
).map(lambda held: replace(held, lot=f"{held.item}.{held.lot}"))


@given(st.lists(stock, max_size=8), st.integers(0, 400), st.randoms())
def test_the_order_of_reading_changes_nothing_but_which_of_equals_goes_first(
    held: list[Held], used: int, chance: Random
) -> None:
    counts = {(site, item): used for site in "ab" for item in ("item", "other")}
    turned = list(held)
    chance.shuffle(turned)
    one, other = (in_order(of_stock(found, counts, {}, TODAY)) for found in (held, turned))
    pressing = [(a.kind, a.tone, a.site, a.item) for a in one if a.kind not in ("expiring", "at_risk")]
    assert pressing == [
        (a.kind, a.tone, a.site, a.item) for a in other if a.kind not in ("expiring", "at_risk")
    ]
    assert sum(a.losing for a in one) == sum(a.losing for a in other)
    for alert in one:
        assert alert.kind in KINDS
        assert alert.tone in TONES
        assert alert.losing >= 0
    assert len({alert.key for alert in one}) == len(one)


def test_people_who_wait_at_an_empty_site() -> None:
    assert [a.tone for a in of_need("site", 12, 0)] == ["late"]
    assert list(of_need("site", 12, 6)) == []
    assert list(of_need("site", 0, 0)) == []


@pytest.mark.proves("R074")
def test_below_the_reserve() -> None:
    assert [(a.kind, a.tone, a.vials) for a in of_level("s", "i", 3, 10)] == [("below_least", "warn", 3)]
    assert [a.tone for a in of_level("s", "i", 0, 10)] == ["late"]
    assert list(of_level("s", "i", 10, 10)) == []
    assert list(of_level("s", "i", 0, None)) == []
    assert list(of_level("s", "i", 0, 0)) == []


MOVING = Moving("t", "from", "to", "dispatched", 30, dispatched_on=day(-2))


@pytest.mark.parametrize(
    ("moving", "expected"),
    [
        (MOVING, []),
        (replace(MOVING, dispatched_on=day(-4)), [("unconfirmed", "warn", "to", "from", day(-1))]),
        (replace(MOVING, dispatched_on=day(-10)), [("unconfirmed", "late", "to", "from", day(-7))]),
        (replace(MOVING, expected_on=day(-1)), [("unconfirmed", "warn", "to", "from", day(-1))]),
        (replace(MOVING, dispatched_on=day(-20), expected_on=day(1)), []),
        (
            replace(MOVING, stage="partly", dispatched_on=day(-4)),
            [("unconfirmed", "warn", "to", "from", day(-1))],
        ),
        (replace(MOVING, stage="disputed"), [("disputed", "late", "to", "from", day(-2))]),
        (
            replace(MOVING, stage="unconfirmed", dispatched_on=None),
            [("undispatched", "warn", "from", "to", None)],
        ),
        (
            replace(MOVING, stage="lapsed", dispatch_by=day(-3)),
            [("lapsed", "warn", "from", "to", day(-3))],
        ),
        (replace(MOVING, stage="closed"), []),
        (replace(MOVING, stage="approved"), []),
    ],
)
def test_transfers_that_need_someone(moving: Moving, expected: list[tuple[str, str, str, str, date]]) -> None:
    found = list(of_transfer(moving, TODAY))
    assert [(a.kind, a.tone, a.site, a.other, a.day) for a in found] == expected
    assert {a.site for a in concerning(found, {"from"})} == {a.site for a in found}
    assert concerning(found, {"elsewhere"}) == []


def test_a_transfer_nobody_sent_is_not_expected() -> None:
    assert arrival_due(replace(MOVING, dispatched_on=None)) is None


@pytest.mark.proves("R037")
def test_commitments_that_are_not_kept() -> None:
    promised = Promised("c", "site", "item", None, day(10), "behind", 120)
    assert [(a.tone, a.losing) for a in of_commitment(promised)] == [("warn", 120)]
    assert [a.tone for a in of_commitment(replace(promised, state="broken"))] == ["late"]
    for state in ("kept", "waiting", "recalled", "closed", "withdrawn"):
        assert list(of_commitment(replace(promised, state=state))) == []


def test_the_most_pressing_stands_first() -> None:
    warn, late = Alert("expiring", "warn", "s", losing=900), Alert("expiring", "late", "s")
    gone, more = Alert("stock_out", "late", "s", people=3), Alert("stock_out", "late", "t", people=30)
    assert in_order([warn, late, gone, more]) == [more, gone, late, warn]
