"""A reaction on the phone: the last news of it, whether it has arrived, and which reach the server first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile.store import reactions
from mobile.store.store import Store
from mobile.store.undoing import take_back
from shared.identifiers import new_id
from tests.mobile.phones import STATION, VILLAGE, answer, household_body, make_phone

PERSON = new_id()


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Store]:
    store = make_phone(tmp_path)
    yield store
    store.close()


def tell(phone: Store, severity: str, corrects: str | None = None, **more: object) -> str:
    body = {"onset_on": "2022-04-15", "severity": severity} | more
    return phone.record("reaction", subject=PERSON, place=STATION, body=body, corrects=corrects).id


@pytest.mark.proves("R039")
def test_the_last_news_are_shown_by_whichever_report_is_asked_for(phone: Store) -> None:
    first = tell(phone, "ordinary")
    second = tell(phone, "serious", first, treated_at="Trung tâm Y tế huyện")
    third = tell(phone, "serious", second, outcome="recovered")
    for entry in (first, second, third):
        found = reactions.reaction(phone, entry)
        assert found is not None
        assert (found.id, found.body["outcome"], found.serious, found.withdrawn) == (
            third,
            "recovered",
            True,
            False,
        )


def test_one_taken_back_says_so_and_one_unknown_is_none(phone: Store) -> None:
    entry = tell(phone, "ordinary")
    take_back(phone, entry)
    found = reactions.reaction(phone, entry)
    assert found is not None
    assert found.withdrawn
    assert reactions.reaction(phone, new_id()) is None
    house = phone.record("household", place=VILLAGE, body=household_body())
    assert reactions.reaction(phone, house.id) is None


@pytest.mark.proves("R039")
def test_it_is_said_to_have_arrived_only_when_it_is_in_the_ledger(phone: Store) -> None:
    entry = tell(phone, "serious")

    def sent() -> bool | None:
        found = reactions.reaction(phone, entry)
        return found.sent if found else None

    assert sent() is False
    phone.apply_answer(answer(phone, [{"id": entry, "outcome": "accepted"}]))
    assert sent() is True


@pytest.mark.proves("R027", "R039")
def test_serious_ones_leave_before_what_was_recorded_earlier(phone: Store) -> None:
    phone.record("household", place=VILLAGE, body=household_body())
    tell(phone, "ordinary")
    serious = tell(phone, "serious")
    [(number, payload)] = phone.urgent_batch(5)
    assert (number, serious.encode() in payload) == (3, True)
    phone.apply_answer(answer(phone, [{"id": serious, "outcome": "accepted"}], through=0))
    assert phone.outbox_summary().unsent == 3, "sent again in its turn: the receipt does not cover it"
