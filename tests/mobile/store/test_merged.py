"""Records that are one person, on the phone: shown once, with the doses of all, and taken apart again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobile.store import persons
from mobile.store.project import project_everything
from mobile.store.store import Store
from shared.rules.pairs import pair_id
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
from tests.mobile.store.test_order import arrive

PROVES = pytest.mark.proves("R095", "L18")

Raw = dict[str, Any]


def dose(person: str, dose_type: str, on: str) -> Raw:
    body = {"vaccine": "AZ", "dose_type": dose_type, "screening": "eligible", "lot": LOT}
    return raw_entry("dose", body, subject=person, place=STATION, occurred_on=on)


def verdict(one: Raw, other: Raw, keep: Raw) -> Raw:
    first, second = sorted((one["subject"], other["subject"]))
    body = {"person_a": first, "person_b": second, "verdict": "same", "keep": keep["subject"]}
    return raw_entry("same_person", body, subject=pair_id(first, second))


def void(raw: Raw) -> Raw:
    body = {"of": raw["kind"], "reason": "other"}
    return raw_entry("void", body, subject=raw["subject"], place=raw["place"], corrects=raw["id"])


class Twice:
    """One woman twice, in two villages, each record with a dose; somebody else beside."""

    def __init__(self) -> None:
        self.house, self.other_house = (
            raw_entry("household", household_body(head), place=place)
            for head, place in (("Lò A", VILLAGE), ("Lò B", OTHER_VILLAGE))
        )
        self.one = raw_entry("person", person_body(self.house["subject"]))
        self.two = raw_entry(
            "person", person_body(self.other_house["subject"], "LO THI MAI"), place=OTHER_VILLAGE
        )
        self.else_ = raw_entry("person", person_body(self.house["subject"], "Lò Văn Sơn"))
        self.first = dose(self.one["subject"], "primary_1", "2021-08-01")
        self.second = dose(self.two["subject"], "primary_2", "2021-10-01")
        self.same = verdict(self.one, self.two, self.one)

    def before(self) -> list[Raw]:
        return [
            *basics(), self.house, self.other_house, self.one, self.two, self.else_, self.first, self.second,
        ]  # fmt: skip


def take(phone: Store, streams: Streams, raws: list[Raw]) -> None:
    start = len(streams.entries.get(VILLAGE, []))
    streams.deliver(raws, VILLAGE)
    phone.apply_page(page([streams.part(VILLAGE, start)]))


@PROVES
def test_merged_records_are_shown_once_with_all_doses_and_taken_apart(tmp_path: Path) -> None:
    told, phone, streams = Twice(), make_phone(tmp_path / "phone"), Streams()
    take(phone, streams, told.before())
    apart = projections(phone)
    kept, gone = told.one["subject"], told.two["subject"]
    assert {row.id for row in persons.people(phone)} == {kept, gone, told.else_["subject"]}
    take(phone, streams, [told.same])
    assert {row.id for row in persons.people(phone)} == {kept, told.else_["subject"]}
    opened = persons.person(phone, kept)
    assert opened is not None
    assert opened.immunisation is not None
    assert str(opened.immunisation["primary_2_on"]) == "2021-10-01"
    assert len(opened.doses) == 2
    assert opened.row.next_dose == "booster_1"
    assert {row.id for row in persons.due_people(phone)} == {told.else_["subject"], kept}
    late = dose(gone, "booster_1", "2022-04-01")
    take(phone, streams, [late])
    opened = persons.person(phone, kept)
    assert opened is not None
    assert str((opened.immunisation or {})["booster_1_on"]) == "2022-04-01"
    take(phone, streams, [void(late), void(told.same)])
    after = projections(phone)
    for tables in (apart, after):
        tables.pop("same_person")
        tables.pop("dose")
    assert after == apart
    phone.close()


@PROVES
@settings(max_examples=40, deadline=None)
@given(chance=st.randoms(use_true_random=False), cuts=st.lists(st.integers(0, 6), max_size=4))
def test_no_order_of_arrival_matters(chance: Any, cuts: list[int]) -> None:
    told = Twice()
    later = verdict(told.two, told.else_, told.else_)
    entries = [
        *told.before(),
        told.same,
        later,
        void(later),
        dose(told.else_["subject"], "primary_1", "2021-08-01"),
    ]
    shown = []
    for number in range(2):
        with tempfile.TemporaryDirectory() as folder:
            phone = make_phone(Path(folder) / "phone", ready=False)
            arriving = list(entries)
            if number:
                chance.shuffle(arriving)
            arrive(phone, arriving, cuts if number else [], bool(number))
            shown.append(projections(phone))
            with phone.database.transaction() as connection:
                project_everything(connection, phone.clock.today())
            assert projections(phone) == shown[-1]
            phone.close()
    assert shown[0] == shown[1]
