"""The gate: what passes, what is held, what is refused and with which words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import wire
from shared.entries import Entry
from shared.faults import catalogue
from shared.kinds import KINDS
from shared.reading import Held, Unreadable, body_faults, id_in, number_in, read, read_payload
from tests.shared.records.bodies import PLACE, SUBJECT, bodies, envelope, spoilt, wrong

HOUSEHOLD = {"head_name": "Lò Văn A"}


def attempt(raw: Any) -> Entry | Unreadable | Held:
    """What the gate makes of it, whichever way."""
    try:
        return read(raw)
    except (Unreadable, Held) as told:
        return told


def codes(raw: Any) -> list[str]:
    with pytest.raises(Unreadable) as refused:
        read(raw)
    return [found.code for found in refused.value.faults]


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_gate_passes_reads_back_the_same(kind: str) -> None:
    @settings(max_examples=20)
    @given(bodies(KINDS[kind].schema))
    def holds(body: dict[str, Any]) -> None:
        raw = envelope(kind, body)
        entry = attempt(raw)
        if isinstance(entry, Unreadable):  # one of the kind's rules
            assert body_faults(KINDS[kind], body, partial=False) == []
            return
        assert isinstance(entry, Entry)
        assert entry.payload == wire.canonical(raw)
        assert read_payload(entry.payload) == entry
        assert read(json.loads(entry.payload)) == entry

    holds()


@given(st.sampled_from(list(envelope("household", HOUSEHOLD))), wrong)
def test_a_broken_envelope_is_told_and_kept(key: str, value: Any) -> None:
    raw = envelope("household", HOUSEHOLD) | {key: value}
    found = attempt(raw)
    if isinstance(found, Held):
        assert key in ("kind", "version")
    elif isinstance(found, Unreadable):
        assert all(one.code in catalogue() for one in found.faults)
        assert json.loads(found.payload, parse_constant=str) is not None
        found.payload.decode()


@given(wrong)
def test_anything_at_all_gets_an_answer(raw: Any) -> None:
    with pytest.raises(Unreadable):
        read(raw)


@settings(max_examples=150)
@given(st.sampled_from(sorted(KINDS)), st.data())
def test_a_spoilt_record_is_told_and_kept(kind: str, data: st.DataObject) -> None:
    raw = envelope(kind, data.draw(spoilt(KINDS[kind].schema)))
    found = attempt(raw)
    if isinstance(found, Unreadable):
        assert found.faults
        for one in found.faults:
            json.dumps(one.as_json()).encode()
            one.message("vi").encode()
        found.payload.decode()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"id": "X"}, "entry.bad_id"),
        ({"id": "0190F0A0-0000-7000-8000-000000000001"}, "entry.bad_id"),
        ({"kind": "Household"}, "entry.bad_kind"),
        ({"version": True}, "entry.bad_number"),
        ({"version": 0}, "entry.bad_number"),
        ({"device_seq": 0}, "entry.bad_number"),
        ({"device_seq": 1.0}, "entry.bad_number"),
        ({"occurred_on": "2022-02-29"}, "entry.bad_day"),
        ({"occurred_on": "20٢٢-04-15"}, "entry.bad_day"),
        ({"recorded_at": "2022-04-15T01:02:03Z"}, "entry.bad_stamp"),
        ({"recorded_at": "2022-02-30T01:02:03.000Z"}, "entry.bad_stamp"),
        ({"recorded_at": "20٢٢-04-15T01:02:03.000Z"}, "entry.bad_stamp"),
        ({"body": []}, "entry.bad_body"),
        ({"based_on": []}, "entry.bad_parents"),
        ({"based_on": [SUBJECT] * 201}, "entry.bad_parents"),
        ({"based_on": [1]}, "entry.bad_id"),
        ({"corrects": "x"}, "entry.bad_id"),
        ({"clock_offset_s": 1.5}, "entry.bad_number"),
        ({"more": 1}, "entry.unknown_key"),
    ],
)
def test_faults_of_the_envelope(changed: dict[str, Any], code: str) -> None:
    assert codes(envelope("household", HOUSEHOLD) | changed) == [code]


def test_a_missing_key_is_named() -> None:
    raw = envelope("household", HOUSEHOLD)
    del raw["place"], raw["device"]
    with pytest.raises(Unreadable) as refused:
        read(raw)
    assert [(f.code, f.field) for f in refused.value.faults] == [
        ("entry.missing_key", "device"),
        ("entry.missing_key", "place"),
    ]


@pytest.mark.proves("L11")
def test_a_phone_whose_clock_fell_back_to_1970_can_still_record() -> None:
    entry = read(
        envelope("household", HOUSEHOLD, occurred_on="1970-01-01", recorded_at="1970-01-01T00:00:10.000Z")
    )
    assert entry.recorded_at.startswith("1970")


def test_an_edit_carries_changed_fields_and_an_event_cannot_be_edited() -> None:
    edit = read(envelope("household", {"note": None}, based_on=[SUBJECT]))
    assert edit.is_edit
    assert edit.based_on == (SUBJECT,)
    assert codes(envelope("household", {"note": None})) == ["field.missing"]
    visit = {"visit_type": "mop_up", "outcomes": [{"person": SUBJECT, "outcome": "reviewed"}]}
    assert codes(envelope("visit", visit, based_on=[SUBJECT])) == ["entry.event_edited"]
    assert read(envelope("visit", visit, corrects=PLACE)).corrects == PLACE


def test_a_subject_with_many_heads_can_still_be_edited() -> None:
    heads = [f"00000000-0000-7000-8000-{n:012x}" for n in range(150)]
    assert read(envelope("household", {"note": "x"}, based_on=heads)).based_on == tuple(heads)


@pytest.mark.parametrize(("kind", "version"), [("tomorrow", 1), ("household", 2)])
def test_what_only_a_newer_program_reads_is_held(kind: str, version: int) -> None:
    raw = envelope(kind, {"whatever": [{"x": "Lò"}]}, version=version)
    with pytest.raises(Held) as held:
        read(raw)
    assert (held.value.kind, held.value.version) == (kind, version)
    assert held.value.payload == wire.canonical(raw)


@pytest.mark.parametrize("value", [1.5, float("nan"), [{"deep": float("inf")}], "\ud800"])
def test_what_programs_would_spell_differently_is_not_held(value: Any) -> None:
    assert codes(envelope("tomorrow", {"x": value})) in (["field.not_whole"], ["entry.malformed"])


def test_the_id_and_number_are_read_when_nothing_else_can_be() -> None:
    raw = envelope("household", HOUSEHOLD, recorded_at="yesterday")
    assert id_in(raw) == raw["id"]
    assert number_in(raw) == 1
    assert (id_in([]), number_in({"device_seq": True}), id_in({"id": 5})) == (None, None, None)


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("person", {"birth_date": "1842-01-01"}, "person.age_implausible"),
        ("person", {"birth_date": "2022-04-16"}, "person.born_later"),
        ("stock_movement", {"state": "thawed"}, "stock.thaw_undated"),
        ("dose", {"lot": None}, "dose.lot_missing"),
    ],
)
def test_rules_are_part_of_the_gate(kind: str, body: dict[str, Any], code: str) -> None:
    bodies_of: dict[str, dict[str, Any]] = {
        "person": {
            "household": SUBJECT, "full_name": "Lò Thị A", "birth_precision": "day", "sex": "female",
            "id_kind": "none", "residence": "permanent",
        },
        "stock_movement": {"vials": 5, "reason": "received"},
        "dose": {"vaccine": "PFZ_ADULT", "dose_type": "primary_1", "screening": "eligible"},
    }  # fmt: skip
    assert codes(envelope(kind, bodies_of[kind] | body)) == [code]
