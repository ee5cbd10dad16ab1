"""Acceptance: an outcome for every record, nothing lost, nothing counted twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine, select

from server.ledger.accept import PushAnswer
from server.ledger.models import EntryFlag, EntryRow, HeldEntry, Quarantine
from server.ledger.rebuild import replay_held
from server.sync.push import accept_held
from shared import wire
from shared.fields import Text
from shared.kinds import KINDS, Kind
from shared.reading import Unreadable, read
from tests.server.ledger.hands import (
    CLOCK,
    LOT,
    SITES,
    VILLAGES,
    Hand,
    enrol,
    fault_codes,
    holds,
    outcomes,
    place,
    projected,
    push,
    rebuilds_alike,
    stream_of,
)


@pytest.fixture
def hand(engine: Engine) -> Hand:
    """A station's device."""
    return enrol(engine, "station")[0]


def stored(engine: Engine, table: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(table.__table__)))


def sound(engine: Engine) -> None:
    with engine.begin() as connection:
        holds(connection)
        rebuilds_alike(connection)


def digest_of(raw: Any) -> bytes:
    return wire.digest(wire.verbatim(raw))


def receipt_over(*raws: Any) -> bytes:
    return wire.chain_all(wire.EMPTY_HASH, [digest_of(raw) for raw in raws])


@pytest.mark.proves("L7", "L6")
def test_one_bad_of_many_is_set_aside_and_the_rest_goes_on(engine: Engine, hand: Hand) -> None:
    good = [hand.person("a", VILLAGES[0]), hand.person("b", VILLAGES[0])]
    old = hand.person("c", VILLAGES[0])
    old["body"] |= {"birth_date": "1900-01-01"}
    old["occurred_on"] = "2080-04-15"
    last = hand.dose("a")
    answer = push(engine, hand, *good, old, last)
    assert outcomes(answer) == ["accepted", "accepted", "refused", "accepted"]
    assert fault_codes(answer)[2] == ["person.age_implausible"]
    assert answer.receipt.received_through == answer.receipt.count == 4
    assert answer.receipt.hash == receipt_over(*good, old, last)
    [kept] = stored(engine, Quarantine)
    assert json.loads(kept.payload) == old
    assert [found["code"] for found in json.loads(kept.faults)] == ["person.age_implausible"]
    assert (kept.entry_id, kept.device_seq, kept.device_id) == (old["id"], 3, hand.device)
    sound(engine)


@pytest.mark.proves("L6")
def test_a_repeated_push_changes_nothing_and_gets_the_same_receipt(engine: Engine, hand: Hand) -> None:
    bad = hand.household("h", VILLAGES[0]) | {"body": {}}
    batch = [
        hand.person("a", VILLAGES[0]),
        bad,
        hand.entry("tomorrow", place("x"), VILLAGES[0], {"y": 1}),
        hand.dose("a"),
    ]
    first = push(engine, hand, *batch)
    assert outcomes(first) == ["accepted", "refused", "held", "accepted"]
    with engine.connect() as connection:
        before = projected(connection)
    for again in (batch, batch[::-1], batch + batch):
        answer = push(engine, hand, *again)
        assert answer.receipt == first.receipt
        assert sorted(set(outcomes(answer))) == ["duplicate", "held", "refused"] or again is not batch
    with engine.connect() as connection:
        assert projected(connection) == before
    assert [len(stored(engine, table)) for table in (EntryRow, HeldEntry, Quarantine)] == [2, 1, 1]
    sound(engine)


@pytest.mark.proves("L9")
def test_received_through_is_contiguous_never_a_maximum(engine: Engine, hand: Hand) -> None:
    made = [hand.household(f"h{n}", VILLAGES[0]) for n in range(6)]
    through = [push(engine, hand, *[made[n] for n in batch]).receipt for batch in ([2, 4], [0], [5, 1], [3])]
    assert [(r.received_through, r.count) for r in through] == [(0, 2), (1, 3), (3, 5), (6, 6)]
    assert through[-1].hash == receipt_over(*made)
    sound(engine)


@pytest.mark.parametrize("number", ["same", "next"])
def test_the_same_id_with_another_body_is_a_fault_and_both_are_kept(
    engine: Engine, hand: Hand, number: str
) -> None:
    one = hand.household("h", VILLAGES[0])
    push(engine, hand, one)
    other = one | {"body": {"head_name": "Vàng A"}}
    if number == "next":
        other |= {"device_seq": hand.seq}
        hand.seq += 1
    following = hand.household("k", VILLAGES[0])
    answer = push(engine, hand, other, following)
    assert outcomes(answer) == ["refused", "accepted"]
    assert fault_codes(answer)[0] == ["entry.id_reused"]
    assert answer.receipt.received_through == following["device_seq"], (
        "a reused id must not stop what comes behind it"
    )
    assert json.loads(stored(engine, Quarantine)[0].payload) == other
    again = push(engine, hand, other, following)
    assert (outcomes(again), again.receipt) == (["refused", "duplicate"], answer.receipt)
    sound(engine)


