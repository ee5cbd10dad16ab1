"""Need, own stock and shared stock: never more than there is; neither order nor the splitting of a lot matters."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference import Opening
from shared.rules.allocation import Shipment, document_key, share_received, suggest
from shared.rules.need import (
    Covered,
    Need,
    Promise,
    Supply,
    asked_once,
    cover,
    fitting_vaccines,
    pooled,
    set_aside,
    why_unusable,
)
from shared.rules.openings import SHIPPED, Openings

TODAY, DUE = date(2022, 4, 15), date(2022, 4, 30)
PLACES = ("huyện a", "huyện b", "huyện c")
#: Item -> (vaccine, doses a vial).
ITEMS = {
    "i-az": ("AZ", 10),
    "i-pfz": ("PFZ_ADULT", 6),
    "i-pfz-10": ("PFZ_ADULT", 10),
    "i-child": ("PFZ_CHILD", 10),
}
FITS = {
    ("A18", "booster_1"): frozenset({"AZ", "PFZ_ADULT"}),
    ("A12_17", "primary_2"): frozenset({"PFZ_ADULT"}),
    ("A05_11", "primary_1"): frozenset({"PFZ_CHILD"}),
}


def need(place: str, dose: tuple[str, str] = ("A18", "booster_1"), due: int = 100, covered: int = 0) -> Need:
    return Need(place, *dose, DUE, due, covered, FITS[dose])


def supply(place: str, item: str, vials: int, days: int = 30) -> Supply:
    vaccine, doses = ITEMS[item]
    return Supply(place, item, vaccine, doses, TODAY + timedelta(days=days), vials * doses)


def promise(source: str | None, place: str, item: str, vials: int) -> Promise:
    vaccine, doses = ITEMS[item]
    return Promise(source, place, item, vaccine, doses, vials * doses)


needs = st.lists(
    st.builds(
        need,
        st.sampled_from(PLACES),
        st.sampled_from(sorted(FITS)),
        st.integers(0, 90),
        st.integers(0, 40),
    ),
    max_size=8,
).map(asked_once)
supplies = st.lists(
    st.builds(
        supply,
        st.sampled_from((*PLACES, "kho tỉnh")),
        st.sampled_from(sorted(ITEMS)),
        st.integers(0, 9),
        st.sampled_from((3, 30, 60)),
    ),
    max_size=10,
)
promises = st.lists(
    st.builds(
        promise,
        st.sampled_from((None, "kho tỉnh", *PLACES)),
        st.sampled_from(PLACES),
        st.sampled_from(sorted(ITEMS)),
        st.integers(0, 5),
    ),
    max_size=4,
)


def doses(found: list[Supply]) -> int:
    return sum(each.doses for each in found)


@pytest.mark.proves("R029")
@given(needs, supplies, promises)
def test_own_stock_covers_needs_and_nothing_is_lost(
    asked: list[Need], stocked: list[Supply], promised: list[Promise]
) -> None:
    covered, left = cover(asked, stocked, promised)
    assert [c.need for c in covered] == asked
    assert sum(c.on_hand for c in covered) + doses(left) == doses(stocked)
    assert sum(c.promised for c in covered) <= sum(p.doses for p in promised)
    remains = {(s.place, s.vaccine) for s in left}
    for each in covered:
        assert each.shortage >= 0
        assert each.shortage + each.on_hand + each.promised == each.need.people
        assert set(each.own) <= each.need.fits
        if each.shortage:
            assert not any((each.need.place, code) in remains for code in each.need.fits)


@pytest.mark.proves("L28")
@given(needs, supplies, promises, st.randoms(use_true_random=False))
def test_splitting_a_lot_and_another_order_change_nothing(
    asked: list[Need], stocked: list[Supply], promised: list[Promise], chance: random.Random
) -> None:
    split: list[Supply] = []
    for each in stocked:
        vials = each.doses // each.doses_per_vial
        part = chance.randint(0, vials) * each.doses_per_vial
        split += [replace(each, doses=part), replace(each, doses=each.doses - part)]
    chance.shuffle(split)
    other, coming = list(asked), list(promised)
    chance.shuffle(other)
    chance.shuffle(coming)
    free, same = set_aside(stocked, promised), set_aside(split, coming)
    assert free == same
    covered, left = cover(asked, free, promised)
    assert (covered, left) == cover(other, same, coming)
    assert suggest(covered, left, frozenset({"kho tỉnh"})) == suggest(
        sorted(covered, key=lambda c: chance.random()),
        same_in_any_order(left, chance),
        frozenset({"kho tỉnh"}),
    )


def same_in_any_order(found: list[Supply], chance: random.Random) -> list[Supply]:
    return sorted(found, key=lambda s: chance.random())


@pytest.mark.proves("R063")
@given(needs, supplies, promises)
def test_no_more_is_sent_than_there_is_and_no_more_than_a_shortage_rounded_up_to_a_vial(
    asked: list[Need], stocked: list[Supply], promised: list[Promise]
) -> None:
    covered, left = cover(asked, set_aside(stocked, promised), promised)
    found = suggest(covered, left, frozenset({"kho tỉnh"}))
    taken: Counter[tuple[str, str]] = Counter()
    for line in found:
        assert line.vials > 0
        assert line.source != line.place
        assert sum(wanted for *_, wanted in line.wanted) <= line.doses
        taken[line.source, line.item] += line.doses
    there: Counter[tuple[str, str]] = Counter()
    for each in left:
        there[each.place, each.item] += each.doses
    assert all(sent <= there[key] for key, sent in taken.items())
    short = {c.need.key: c.shortage for c in covered}
    sent = wanted_by_need(found)
    assert all(0 < wanted <= short[key] for key, wanted in sent.items())
    for place in PLACES:
        vials = sum(line.doses for line in found if line.place == place)
        room = sum(people + 9 for (at, *_), people in short.items() if at == place and people)
        assert vials <= room


def wanted_by_need(found: list[Shipment]) -> Counter[tuple[str, str, str]]:
    sent: Counter[tuple[str, str, str]] = Counter()
    for line in found:
        for group, dose, wanted in line.wanted:
            sent[line.place, group, dose] += wanted
    return sent


@given(needs, supplies)
def test_nothing_that_fits_a_shortage_stays_behind(asked: list[Need], stocked: list[Supply]) -> None:
    covered, left = cover(asked, stocked)
    found = suggest(covered, left)
    sent = wanted_by_need(found)
    unmet = [c.need for c in covered if c.shortage > sent[c.need.key]]
    vials: Counter[tuple[str, str]] = Counter()
    for each in left:
        vials[each.vaccine, each.item] += each.doses // each.doses_per_vial
    for line in found:
        vials[line.vaccine, line.item] -= line.vials
    assert not [need for need in unmet if any(n and code in need.fits for (code, _), n in vials.items())]


@pytest.mark.proves("R063", "R008")
def test_the_shortest_dated_vial_goes_first_to_the_largest_share_without_a_dose() -> None:
    asked = [need("huyện a", due=100), need("huyện b", due=40)]
    stocked = [
        supply("huyện a", "i-az", 5),
        supply("kho tỉnh", "i-az", 3, days=60),
        supply("kho tỉnh", "i-pfz", 4, 9),
    ]
    covered, left = cover(asked, stocked)
    assert [(c.need.place, c.on_hand, c.shortage) for c in covered] == [
        ("huyện a", 50, 50),
        ("huyện b", 0, 40),
    ]
    [*lines] = suggest(covered, left, frozenset({"kho tỉnh"}))
    # Pfizer expires first: all four vials to b, of whose people all are without; then AstraZeneca, turn by turn.
    assert [(line.place, line.item, line.vials) for line in lines] == [
        ("huyện a", "i-az", 2),
        ("huyện b", "i-az", 1),
        ("huyện b", "i-pfz", 4),
    ]
    assert lines[2].wanted == (("A18", "booster_1", 24),)
    assert lines[2].expiry == TODAY + timedelta(days=9)


def test_a_dose_with_fewer_vaccines_to_choose_from_is_served_first() -> None:
    asked = asked_once([need("huyện a", due=60), need("huyện a", ("A12_17", "primary_2"), due=30)])
    covered, left = cover(asked, [supply("huyện a", "i-pfz", 6, 5), supply("huyện a", "i-az", 4)])
    assert {c.need.dose: (c.own, c.shortage) for c in covered} == {
        ("A12_17", "primary_2"): ({"PFZ_ADULT": 30}, 0),
        ("A18", "booster_1"): ({"PFZ_ADULT": 6, "AZ": 40}, 14),
    }
    assert left == []


def test_stores_give_before_other_places() -> None:
    covered, left = cover(
        [need("huyện a", due=12)], [supply("huyện b", "i-pfz", 9), supply("kho tỉnh", "i-pfz", 1)]
    )
    found = suggest(covered, left, frozenset({"kho tỉnh"}))
    assert [(line.source, line.vials) for line in found] == [("huyện b", 1), ("kho tỉnh", 1)]


def test_what_is_allocated_already_is_neither_there_nor_needed_again() -> None:
    promised = [promise("kho tỉnh", "huyện a", "i-pfz", 3)]
    free = set_aside([supply("kho tỉnh", "i-pfz", 2, 5), supply("kho tỉnh", "i-pfz", 4)], promised)
    assert free == [supply("kho tỉnh", "i-pfz", 3)]
    [found], left = cover([need("huyện a", due=30)], free, promised)
    assert (found.promised, found.shortage) == (18, 12)
    [line] = suggest([found], left)
    assert line.vials == 2


def test_a_dose_asked_for_twice_is_needed_once() -> None:
    first, later = need("huyện a", due=50), replace(need("huyện a", due=80), due_on=date(2022, 5, 31))
    assert asked_once([later, first]) == asked_once([first, later]) == [replace(later, due_on=DUE)]


def test_pooling_leaves_out_what_is_not_there() -> None:
    assert pooled([supply("a", "i-az", 2), supply("a", "i-az", 3), supply("b", "i-az", 0)]) == [
        supply("a", "i-az", 5)
    ]


@pytest.mark.proves("R029")
@pytest.mark.parametrize(
    ("state", "hold", "left", "why"),
    [
        ("frozen", None, 0, None),
        ("thawed", None, 3, None),
        ("frozen", None, -1, "expired"),
        ("chilled", "CV 1/TTr", 30, "hold"),
        ("quarantined", None, 30, "quarantined"),
        ("opened", None, 0, "opened"),
        ("chilled", None, None, "expiry_unknown"),
    ],
)
def test_what_is_not_planned_with(state: str, hold: str | None, left: int | None, why: str | None) -> None:
    assert why_unusable(state, hold, left) == why


@pytest.mark.proves("R029", "R007")
def test_vaccines_licensed_and_opened_for_a_dose() -> None:
    codes = ("AZ", "PFZ_ADULT", "PFZ_CHILD", "MDN_CHILD", "MDN_BOOST", "nobody knows it")
    fits = {
        (group, dose): fitting_vaccines(codes, group, dose, DUE, SHIPPED)
        for group, dose in (*FITS, ("A18", "booster_2"), ("unknown", "primary_1"))
    }
    assert fits == {
        ("A18", "booster_1"): {"AZ", "PFZ_ADULT", "MDN_BOOST"},
        ("A12_17", "primary_2"): {"PFZ_ADULT"},
        ("A05_11", "primary_1"): {"PFZ_CHILD", "MDN_CHILD"},
        ("A18", "booster_2"): frozenset(),
        ("unknown", "primary_1"): frozenset(),
    }
    assert fitting_vaccines(codes, "A05_11", "primary_1", date(2022, 3, 28), SHIPPED) == {"PFZ_CHILD"}
    opened = Openings([Opening("A18", "booster_2", ("PFZ_ADULT",), DUE, None, None, 4, None, "", "CV 1/BYT")])
    assert fitting_vaccines(codes, "A18", "booster_2", DUE, opened) == {"PFZ_ADULT"}


@pytest.mark.proves("R048")
@given(st.lists(st.integers(1, 20), min_size=1, max_size=5), st.integers(-5, 90))
def test_what_was_received_is_shared_without_remainder(planned: list[int], received: int) -> None:
    lines = [(str(number), vials) for number, vials in enumerate(planned)]
    found = share_received(lines, received)
    assert sum(found.values()) == received
    if 0 <= received <= sum(planned):
        assert all(0 <= found[name] <= vials for name, vials in lines)


def test_a_document_is_the_same_however_it_is_typed() -> None:
    assert document_key("PX 15/KDT") == document_key(" px15 /kdt") != document_key("PX 16/KDT")


def test_more_covered_than_due_is_no_need_below_zero() -> None:
    assert Covered(need("a", due=10, covered=12)).shortage == 0
