"""What a signature must say, and the state that the set of signatures gives."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reading import Unreadable, read
from shared.rules.signing import SIGNING_STATES, Signed, edition, signing_state, standing_digests
from tests.shared.records.bodies import envelope

DIGESTS = ("a" * 64, "b" * 64, "c" * 64)
SIGNATURES = st.lists(st.builds(Signed, st.sampled_from(DIGESTS), st.sampled_from(("signed", "withdrawn"))))


@pytest.mark.proves("R012")
@given(SIGNATURES, st.randoms(use_true_random=False))
def test_the_state_is_that_of_the_set(signatures: list[Signed], chance: random.Random) -> None:
    state = signing_state(DIGESTS[0], signatures)
    assert state in SIGNING_STATES
    again = [*signatures, *signatures]
    chance.shuffle(again)
    assert signing_state(DIGESTS[0], again) == state
    assert edition(again) == edition(signatures)
    withdrawn = [Signed(digest, "withdrawn") for digest in standing_digests(signatures)]
    assert signing_state(DIGESTS[0], [*signatures, *withdrawn]) in ("withdrawn", "unsigned")
    assert signing_state(DIGESTS[0], [*again, *withdrawn, *signatures]) != "signed", "it never comes back"


@pytest.mark.proves("R012")
def test_each_state() -> None:
    one, other, _ = DIGESTS
    assert signing_state(one, []) == "unsigned"
    assert signing_state(one, [Signed(one, "signed")]) == "signed"
    assert signing_state(other, [Signed(one, "signed")]) == "changed"
    assert signing_state(one, [Signed(one, "signed"), Signed(one, "withdrawn")]) == "withdrawn"
    assert signing_state(other, [Signed(one, "withdrawn"), Signed(other, "signed")]) == "signed"
    assert edition([]) == 1
    assert edition([Signed(one, "signed"), Signed(one, "withdrawn"), Signed(one, "withdrawn")]) == 2


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"digest": "A" * 64}, "digest", "signing.bad_digest"),
        ({"digest": "a" * 63}, "digest", "signing.bad_digest"),
        ({"signer": None}, "signer", "field.missing"),
        ({"certificate": None}, "certificate", "field.missing"),
        ({"signed_at": None}, "signed_at", "field.missing"),
        ({"signed_at": "hôm qua"}, "signed_at", "field.not_moment"),
        ({"action": "withdrawn"}, "reason", "field.missing"),
    ],
)
def test_a_signature_says_who_signed_what_and_when(wrong: dict[str, Any], field: str, code: str) -> None:
    body = {
        "of": "dose", "digest": DIGESTS[0], "action": "signed", "signer": "Lò Văn A", "certificate": "01; CA",
        "signed_at": "2022-04-15T01:00:00.000Z",
    }  # fmt: skip
    assert read(envelope("signature", body)).kind == "signature"
    spoilt = {name: value for name, value in (body | wrong).items() if value is not None}
    with pytest.raises(Unreadable) as refused:
        read(envelope("signature", spoilt))
    assert [(found.code, found.field) for found in refused.value.faults] == [(code, field)]
