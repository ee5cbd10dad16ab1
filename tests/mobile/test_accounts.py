"""Accounts of one phone: apart from each other, and gone only when nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mobile.accounts import Accounts
from mobile.store import answers, leaving
from mobile.store.store import Store
from tests.mobile.phones import PIN, VILLAGE, answer, household_body, identity, make_phone

SECOND_PIN = "135790"


def second(root: Path) -> Store:
    """A second worker's store beside the first."""
    place = Accounts(root).free()
    assert place.home != root
    store = Store.create(place.home, SECOND_PIN)
    store.set_identity(identity(username="hai", full_name="Lò Thị Hai"))
    return store


def record(store: Store) -> None:
    store.record("household", place=VILLAGE, body=household_body())


def receive(store: Store) -> None:
    """The server's receipt for everything."""
    unsent = [{"id": item.id, "outcome": "accepted"} for item in store.outbox(100) if item.state == "unsent"]
    store.apply_answer(answer(store, unsent))


def test_the_only_account_of_a_phone_stays_where_it_was(tmp_path: Path) -> None:
    make_phone(tmp_path).close()
    accounts = Accounts(tmp_path)
    (only,) = accounts.all()
    assert (only.key, only.home) == ("1", tmp_path)
    assert accounts.last() == only


@pytest.mark.proves("L16")
def test_two_accounts_keep_their_unsent_work_apart(tmp_path: Path) -> None:
    first, other = make_phone(tmp_path), second(tmp_path)
    record(first)
    record(other)
    record(other)
    first.close()
    other.close()
    homes = [account.home for account in Accounts(tmp_path).all()]
    assert homes == [tmp_path, tmp_path / "accounts" / "2"]
    counts = []
    for home, pin in zip(homes, (PIN, SECOND_PIN), strict=True):
        store = Store.open(home, pin)
        counts.append(store.outbox_summary().unsent)
        store.close()
    assert counts == [1, 2]


def test_labels_say_whose_an_account_is_and_nothing_else(tmp_path: Path) -> None:
    make_phone(tmp_path).close()
    second(tmp_path).close()
    accounts = Accounts(tmp_path)
    accounts.opened(replace(accounts.at("2"), name="Lò Thị Hai", unit="Trạm Y tế", role="station"))
    again = Accounts(tmp_path)
    assert [account.name for account in again.all()] == ["", "Lò Thị Hai"]
    assert again.last().key == "2"
    (tmp_path / "accounts.json").write_text("{broken")
    assert [account.key for account in Accounts(tmp_path).all()] == ["1", "2"], "labels are only labels"


@pytest.mark.proves("L16", "L5")
def test_what_stands_in_the_way_of_leaving(tmp_path: Path) -> None:
    store = make_phone(tmp_path)
    assert leaving.hindrance(store) is None
    record(store)
    record(store)
    found = leaving.hindrance(store)
    assert found is not None
    assert (found.code, found.params) == ("phone.not_all_received", {"count": 2, "total": 2})
    receive(store)
    assert leaving.hindrance(store) is None
    record(store)
    found = leaving.hindrance(store)
    assert found is not None
    assert found.params == {"count": 1, "total": 3}
    receive(store)
    store.save_draft("visit:1", "visit", {})
    found = leaving.hindrance(store)
    assert found is not None
    assert (found.code, found.params) == ("phone.drafts_left", {"count": 1})
    store.close()


@pytest.mark.proves("L2", "L5", "L16")
def test_an_outcome_without_a_receipt_that_matches_proves_nothing(tmp_path: Path) -> None:
    store = make_phone(tmp_path)
    record(store)
    receive(store)
    with store.database.transaction() as connection:
        answers.note_mismatch(connection)
    found = leaving.hindrance(store)
    assert found is not None
    assert found.code == "phone.not_all_received"
    store.close()


class Died(BaseException):
    """The phone lost power."""


@contextmanager
def dying_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Power goes before the file operation after so many of them."""
    left = [steps]

    def counted(real: Any) -> Any:
        def step(*args: Any, **more: Any) -> Any:
            if left[0] == 0:
                raise Died
            left[0] -= 1
            return real(*args, **more)

        return step

    with monkeypatch.context() as patched:
        for name in ("unlink", "replace", "rmdir"):
            patched.setattr(Path, name, counted(getattr(Path, name)))
        patched.setattr(os, "fsync", counted(os.fsync))
        yield


@pytest.mark.proves("L16")
@pytest.mark.parametrize("key", ["1", "2"])
@pytest.mark.parametrize("steps", range(16))
def test_a_removal_cut_off_anywhere_is_whole_or_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, steps: int
) -> None:
    make_phone(tmp_path).close()
    second(tmp_path).close()
    accounts = Accounts(tmp_path)
    leaver = accounts.at(key)
    try:
        with dying_after(steps, monkeypatch):
            accounts.erase(leaver)
    except Died:
        pass
    again = Accounts(tmp_path)
    keys = [account.key for account in again.all()]
    assert keys in (["1", "2"], ["2" if key == "1" else "1"])
    for account in again.all():
        Store.open(account.home, PIN if account.key == "1" else SECOND_PIN).close()
    if key not in keys:
        assert not leaving.in_use(leaver.home)
        assert not (leaver.home / "store.db").exists()
    Store.create(again.free().home, SECOND_PIN).close()


def test_every_step_of_a_removal_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The range of steps above reaches the end of a removal."""
    make_phone(tmp_path).close()
    second(tmp_path).close()
    accounts = Accounts(tmp_path)
    with dying_after(15, monkeypatch):
        accounts.erase(accounts.at("2"))
    assert [account.key for account in accounts.all()] == ["1"]
    assert not (tmp_path / "accounts" / "2").exists()


@pytest.mark.parametrize("steps", range(6))
def test_an_account_whose_making_was_cut_off_stands_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    make_phone(tmp_path).close()
    try:
        with dying_after(steps, monkeypatch):
            second(tmp_path).close()
    except Died:
        pass
    again = Accounts(tmp_path)
    Store.open(again.at("1").home, PIN).close()
    for account in again.all()[1:]:
        Store.open(account.home, SECOND_PIN).close()
    Store.create(again.free().home, SECOND_PIN).close()


def test_keys_are_overwritten_before_they_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_phone(tmp_path).close()
    kept = {name: (tmp_path / name).read_bytes() for name in ("vault.json", "device.key")}
    gone: dict[str, bytes] = {}
    real = Path.unlink

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if path.name in kept and path.exists():
            gone[path.name] = path.read_bytes()
        real(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    accounts = Accounts(tmp_path)
    accounts.erase(accounts.last())
    for name, content in kept.items():
        assert len(gone[name]) == len(content)
        assert gone[name] != content
    assert not Store.exists(tmp_path)