def test_the_same_id_twice_in_one_push(engine: Engine, hand: Hand) -> None:
    one = hand.household("h", VILLAGES[0])
    other = one | {"body": {"head_name": "Vàng A"}}
    held = hand.entry("tomorrow", place("x"), VILLAGES[0], {"y": 1})
    held_too = held | {"body": {"y": 2}}
    answer = push(engine, hand, one, one, other, held, held, held_too)
    assert outcomes(answer) == ["accepted", "duplicate", "refused", "held", "duplicate", "refused"]
    assert answer.receipt.received_through == 2
    assert {json.loads(row.payload)["body"].get("y", "Vàng A") for row in stored(engine, Quarantine)} == {
        2,
        "Vàng A",
    }
    sound(engine)


KINDS_OF_RECORD = ("good", "held", "bad")


@pytest.mark.parametrize("first", KINDS_OF_RECORD)
@pytest.mark.parametrize("second", KINDS_OF_RECORD)
@pytest.mark.parametrize("together", [True, False])
def test_a_reused_number_is_a_fault_and_both_are_kept(
    engine: Engine, hand: Hand, first: str, second: str, together: bool
) -> None:
    def make(sort: str, name: str) -> dict[str, Any]:
        if sort == "held":
            return hand.entry("tomorrow", place(name), VILLAGES[0], {"y": name})
        return hand.household(name, VILLAGES[0]) | ({"body": {}} if sort == "bad" else {})

    one, other = make(first, "a"), make(second, "b")
    other["device_seq"] = 1
    hand.seq = 2
    following = hand.household("c", VILLAGES[0])
    if together:
        answers = [push(engine, hand, one, other, following)]
    else:
        answers = [push(engine, hand, one), push(engine, hand, other), push(engine, hand, following)]
    receipt = answers[-1].receipt
    assert (receipt.received_through, receipt.count) == (2, 2)
    kept = [digest_of(one) in _digests(engine), digest_of(other) in _digests(engine)]
    assert kept == [True, True], "nothing is lost"
    sound(engine)
    for again in ([one, other, following], [following, other, one]):
        assert push(engine, hand, *again).receipt == receipt
    sound(engine)


def _digests(engine: Engine) -> set[bytes]:
    return {bytes(row.digest) for table in (EntryRow, HeldEntry, Quarantine) for row in stored(engine, table)}


def test_a_record_with_a_broken_envelope_is_kept_and_does_not_stop_the_device(
    engine: Engine, hand: Hand
) -> None:
    broken = hand.household("h", VILLAGES[0]) | {"recorded_at": "hôm qua"}
    following = hand.household("k", VILLAGES[0])
    answer = push(engine, hand, broken, "nonsense", None, 5, [[]], following)
    assert outcomes(answer) == ["refused"] * 5 + ["accepted"]
    assert answer.receipt.received_through == 2
    assert answer.receipt.hash == receipt_over(broken, following)
    assert len(stored(engine, Quarantine)) == 5
    sound(engine)


@pytest.mark.parametrize(
    "body",
    [
        {"head_name": "a\0b"},
        {"head_name": "\ud800"},
        {"\ud800": 1},
        {"a\0b": "\0"},
        {"head_name": float("nan")},
        {"head_name": [[[[]]]]},
        {"lat_e6": 10**400},
        {"lat_e6": 2**70},
        {"x" * 5_000: "y" * 5_000},
    ],
)
def test_bodies_no_database_would_take(engine: Engine, hand: Hand, body: dict[str, Any]) -> None:
    bad = hand.household("h", VILLAGES[0]) | {"body": body}
    good = hand.household("k", VILLAGES[0])
    answer = push(engine, hand, bad, good)
    assert outcomes(answer) == ["refused", "accepted"]
    assert answer.receipt.received_through == 2
    [kept] = stored(engine, Quarantine)
    assert wire.digest(kept.payload.encode()) == bytes(kept.digest)
    assert push(engine, hand, bad, good).receipt == answer.receipt
    sound(engine)


