"""What others tell a phone, and what it told: the same whatever order it comes in."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from mobile.store import messages
from mobile.store.messages import QUERY, Message
from shared.identifiers import named_id
from tests.mobile.phones import COMMUNE, PROVINCE, VILLAGE, Streams, make_phone, place_raw, raw_entry

SHORTAGE = {"role": "nurse", "people": 2, "from_on": "2022-04-16", "reason": "Ốm"}


def reminder(text: str, **more: Any) -> dict[str, Any]:
    return raw_entry("reminder", {"about": "other", "text": text, **more}, subject=COMMUNE, place=COMMUNE)


def respond(
    told: str, action: str, of: str = "staff_shortage", place: str = COMMUNE, **more: Any
) -> dict[str, Any]:
    return raw_entry("response", {"of": of, "action": action, **more}, subject=told, place=place)


def shown(found: list[Message]) -> list[tuple[str, str, str, bool]]:
    return [(message.kind, message.text, message.state, message.new) for message in found]


def test_messages_are_the_same_in_any_order(tmp_path: Path) -> None:
    told = raw_entry("staff_shortage", SHORTAGE, subject=VILLAGE, place=VILLAGE)
    wrong = reminder("gửi nhầm", urgent=True)
    void = raw_entry(
        "void", {"of": "reminder", "reason": "twice"}, subject=COMMUNE, place=COMMUNE, corrects=wrong["id"]
    )
    entries = [
        place_raw(COMMUNE, "commune", "Xã Thử", PROVINCE),
        told,
        respond(told["id"], "done", place=VILLAGE),
        respond(told["id"], "acknowledged", place=VILLAGE),
        wrong,
        void,
        reminder("còn đây"),
    ]
    seen = set()
    for number, order in enumerate(itertools.islice(itertools.permutations(entries), 0, 5040, 997)):
        store = make_phone(tmp_path / str(number), ready=False)
        streams = Streams()
        streams.deliver(list(order))
        store.apply_page(streams.whole())
        seen.add(tuple(shown(messages.messages(store))))
        store.close()
    assert len(seen) == 1
    [found] = seen
    assert sorted(found) == [("reminder", "còn đây", "open", True), ("staff_shortage", "Ốm", "done", True)]


@pytest.mark.proves("R021")
def test_urgent_and_open_stand_first_until_they_are_done(tmp_path: Path) -> None:
    store = make_phone(tmp_path / "phone", ready=False)
    streams = Streams()
    streams.deliver([reminder("thường"), urgent := reminder("hỏa tốc", urgent=True), reminder("thường 2")])
    store.apply_page(streams.whole())
    first, *_ = messages.messages(store)
    assert (first.text, first.place_name) == ("hỏa tốc", "–")
    assert messages.unopened(store) == (3, True)
    messages.open_message(store, first)
    assert messages.unopened(store) == (2, False)
    assert messages.messages(store)[0].text == "hỏa tốc", "read, and still to be done"
    store.record("response", place=COMMUNE, subject=urgent["id"], body={"of": "reminder", "action": "done"})
    found = messages.messages(store)
    assert [message.text for message in found].index("hỏa tốc") == 2
    assert messages.actions(found[2], [COMMUNE]) == ()
    store.close()


@pytest.mark.proves("R027")
def test_a_station_answers_its_villages_and_waits_for_the_district(tmp_path: Path) -> None:
    store = make_phone(tmp_path / "phone")
    own = store.record("staff_shortage", place=COMMUNE, body=SHORTAGE)
    streams = Streams()
    streams.deliver([raw_entry("staff_shortage", SHORTAGE, subject=VILLAGE, place=VILLAGE)])
    store.apply_page(streams.whole())
    theirs = next(message for message in messages.messages(store) if message.id != own.id)
    mine = messages.message(store, own.id)
    assert mine is not None
    assert messages.actions(mine, [COMMUNE]) == ("done",)
    assert "assigned" in messages.actions(theirs, [COMMUNE])
    assert (mine.new, theirs.new) == (False, True)
    store.close()


def test_a_query_is_answered_once(tmp_path: Path) -> None:
    store = make_phone(tmp_path / "phone", ready=False)
    report = named_id("test", "report")
    query = {"report": named_id("test", "report entry"), "verdict": "queried", "text": "Xem lại"}
    accepted = {"report": named_id("test", "report entry"), "verdict": "accepted"}
    streams = Streams()
    streams.deliver(
        [raw_entry("report_review", body, subject=report, place=COMMUNE) for body in (query, accepted)]
    )
    store.apply_page(streams.whole())
    [found] = messages.messages(store)
    assert (found.kind, found.text, messages.actions(found, [COMMUNE])) == (QUERY, "Xem lại", ("answered",))
    body = {"report": found.judged, "review": found.id, "text": "Đã sửa"}
    store.record("report_answer", place=COMMUNE, subject=found.subject, body=body)
    [found] = messages.messages(store)
    assert (found.state, found.answers[0].text, found.answers[0].by_me) == ("answered", "Đã sửa", True)
    assert messages.actions(found, [COMMUNE]) == ()
    store.close()
