"""The law: what is shown depends on the set of entries, not on how they came."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobile.store.project import project_everything
from mobile.store.store import Store
from tests.mobile.phones import (
    LOT,
    OTHER_VILLAGE,
    STATION,
    VILLAGE,
    Streams,
    basics,
    household_body,
    make_phone,
    page,
    person_body,
    projections,
    raw_entry,
)


def history() -> list[dict[str, Any]]:
    """Entries that touch each other: edits, a fork, a move, doses, a correction, stock, a session, a count."""
    house, new_house = (raw_entry("household", household_body(head)) for head in ("Lò A", "Lò B"))
    new_house["place"] = OTHER_VILLAGE
    person = raw_entry("person", person_body(house["subject"]))
    subject = person["subject"]
    one = raw_entry("person", {"phone": "+84911111111"}, subject=subject, based_on=[person["id"]])
    two = raw_entry(
        "person", {"phone": "+84922222222", "relation": "vợ"}, subject=subject, based_on=[person["id"]]
    )
    both = raw_entry("person", {"relation": None}, subject=subject, based_on=[one["id"], two["id"]])
    move = {"household": new_house["subject"]}
    moved = raw_entry("person", move, subject=subject, place=OTHER_VILLAGE, based_on=[both["id"]])
    given_on = {"vaccine": "PFZ_ADULT", "screening": "eligible", "lot": LOT}
    first = raw_entry(
        "dose",
        given_on | {"dose_type": "primary_1"},
        subject=subject,
        place=STATION,
        occurred_on="2021-08-01",
    )
    wrong = raw_entry(
        "dose",
        given_on | {"dose_type": "primary_2"},
        subject=subject,
        place=STATION,
        occurred_on="2021-08-02",
    )
    right = raw_entry(
        "dose",
        given_on | {"dose_type": "primary_2"},
        subject=subject,
        place=STATION,
        occurred_on="2021-09-02",
        corrects=wrong["id"],
    )
    seen = {"visit_type": "door_to_door", "outcomes": [{"person": subject, "outcome": "absent"}]}
    visit = raw_entry("visit", seen, subject=house["subject"])
    again = raw_entry("visit", seen, subject=house["subject"], corrects=visit["id"])
    stray = raw_entry("dose", given_on | {"dose_type": "primary_1"}, place=STATION, corrects=first["id"])
    of_another = raw_entry(
        "dose",
        given_on | {"dose_type": "booster_1"},
        subject=subject,
        place=STATION,
        occurred_on="2022-04-02",
    )
    voids = [
        raw_entry(
            "void",
            {"of": target["kind"], "reason": "wrong_person"},
            subject=target["subject"],
            place=target["place"],
            corrects=target["id"],
        )
        for target in (of_another, again)
    ]
    session = raw_entry("session", {"session_type": "fixed"}, place=STATION)
    closed = raw_entry(
        "session", {"closed": True}, subject=session["subject"], place=STATION, based_on=[session["id"]]
    )
    moves = [
        raw_entry(
            "stock_movement",
            {"state": "thawed", "thawed_on": day, "vials": vials, "reason": reason},
            subject=LOT,
            place=STATION,
        )
        for day, vials, reason in (
            ("2022-04-01", 9, "received"),
            ("2022-04-01", -2, "administered"),
            ("2022-04-09", 4, "received"),
        )
    ]
    line = {"lot": LOT, "state": "thawed", "thawed_on": "2022-04-01", "vials": None}
    count = raw_entry("stock_count", {"lines": [line]}, subject=STATION, place=STATION)
    entries = [
        house,
        new_house,
        person,
        one,
        two,
        both,
        moved,
        first,
        wrong,
        right,
        stray,
        visit,
        again,
        of_another,
        *voids,
        session,
        closed,
    ]
    return [*basics(), *entries, *moves, count]


ENTRIES = history()


@pytest.fixture(scope="module")
def expected() -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """The projections of the history in the order it was written."""
    with tempfile.TemporaryDirectory() as folder:
        phone = make_phone(Path(folder) / "phone", ready=False)
        streams = Streams()
        streams.deliver(ENTRIES, VILLAGE)
        phone.apply_page(streams.whole())
        yield projections(phone)
        phone.close()


def arrive(phone: Store, entries: list[dict[str, Any]], cuts: list[int], first_whole: bool) -> None:
    """Deliver a sequence (with repeats) as several streams in pages cut at some places."""
    streams = Streams()
    for number, raw in enumerate(entries):
        streams.deliver([raw], (VILLAGE, OTHER_VILLAGE, STATION)[number % 3])
    at = dict.fromkeys(streams.entries, 0)
    if first_whole:
        phone.apply_page(page([]))
    for cut in cuts:
        parts = []
        for stream, held in streams.entries.items():
            to = min(len(held), at[stream] + cut)
            parts.append(streams.part(stream, max(0, at[stream] - 1), to))
            at[stream] = to
        phone.apply_page(page(parts, more=True))
    phone.apply_page(page([streams.part(stream, start) for stream, start in at.items()]))


@pytest.mark.proves("L9", "L10")
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    shuffled=st.permutations(range(len(ENTRIES))),
    repeated=st.lists(st.integers(0, len(ENTRIES) - 1), max_size=10),
    cuts=st.lists(st.integers(0, 6), max_size=5),
    first_whole=st.booleans(),
)
def test_order_splitting_and_repetition_do_not_matter(
    expected: dict[str, list[tuple[Any, ...]]],
    shuffled: list[int],
    repeated: list[int],
    cuts: list[int],
    first_whole: bool,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        phone = make_phone(Path(folder) / "phone", ready=False)
        try:
            arrive(phone, [ENTRIES[each] for each in [*shuffled, *repeated]], cuts, first_whole)
            assert projections(phone) == expected
            with phone.database.transaction() as connection:
                project_everything(connection, phone.clock.today())
            assert projections(phone) == expected
        finally:
            phone.close()
