"""Entries lie packed on the phone and come back byte for byte; a commune fits the budget."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile.store import packing
from mobile.store.packing import pack, unpack
from mobile.store.store import Store
from shared import wire
from tests.mobile.phones import VILLAGE, household_body, make_phone

GOLDEN = Path(__file__).parents[2] / "golden" / "payloads"


IDS = st.uuids().map(lambda each: str(each).encode())


@given(st.lists(st.one_of(IDS, st.binary(max_size=40), st.just(b"\0")), max_size=400).map(b"".join))
def test_any_bytes_come_back(payload: bytes) -> None:
    assert unpack(pack(payload)) == payload


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_every_kind_comes_back_smaller(file: Path) -> None:
    payload = wire.canonical(json.loads(file.read_bytes()))
    assert unpack(pack(payload)) == payload
    assert len(pack(payload)) < len(payload)


def test_a_dictionary_is_never_edited() -> None:
    """What was packed with it could not be read any more."""
    kept = {1: "53f33a8a44e6b41ddaf05203f45d64abbdc172683e33ce9d710d34eff3ee7556"}
    folder = Path(packing.__file__).parent
    found = {
        int(file.stem.partition("-")[2]): wire.digest(file.read_bytes()).hex()
        for file in folder.glob("payloads-*")
    }
    assert found == kept
    assert packing.NEWEST in kept


def test_an_entry_is_read_as_it_was_written(tmp_path: Path) -> None:
    store: Store = make_phone(tmp_path)
    entry = store.record("household", place=VILLAGE, body=household_body("Nguyễn Thị Hoàng Phương Quỳnh Như"))
    [[kept, length]] = store.database.rows("SELECT payload, length(payload) FROM entry")
    assert kept == entry.payload
    assert length < len(entry.payload) / 2
    store.close()