@pytest.mark.proves("L1")
def test_outside_the_scope_is_accepted_and_flagged(engine: Engine, hand: Hand) -> None:
    from server.sync.push import store

    inside, outside = hand.household("h", VILLAGES[0]), hand.household("k", VILLAGES[1])
    answer = store(engine, hand.sender(VILLAGES[0]), [inside, outside], CLOCK, None)
    assert outcomes(answer) == ["accepted", "accepted"]
    assert [[flag.code for flag in a.flags] for a in answer.arrivals] == [[], ["scope.outside"]]
    assert [(row.entry_id, row.code) for row in stored(engine, EntryFlag)] == [
        (outside["id"], "scope.outside")
    ]


@pytest.mark.proves("L11")
@pytest.mark.parametrize("offset_s", [3 * 365 * 86_400, -3 * 365 * 86_400, 64_000_000_000])
def test_a_clock_years_off_is_accepted_flagged_and_kept(engine: Engine, hand: Hand, offset_s: int) -> None:
    wrong = hand.household("h", VILLAGES[0]) | {
        "occurred_on": "2025-04-15",
        "recorded_at": "2025-04-15T01:00:00.000Z",
    }
    answer = push(engine, hand, wrong, offset_s=offset_s)
    assert outcomes(answer) == ["accepted"]
    assert [flag.code for flag in answer.arrivals[0].flags] == ["clock.suspect", "date.in_future"]
    assert answer.arrivals[0].as_json()["flags"][0]["params"] == {"offset_s": offset_s}
    assert {row.code for row in stored(engine, EntryFlag)} == {"clock.suspect", "date.in_future"}
    with engine.connect() as connection:
        from server.accounts.models import Device

        assert connection.execute(select(Device.clock_offset_s)).scalar_one() == offset_s
    small = push(engine, hand, hand.household("k", VILLAGES[0]), offset_s=-600)
    assert small.arrivals[0].flags == []


def test_entries_of_others_are_refused_and_kept(engine: Engine) -> None:
    mine, theirs = enrol(engine, "station", "village_health_worker")
    foreign = theirs.household("h", VILLAGES[0])
    in_their_name = mine.household("k", VILLAGES[0]) | {"author": theirs.user}
    foreign_held = theirs.entry("tomorrow", place("x"), VILLAGES[0], {})
    answer = push(engine, mine, foreign, in_their_name, foreign_held)
    assert fault_codes(answer) == [["entry.other_device"], ["entry.other_author"], ["entry.other_device"]]
    assert answer.receipt.received_through == 1, "another's numbers are not counted"
    not_theirs = theirs.dose("p")
    answer = push(engine, theirs, foreign, foreign_held, not_theirs)
    assert outcomes(answer) == ["accepted", "held", "refused"]
    assert fault_codes(answer)[2] == ["entry.not_permitted"]
    assert answer.receipt.received_through == 3
    assert len(stored(engine, Quarantine)) == 4
    sound(engine)


def test_an_id_held_from_another_device_is_not_lost(engine: Engine) -> None:
    one, other = enrol(engine, "station", "station")
    held = one.entry("tomorrow", place("x"), VILLAGES[0], {"y": 1})
    clash = other.entry("tomorrow", place("x"), VILLAGES[0], {"y": 2}) | {"id": held["id"]}
    push(engine, one, held)
    answer = push(engine, other, clash)
    assert fault_codes(answer) == [["entry.id_reused"]]
    assert answer.receipt.received_through == 1
    assert digest_of(clash) in _digests(engine)
    sound(engine)


def replay(engine: Engine, hand: Hand) -> int:
    return replay_held(
        engine, lambda connection, device, raw: accept_held(connection, hand.sender(), raw, CLOCK)
    )


def newer(kind: Kind) -> Kind:
    """The next version: a field more."""
    schema = type("NewerBody", (kind.schema,), {"motto": Text("Khẩu hiệu", "Motto")})
    return Kind(
        kind.name,
        kind.version + 1,
        kind.nature,
        kind.labels,
        schema,
        kind.authors,
        kind.streams,
        kind.rules,
        kind.reference,
    )


