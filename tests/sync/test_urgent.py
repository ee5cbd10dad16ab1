"""What cannot wait reaches the server first, whatever the network does next (R027)."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pytest
import requests

from mobile.store import messages
from mobile.syncing import client as client_module
from server.affairs.matters import matters
from server.database import db
from tests.sync.test_sync import codes, record_dose, record_family
from tests.sync.world import COMMUNE, World

SHORTAGE = {"role": "nurse", "people": 2, "from_on": "2022-04-16", "reason": "Hai người mắc COVID-19"}


class Counting(requests.Session):
    """Lets so many pushes through, then the network is gone; remembers the kinds of each push."""

    def __init__(self, pushes: int | None = None) -> None:
        super().__init__()
        self.left = pushes
        self.kinds: list[list[str]] = []

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        if "push" in url:
            if self.left == 0:
                raise requests.ConnectionError("the network went")
            if self.left is not None:
                self.left -= 1
            data = kwargs["data"]
            raw = json.loads(zlib.decompress(data, 31) if data[:2] == b"\x1f\x8b" else data)
            self.kinds.append([entry["kind"] for entry in raw["entries"]])
        return super().request(method, url, *args, **kwargs)


@pytest.mark.proves("R027")
def test_a_shortage_goes_before_everything_recorded_earlier(
    either_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "BATCH", 4)
    session = Counting()
    store, client = either_world.phone(tmp_path / "phone", session=session)
    for _ in range(3):
        record_family(store)
    store.record("staff_shortage", place=COMMUNE, body=SHORTAGE)
    record_family(store)
    result = client.run()
    assert session.kinds[0] == ["staff_shortage"]
    assert (result.faults, result.complete, result.total, result.refused) == ((), True, 13, 0)
    assert result.sent == 13, "sent once in its turn, whatever went before"
    assert either_world.count("matter") == 1
    assert either_world.count("entry", "kind = 'staff_shortage'") == 1
    again = client.run()
    assert (again.sent, len(session.kinds)) == (0, 1 + 4)
    store.close()


@pytest.mark.proves("R027", "L2", "L9")
def test_an_interrupted_sync_has_told_what_is_urgent_and_loses_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "BATCH", 4)
    session = Counting(pushes=2)
    store, client = world.phone(tmp_path / "phone", session=session)
    for _ in range(3):
        record_family(store)
    store.record("staff_shortage", place=COMMUNE, body=SHORTAGE)
    result = client.run()
    assert codes(result) == ["sync.unreachable"]
    assert session.kinds == [["staff_shortage"], ["household", "person", "visit", "household"]]
    with world.app.app_context():
        [told] = matters(db.session.connection(), "staff_shortage", [COMMUNE])
        assert (told.people, told.state) == (2, "open")
    state = store.outbox_summary()
    assert (state.received_through, state.receipt_count) == (4, 5), "kept, and not yet in the unbroken run"
    assert (state.unsent, state.complete) == (6, False), (
        "not said to be received before the receipt covers it"
    )
    session.left = None
    result = client.run()
    assert (result.faults, result.complete, result.receipt_count) == ((), True, 10)
    assert world.count("matter") == 1
    assert world.count("entry", "kind = 'staff_shortage'") == 1
    store.close()


def test_an_urgent_record_alone_takes_no_second_way(world: World, tmp_path: Path) -> None:
    session = Counting()
    store, client = world.phone(tmp_path / "phone", session=session)
    store.record("staff_shortage", place=COMMUNE, body=SHORTAGE)
    record_family(store)
    assert client.run().complete
    assert session.kinds == [["staff_shortage", "household", "person", "visit"]]
    store.close()


@pytest.mark.proves("R039", "L9")
def test_a_serious_reaction_goes_before_the_person_and_dose_it_is_about(
    either_world: World, tmp_path: Path
) -> None:
    session = Counting()
    store, client = either_world.phone(tmp_path / "phone", session=session)
    person = record_family(store)
    dose = record_dose(store, person)
    told = {"dose": dose, "onset_on": store.clock.today().isoformat(), "symptoms": ["fever"]}
    for severity in ("ordinary", "serious"):
        store.record("reaction", subject=person, place=COMMUNE, body=told | {"severity": severity})
    result = client.run()
    assert session.kinds[0] == ["reaction"]
    assert (result.faults, result.complete, result.sent) == ((), True, result.total)
    assert either_world.count("reaction", "severity = 'serious'") == 1
    assert either_world.count("reaction") == 2
    store.close()


@pytest.mark.proves("R027", "R021", "R047")
def test_answers_and_reminders_come_down_to_the_phone(world: World, tmp_path: Path) -> None:
    from server.accounts.users import create_user
    from server.ledger.author import ServerAuthor
    from server.sync.projectors import PROJECTORS
    from tests.sync.world import DISTRICT, PASSWORD

    store, client = world.phone(tmp_path / "phone")
    told = store.record("staff_shortage", place=COMMUNE, body=SHORTAGE)
    assert client.run().complete
    with world.app.app_context():
        user = create_user(
            username="huyen",
            password=PASSWORD,
            full_name="Huyện",
            role="district_reviewer",
            places=[DISTRICT],
        )
        db.session.flush()
        author = ServerAuthor(db.session.connection(), user, world.clock, PROJECTORS)
        support = {"of": "staff_shortage", "action": "assigned", "support": "Tổ lưu động"}
        author.write("response", place=COMMUNE, subject=told.id, body=support)
        for urgent in (False, True):
            body = {"about": "other", "text": f"Việc {urgent}", "urgent": urgent}
            author.write("reminder", place=COMMUNE, subject=COMMUNE, body=body)
        author.flush()
        db.session.commit()
    client.run()
    first, *rest = messages.messages(store)
    assert (first.text, first.urgent, first.new) == ("Việc True", True, True)
    own = next(found for found in rest if found.kind == "staff_shortage")
    assert (own.state, own.answers[0].support, own.new) == ("assigned", "Tổ lưu động", True)
    assert messages.unopened(store) == (3, True)
    messages.open_message(store, first)
    assert messages.unopened(store) == (2, False)
    store.record("response", place=COMMUNE, subject=first.id, body={"of": "reminder", "action": "done"})
    assert client.run().complete
    assert world.count("answer", "matter_id = :id AND action = 'done'", id=first.id) == 1
    store.close()
