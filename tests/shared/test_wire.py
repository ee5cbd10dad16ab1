"""One spelling, whoever writes it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import wire
from shared.wire import EMPTY_HASH, _canonical_json, canonical, chain, chain_all, decode, digest, verbatim
from tests.shared.records.bodies import shuffled

sound_text = st.text(st.characters(codec="utf-8"))
spellable = st.recursive(
    st.none() | st.booleans() | st.integers() | sound_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(sound_text, inner, max_size=4),
    max_leaves=20,
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(sound_text, spellable, max_size=6), st.integers())
def test_server_and_phone_spell_alike(value: dict[str, Any], seed: int) -> None:
    spelt = canonical(value)
    assert spelt == _canonical_json(value) == canonical(shuffled(value, seed)) == verbatim(value)
    assert json.loads(spelt) == value
    assert canonical(json.loads(spelt)) == spelt


def test_the_spelling_never_changes() -> None:
    value = {"b": [1, None, True, "Lò Thị Ớt"], "a": {"\u2028": '\x1f"\\/\x7f😀', "A": -(2**63)}, "c": 2**70}
    spelt = canonical(value)
    expected = (
        '{"a":{"A":-9223372036854775808,"\u2028":"\\u001f\\"\\\\/\x7f😀"},"b":[1,null,true,"Lò Thị Ớt"],'
        '"c":1180591620717411303424}'
    )
    assert spelt == expected.encode()
    assert digest(spelt).hex() == hashlib.sha256(expected.encode()).hexdigest()


@pytest.mark.parametrize("value", [{"a": "\ud800"}, {"\udfff": 1}, {"a": {1, 2}}, {"a": b"x"}])
def test_what_has_no_spelling_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical(value)


@given(anything)
def test_refused_words_are_kept_whatever_they_are(value: Any) -> None:
    kept = verbatim(value)
    assert b"\0" not in kept
    kept.decode()
    again = json.loads(kept)
    assert verbatim(again) == kept


def test_halves_of_a_character_are_kept_as_escapes() -> None:
    assert verbatim({"\ud800": "x\udfff"}) == b'{"\\ud800":"x\\udfff"}'


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=6))
def test_a_running_hash_goes_on_from_any_point(digests: list[bytes]) -> None:
    whole = chain_all(EMPTY_HASH, digests)
    half = len(digests) // 2
    assert whole == chain_all(chain_all(EMPTY_HASH, digests[:half]), digests[half:])
    running = EMPTY_HASH
    for one in digests:
        running = chain(running, one)
    assert running == whole


def test_what_a_phone_without_the_fast_writer_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "orjson", None)
    slow, read = wire._fastest()
    assert slow is _canonical_json
    assert read(slow({"a": 1})) == decode(b'{"a":1}') == {"a": 1}