@pytest.mark.proves("L8")
def test_a_newer_version_is_held_and_replayed_after_the_upgrade(
    engine: Engine, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = hand.household("h", VILLAGES[0]) | {"version": 2}
    ahead["body"] |= {"motto": "Đi từng ngõ"}
    wrong = hand.household("k", VILLAGES[0]) | {"version": 2, "body": {"motto": "x"}}
    unknown = hand.entry("tomorrow", place("x"), VILLAGES[0], {})
    behind = hand.person("p", VILLAGES[0])
    first = push(engine, hand, ahead, wrong, unknown, behind)
    assert outcomes(first) == ["held", "held", "held", "accepted"]
    assert first.receipt.received_through == 4
    assert replay(engine, hand) == 0
    monkeypatch.setitem(KINDS, "household", newer(KINDS["household"]))
    assert replay(engine, hand) == 2
    assert [row.kind for row in stored(engine, HeldEntry)] == ["tomorrow"]
    assert [row.entry_id for row in stored(engine, Quarantine)] == [wrong["id"]]
    with engine.connect() as connection:
        assert ahead["id"] in stream_of(connection, VILLAGES[0])
        assert place("h") in {row[0] for row in projected(connection)["household"]}
    answer = push(engine, hand, ahead, wrong, unknown, behind)
    assert outcomes(answer) == ["duplicate", "refused", "held", "duplicate"]
    assert answer.receipt == first.receipt, "what was held counted already"
    sound(engine)


def test_a_phone_may_come_with_it_again_before_the_replay(
    engine: Engine, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = hand.household("h", VILLAGES[0]) | {"version": 2}
    push(engine, hand, ahead)
    monkeypatch.setitem(KINDS, "household", newer(KINDS["household"]))
    assert outcomes(push(engine, hand, ahead)) == ["accepted"]
    assert replay(engine, hand) == 1
    assert stored(engine, HeldEntry) == stored(engine, Quarantine) == []
    sound(engine)


def test_a_correction_is_about_the_same_subject(engine: Engine, hand: Hand) -> None:
    wrong, right = hand.dose("a"), hand.dose("b")
    right["corrects"] = wrong["id"]
    mended = hand.dose("a", dose_type="primary_2", corrects=wrong["id"])
    push(engine, hand, hand.person("a", VILLAGES[0]), hand.person("b", VILLAGES[1]), wrong, right)
    with engine.connect() as connection:
        assert {row[-1] for row in projected(connection)["dose"]} == {None}
    push(engine, hand, mended)
    with engine.connect() as connection:
        assert {row[0]: row[-1] for row in projected(connection)["dose"]}[wrong["id"]] == mended["id"]
    sound(engine)


def test_a_correction_from_another_site_reaches_the_first(engine: Engine, hand: Hand) -> None:
    wrong = hand.dose("a", SITES[0])
    mended = hand.dose("a", SITES[1], corrects=wrong["id"])
    push(engine, hand, wrong)
    push(engine, hand, mended)
    with engine.connect() as connection:
        assert stream_of(connection, SITES[0]) == [wrong["id"], mended["id"]]
    sound(engine)


def test_a_history_follows_the_person_and_comes_back(engine: Engine, hand: Hand) -> None:
    first = hand.person("p", VILLAGES[0])
    early, late = hand.dose("p"), hand.dose("p", dose_type="primary_2")
    away = hand.move("p", VILLAGES[1], first)
    back = hand.move("p", VILLAGES[0], away)
    push(engine, hand, early)
    push(engine, hand, first)
    push(engine, hand, away)
    push(engine, hand, late)
    with engine.connect() as connection:
        assert set(stream_of(connection, VILLAGES[0])) == {early["id"], first["id"], away["id"]}
        assert set(stream_of(connection, VILLAGES[1])) == {early["id"], first["id"], away["id"], late["id"]}
    push(engine, hand, back)
    with engine.connect() as connection:
        assert len(stream_of(connection, VILLAGES[0])) == 5
    sound(engine)


def test_conflicts_of_two_kinds_under_one_identifier_do_not_touch(engine: Engine, hand: Hand) -> None:
    house, person = hand.household("same", VILLAGES[0]), hand.person("same", VILLAGES[0])
    edits = [
        hand.entry(kind, place("same"), VILLAGES[0], {"phone": f"091234567{n}"}, based_on=[first["id"]])
        for kind, first in (("household", house), ("person", person))
        for n in range(2)
    ]
    push(engine, hand, house, person, *edits[:2])
    push(engine, hand, *edits[2:])
    with engine.connect() as connection:
        assert sorted(row[-1] for row in projected(connection)["conflict"]) == ["household", "person"]
    sound(engine)


def test_an_empty_push_answers_the_receipt(engine: Engine, hand: Hand) -> None:
    empty: PushAnswer = push(engine, hand)
    assert (empty.arrivals, empty.receipt.received_through, empty.receipt.hash) == ([], 0, wire.EMPTY_HASH)
    assert empty.receipt.as_json() == {
        "device": hand.device,
        "received_through": 0,
        "count": 0,
        "hash": "00" * 32,
    }


def test_the_gate_agrees_with_what_was_stored(engine: Engine, hand: Hand) -> None:
    raw = hand.movement(SITES[0], 3, LOT)
    push(engine, hand, raw)
    [row] = stored(engine, EntryRow)
    assert read(json.loads(row.payload)).payload.decode() == row.payload
    with pytest.raises(Unreadable):
        read(raw | {"body": {}})
