"""The PIN, the device's own wrap, and the encrypted file."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from mobile.platform.keys import FileKeystore, KeystoreError
from mobile.store.driver import open_database
from mobile.store.store import Store
from mobile.store.vault import FREE_TRIES, Vault
from shared.faults import Refused
from tests.mobile.phones import PIN, make_phone


class Time:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def vault(tmp_path: Path, time: Time) -> Vault:
    return Vault(tmp_path, FileKeystore(tmp_path / "device.key"), time)


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.faults[0].code


def test_the_pin_gives_the_key_back(vault: Vault) -> None:
    key = vault.create(PIN)
    assert len(key) == 32
    assert vault.unlock(PIN) == key


def test_two_phones_have_different_keys(tmp_path: Path) -> None:
    keys = {
        Vault(tmp_path / name, FileKeystore(tmp_path / name / "device.key")).create(PIN)
        for name in ("a", "b")
    }
    assert len(keys) == 2


def test_neither_key_nor_pin_stands_in_the_folder(vault: Vault, tmp_path: Path) -> None:
    key = vault.create(PIN)
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert key not in content
        assert key.hex().encode() not in content
        assert PIN.encode() not in content


@pytest.mark.parametrize("pin", ["", "123", "0000", "aaaaaa", "9" * 40])
def test_a_weak_pin_is_refused(vault: Vault, pin: str) -> None:
    with pytest.raises(Refused) as refusal:
        vault.create(pin)
    assert code_of(refusal) == "phone.pin_too_weak"
    assert not vault.exists


def test_wrong_pins_wait_longer_and_longer(vault: Vault, time: Time) -> None:
    vault.create(PIN)
    waits = []
    for _ in range(FREE_TRIES + 3):
        with pytest.raises(Refused) as refusal:
            vault.unlock("1357")
        assert code_of(refusal) == "phone.wrong_pin"
        waits.append(vault.wait_s())
        time.now += vault.wait_s()
    assert waits == [0, 0, 0, 30, 60, 120]


def test_the_wait_survives_a_restart_and_a_clock_set_back(vault: Vault, time: Time, tmp_path: Path) -> None:
    key = vault.create(PIN)
    for _ in range(FREE_TRIES + 1):
        with pytest.raises(Refused):
            vault.unlock("1357")
    time.now -= 500_000
    again = Vault(tmp_path, FileKeystore(tmp_path / "device.key"), time)
    with pytest.raises(Refused) as refusal:
        again.unlock(PIN)
    assert code_of(refusal) == "phone.locked"
    assert again.wait_s() == 30
    time.now += 500_030
    assert again.unlock(PIN) == key
    assert again.wait_s() == 0


def test_the_pin_can_be_changed(vault: Vault) -> None:
    key = vault.create(PIN)
    vault.change_pin(PIN, "135799")
    with pytest.raises(Refused):
        vault.unlock(PIN)
    assert vault.unlock("135799") == key


def test_the_lock_knows_how_many_digits_to_ask_for(vault: Vault, tmp_path: Path) -> None:
    vault.create("2580")
    assert vault.pin_length() == 4
    vault.change_pin("2580", "13579246")
    assert vault.pin_length() == 8
    file = tmp_path / "vault.json"
    older = json.loads(file.read_text())
    del older["length"]
    file.write_text(json.dumps(older))
    assert vault.pin_length() == 6, "what the app always asked for before it was noted"


def test_a_copied_folder_without_the_device_key_does_not_open(vault: Vault, tmp_path: Path) -> None:
    vault.create(PIN)
    (tmp_path / "device.key").unlink()
    with pytest.raises(Refused) as refusal:
        vault.unlock(PIN)
    assert code_of(refusal) == "phone.wrong_device"


def test_the_device_key_is_its_owners_alone(tmp_path: Path) -> None:
    keystore = FileKeystore(tmp_path / "device.key")
    wrapped = keystore.wrap(b"secret")
    assert keystore.unwrap(wrapped) == b"secret"
    assert stat.S_IMODE((tmp_path / "device.key").stat().st_mode) == 0o600
    with pytest.raises(KeystoreError):
        keystore.unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]))


@pytest.mark.proves("R077")
def test_the_database_file_is_encrypted(tmp_path: Path) -> None:
    store = make_phone(tmp_path / "phone")
    store.save_draft("visit:1", "visit", {"note": "Nguyễn Thị Bí Mật"})
    store.close()
    for file in (tmp_path / "phone").iterdir():
        content = file.read_bytes()
        assert not content.startswith(b"SQLite format 3")
        assert "Bí Mật".encode() not in content


def test_another_key_does_not_open_the_file(tmp_path: Path) -> None:
    make_phone(tmp_path / "phone").close()
    with pytest.raises(Refused) as refusal:
        open_database(tmp_path / "phone" / "store.db", bytes(32))
    assert code_of(refusal) == "phone.wrong_key"


def test_a_store_opens_again_with_its_pin(tmp_path: Path) -> None:
    store = make_phone(tmp_path / "phone")
    store.set_setting("language", "en")
    store.close()
    assert Store.exists(tmp_path / "phone")
    again = Store.open(tmp_path / "phone", PIN)
    assert again.setting("language") == "en"
    assert again.ready
    again.close()
    with pytest.raises(Refused) as refusal:
        Store.create(tmp_path / "phone", PIN)
    assert code_of(refusal) == "phone.already_set_up"
