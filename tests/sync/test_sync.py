"""A real phone store against a real server: what the field does to a sync."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import requests

from mobile.store import registers
from mobile.store.store import Store
from mobile.syncing import client as client_module
from mobile.syncing.client import Progress, SyncClient
from server.accounts import devices
from server.accounts.models import Device, User
from server.database import db
from shared.clock import FixedClock
from shared.faults import Refused
from tests.sync.sessions import Changed, Failing, Held, LostAnswers
from tests.sync.world import COMMUNE, LOT, PIN, STATION, TODAY, VILLAGES, World

UNREACHABLE = "Chưa gửi được. 3 bản ghi vẫn an toàn trên máy. Thử lại khi có sóng."


def record_family(store: Store, village: str = VILLAGES[0], name: str = "Giàng A Páo") -> str:
    """A household, a person, a visit: three records. Answers the person."""
    house = store.record("household", place=village, body={"head_name": name}).subject
    person = store.record(
        "person",
        place=village,
        body={
            "household": house,
            "full_name": name,
            "birth_date": "1980-02-03",
            "birth_precision": "day",
            "sex": "male",
            "id_kind": "none",
            "residence": "permanent",
        },
    ).subject
    outcomes = [{"person": person, "outcome": "reviewed"}]
    store.record(
        "visit", place=village, subject=house, body={"visit_type": "door_to_door", "outcomes": outcomes}
    )
    return person


def record_dose(store: Store, person: str, dose_type: str = "primary_1") -> str:
    body = {"vaccine": "PFZ_ADULT", "dose_type": dose_type, "screening": "eligible", "lot": LOT}
    return store.record("dose", place=STATION, subject=person, body=body).id


def codes(result: client_module.SyncResult) -> list[str]:
    return [found.code for found in result.faults]


def test_what_is_recorded_offline_reaches_the_server_and_the_other_phones(
    world: World, tmp_path: Path
) -> None:
    store, client = world.phone(tmp_path / "station")
    worker, other = world.phone(tmp_path / "worker", "ban1")
    person = record_family(store)
    record_dose(store, person)
    result = client.run()
    assert (result.sent, result.accepted, result.refused, result.faults) == (4, 4, 0, ())
    assert result.complete
    assert result.text("vi") == "Máy chủ đã nhận 4 trên 4 bản ghi"
    assert world.count("dose", "person_id = :person", person=person) == 1
    other.run()
    page = registers.person(worker, person)
    assert page is not None
    assert [row.dose_type for row in page.doses] == ["primary_1"]
    assert worker.followed == sorted({VILLAGES[0], *worker.followed})
    assert registers.people(worker, VILLAGES[1]) == []
    store.close()
    worker.close()


@pytest.mark.proves("L3")
def test_a_sync_goes_on_until_the_outbox_is_empty(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "BATCH", 4)
    store, client = world.phone(tmp_path / "phone")
    for _ in range(7):
        record_family(store)
    told: list[Progress] = []
    result = client.run(told.append)
    assert (result.sent, result.accepted, result.complete) == (21, 21, True)
    assert [step.done for step in told if step.stage == "sending"] == [0, 4, 8, 12, 16, 20]
    assert told[-1] == Progress("done", 21, 21)
    store.close()


@pytest.mark.proves("L6", "L2")
def test_a_lost_acknowledgement_makes_no_duplicate(world: World, tmp_path: Path) -> None:
    store, client = world.phone(tmp_path / "phone", session=LostAnswers(0))
    person = record_family(store)
    client._session.left = 2  # type: ignore[attr-defined]
    for _ in range(2):
        result = client.run()
        assert codes(result) == ["sync.unreachable"]
        assert result.text("vi") == UNREACHABLE
        assert not result.complete
    assert world.count("person", "id = :person", person=person) == 1
    assert store.outbox_summary().unsent == 3
    result = client.run()
    assert (result.duplicate, result.accepted, result.complete) == (3, 0, True)
    assert world.count("person", "id = :person", person=person) == 1
    again = client.replay()
    assert (again.sent, again.duplicate, again.receipt_count) == (3, 3, 3)
    store.close()


@pytest.mark.proves("L7", "L1")
def test_one_bad_record_stops_nothing_behind_it(world: World, tmp_path: Path) -> None:
    store, client = world.phone(tmp_path / "phone")
    person = record_family(store)
    bad = record_dose(store, person)
    record_family(store)
    with world.app.app_context():  # the server no longer lets this user vaccinate
        db.session.get_one(User, world.users["tram"]).role = "village_health_worker"
        db.session.commit()
    result = client.run()
    assert (result.sent, result.accepted, result.refused, result.complete) == (7, 6, 1, True)
    assert result.receipt_count == 7  # the refused one is kept there too
    assert world.count("quarantine", "entry_id = :bad", bad=bad) == 1
    [item] = store.outbox(state="refused")
    assert item.id == bad
    assert [found.code for found in item.faults] == ["entry.not_permitted"]
    assert item.faults[0].message("vi")
    page = registers.person(store, person)
    assert page is not None
    assert page.doses == []  # as on the server
    store.close()


@pytest.mark.proves("L1")
def test_work_outside_the_area_is_received_and_flagged(world: World, tmp_path: Path) -> None:
    store, client = world.phone(tmp_path / "phone", "ban1")
    record_family(store, VILLAGES[1])
    result = client.run()
    assert (result.accepted, result.complete) == (3, True)
    flags = {found.code for item in store.outbox() for found in item.flags}
    assert flags == {"scope.outside"}
    store.close()


def test_the_server_is_down_and_comes_back(world: World, tmp_path: Path) -> None:
    store, client = world.phone(tmp_path / "phone")
    record_family(store)
    client._base_url = "http://127.0.0.1:9"
    result = client.run()
    assert codes(result) == ["sync.unreachable"]
    assert result.text("vi") == UNREACHABLE
    assert result.text("en").startswith("Not sent yet. 3 records are safe")
    assert store.outbox_summary().unsent == 3
    client._base_url = world.url
    assert client.run().complete
    store.close()


def test_a_server_that_is_unwell_is_asked_again(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mobile.syncing.transport.FIRST_PAUSE_S", 0.01)
    session = Failing(0)
    store, client = world.phone(tmp_path / "phone", session=session, retries=3)
    record_family(store)
    session.left = 3
    assert client.run().complete
    session.left, session.asked = 99, 0
    result = client.run()
    assert codes(result) == ["sync.server_unwell"]
    assert session.asked == 4
    assert "503" in result.text("vi")
    store.close()


@pytest.mark.parametrize("part", [0.0, 0.3, 0.98])
@pytest.mark.proves("L12")
def test_half_a_page_is_no_page(world: World, tmp_path: Path, part: float) -> None:
    session = Changed("pull", cut=lambda content: content[: int(len(content) * part)])
    store, client = world.phone(tmp_path / "phone", session=session, sync=False)
    result = client.run()
    assert codes(result) == ["sync.bad_answer"]
    assert (store.ready, store.cursor, registers.households(store)) == (False, "", [])
    session.active = False
    result = client.run()
    assert (result.faults, store.ready) == ((), True)
    assert len(registers.households(store)) == 24
    store.close()


def test_a_spoilt_stream_is_not_stored(world: World, tmp_path: Path) -> None:
    def spoil(found: Any) -> None:
        part = next(part for part in found["streams"] if part["entries"])
        part["entries"][0]["body"]["note"] = "changed on the way"

    store, client = world.phone(tmp_path / "phone", session=Changed("pull", spoil), sync=False)
    assert codes(client.run()) == ["sync.stream_broken"]
    assert store.database.rows("SELECT * FROM entry") == []
    store.close()


@pytest.mark.proves("L2", "L4")
def test_a_receipt_that_does_not_match_is_no_success(world: World, tmp_path: Path) -> None:
    def forge(found: Any) -> None:
        found["receipt"]["hash"] = "ab" * 32

    session = Changed("push", forge)
    store, client = world.phone(tmp_path / "phone", session=session)
    record_family(store)
    result = client.run()
    assert codes(result) == ["sync.receipt_mismatch"]
    assert not result.complete
    state = store.outbox_summary()
    assert (state.unsent, state.receipt_matches) == (3, False)
    session.active = False
    assert client.run().complete
    store.close()


@pytest.mark.proves("L2")
def test_a_server_that_answers_without_storing_is_found_out(world: World, tmp_path: Path) -> None:
    def nothing_stored(found: Any) -> None:
        found["receipt"] |= {"received_through": 0, "count": 0, "hash": "00" * 32}

    store, client = world.phone(tmp_path / "phone", session=Changed("push", nothing_stored))
    record_family(store)
    result = client.run()
    assert codes(result) == ["sync.receipt_stuck"]
    assert store.outbox_summary().unsent == 3
    store.close()


@pytest.mark.parametrize("what", ["revoked", "unknown"])
def test_a_token_that_is_no_longer_good_loses_nothing(world: World, tmp_path: Path, what: str) -> None:
    store, client = world.phone(tmp_path / "phone")
    record_family(store)
    assert store.identity is not None
    with world.app.app_context():
        if what == "revoked":
            devices.revoke(store.identity.device)
        else:
            db.session.get_one(Device, store.identity.device).token_hash = bytes(32)
        db.session.commit()
    result = client.run()
    assert len(result.faults) == 1
    assert result.faults[0].explanation.status in (401, 403)
    assert "an toàn" in result.text("vi")
    assert store.outbox_summary().unsent == 3
    store.close()


@pytest.mark.proves("L16")
def test_a_wrong_or_used_code_enrols_nobody(world: World, tmp_path: Path) -> None:
    store = Store.create(tmp_path / "phone", PIN)
    client = SyncClient(store, retries=0, session=requests.Session())
    with pytest.raises(Refused) as refusal:
        client.enrol(world.url, "WRONG-CODE", "thử")
    assert refusal.value.faults[0].explanation.status in (403, 404, 409, 410)
    code = world.code("tram")
    identity = client.enrol(world.url, f" {code.lower()} ", "thử")
    assert (identity.role, identity.site, identity.username) == ("station", STATION, "tram")
    other = Store.create(tmp_path / "other", PIN)
    with pytest.raises(Refused):
        SyncClient(other, retries=0).enrol(world.url, code, "thử")
    with pytest.raises(Refused) as refusal:
        client.enrol(world.url, world.code("ban1"), "thử")
    assert refusal.value.faults[0].code == "phone.already_enrolled"
    store.close()
    other.close()


@pytest.mark.proves("L11")
def test_a_clock_three_years_off_is_measured_and_flagged(world: World, tmp_path: Path) -> None:
    store, client = world.phone(tmp_path / "phone", clock=FixedClock(date(2019, 4, 15)))
    assert store.clock_offset_s is not None
    assert abs(store.clock_offset_s - timedelta(days=1096).total_seconds()) < 86_400
    measured = store.clock_offset_s
    record_family(store)
    result = client.run()
    assert (result.accepted, result.complete) == (3, True)
    assert {found.code for item in store.outbox() for found in item.flags} == {"clock.suspect"}
    assert store.entries_of(store.outbox()[0].subject)[0].clock_offset_s == measured
    store.close()


@pytest.mark.proves("L9")
def test_one_sync_at_a_time(world: World, tmp_path: Path) -> None:
    session = Held()
    store, client = world.phone(tmp_path / "phone", session=session)
    record_family(store)
    results: list[client_module.SyncResult] = []
    thread = Thread(target=lambda: results.append(client.run()))
    thread.start()
    assert session.waiting.wait(20)
    assert codes(client.run()) == ["sync.busy"]
    assert codes(SyncClient(store).run()) == ["sync.busy"]
    session.go.set()
    thread.join()
    assert results[0].complete
    store.close()


@pytest.mark.proves("L23")
def test_recording_never_waits_for_a_sync(world: World, tmp_path: Path) -> None:
    session = Held()
    store, client = world.phone(tmp_path / "phone", session=session)
    record_family(store)
    thread = Thread(target=client.run)
    thread.start()
    assert session.waiting.wait(20)
    began = time.perf_counter()
    person = record_family(store)
    assert registers.person(store, person) is not None
    assert time.perf_counter() - began < 1
    session.go.set()
    thread.join()
    assert client.run().complete
    assert store.outbox_summary().total == 6
    store.close()


def test_a_sync_that_is_stopped_ends_after_its_batch(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "BATCH", 2)
    store, client = world.phone(tmp_path / "phone")
    for _ in range(3):
        record_family(store)
    stop = Event()

    def tell(progress: Progress) -> None:
        if progress.stage == "sending" and progress.done == 4:
            stop.set()

    result = client.run(tell, stop)
    assert (result.sent, result.stopped, result.complete, result.faults) == (6, True, False, ())
    assert client.run().complete
    store.close()


@pytest.mark.proves("L17")
def test_two_phones_that_edited_at_once_show_the_same_and_both_values(world: World, tmp_path: Path) -> None:
    one, first = world.phone(tmp_path / "one")
    two, second = world.phone(tmp_path / "two", "ban1")
    person = registers.people(one, VILLAGES[0])[0].id
    one.edit("person", person, {"phone": "+84911111111"})
    two.edit("person", person, {"phone": "+84922222222"})
    for client in (first, second, first):
        assert client.run().complete
    shown = [registers.conflicts(store) for store in (one, two)]
    for here, there in zip(*shown, strict=True):  # the same, but for who calls it theirs
        assert (here.subject, here.field, here.shown, here.other) == (
            there.subject,
            there.field,
            there.shown,
            there.other,
        )
        assert here.shown_by.mine != there.shown_by.mine
    assert {shown[0][0].shown, shown[0][0].other} == {"+84911111111", "+84922222222"}
    assert world.count("conflict") == 1
    # Whoever decides writes on top of both.
    page = registers.person(one, person)
    assert page is not None
    loser = shown[0][0].other
    decided = one.edit("person", person, {"phone": loser})
    assert decided is not None
    assert len(decided.based_on) == 2
    first.run()
    second.run()
    assert registers.conflicts(two) == []
    one.close()
    two.close()


def test_the_wire_is_gzipped_and_the_entries_are_sent_as_they_were_digested(
    world: World, tmp_path: Path
) -> None:
    sent: list[tuple[dict[str, str], bytes]] = []

    class Watching(requests.Session):
        def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:  # type: ignore[override]
            assert kwargs["timeout"] == (5.0, 30.0)
            if "push" in url:
                sent.append((kwargs["headers"], kwargs["data"]))
            return super().request(method, url, **kwargs)

    store, client = world.phone(tmp_path / "phone", session=Watching())
    for number in range(100):
        record_family(store, name=f"Giàng A Páo {number}")
    assert client.run().complete
    assert client.run().text("en") == "300 of 300 received"
    [(headers, body)] = sent
    assert headers["Content-Encoding"] == "gzip"
    assert len(body) / 300 < 250  # bytes an entry
    import gzip

    push = json.loads(gzip.decompress(body))
    assert len(push["entries"]) == 300
    assert push["device"] == (store.identity.device if store.identity else None)
    store.close()


def test_other_entries_of_the_commune_come_whole(world: World, tmp_path: Path) -> None:
    store, client = world.phone(tmp_path / "phone")
    heads = dict(store.database.rows("SELECT id, position FROM stream"))
    assert COMMUNE in store.followed
    assert heads[VILLAGES[0]] == world.count("delivery", "stream_id = :village", village=VILLAGES[0])
    store.forget_cursor()
    assert client.run().pulled == 0
    assert dict(store.database.rows("SELECT id, position FROM stream")) == heads
    assert store.clock.today() == TODAY
    store.close()
