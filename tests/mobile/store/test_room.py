"""A phone that fills up: the last records still find room, and nothing more is fetched (L19)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile.store import room
from mobile.store.store import Store
from mobile.syncing.client import SyncClient
from shared.rules.phones import NO_ROOM, RESERVE, Room
from tests.mobile.phones import VILLAGE, household_body, make_phone


class Disk:
    """The space a test says is free, without what the reserve takes."""

    def __init__(self) -> None:
        self.free = 10 << 30


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(room, "free_bytes", lambda _: made.free)
    return made


@pytest.fixture
def phone(tmp_path: Path, disk: Disk) -> Iterator[Store]:
    store = make_phone(tmp_path / "phone")
    store.keep_room()
    yield store
    store.close()


def reserve_of(store: Store) -> Path:
    return store.home / "reserve.bin"


def test_the_reserve_is_real_space_set_aside_once(phone: Store) -> None:
    found = reserve_of(phone).stat()
    assert found.st_size == RESERVE
    assert found.st_blocks * 512 >= RESERVE, "a hole keeps no room"
    phone.keep_room()
    assert reserve_of(phone).stat().st_ino == found.st_ino


@pytest.mark.proves("L19")
def test_a_full_phone_gives_the_reserve_up_for_the_next_record(phone: Store, disk: Disk) -> None:
    disk.free = 100 << 20
    assert phone.room is Room.LITTLE
    disk.free = NO_ROOM - 1
    phone.record("household", place=VILLAGE, body=household_body())
    assert not reserve_of(phone).exists()
    assert phone.outbox_summary().total == 1
    assert phone.room is Room.LAST


@pytest.mark.proves("L19")
def test_what_room_is_left_is_not_filled_by_fetching(phone: Store, disk: Disk) -> None:
    disk.free = NO_ROOM - 1
    phone.record("household", place=VILLAGE, body=household_body())
    asked: list[str] = []

    class Session:
        def request(self, method: str, address: str, **_: object) -> object:
            asked.append(method)
            raise AssertionError("nothing is fetched")

    client = SyncClient(phone, session=Session())  # type: ignore[arg-type]
    client._push_urgent = client._push = lambda *_: None  # type: ignore[method-assign]
    assert [found.code for found in client.run().faults] == ["phone.no_room_to_receive"]
    assert not asked


def test_with_room_again_the_reserve_is_set_aside_again(phone: Store, disk: Disk) -> None:
    disk.free = NO_ROOM - 1
    phone.save_draft("visit:1", "visit", {})
    assert not reserve_of(phone).exists()
    disk.free = 2 * RESERVE
    phone.keep_room()
    assert not reserve_of(phone).exists(), "not at the price of what is left"
    disk.free = 3 * RESERVE
    phone.keep_room()
    assert reserve_of(phone).exists()


def test_a_phone_where_it_cannot_be_set_aside_goes_on(phone: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    phone.database.reserve.give_up()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room.os, "posix_fallocate", full)
    phone.keep_room()
    assert not reserve_of(phone).exists()
    assert phone.record("household", place=VILLAGE, body=household_body()).device_seq == 1
