"""What a signature must say, and the state that all signatures of a thing give it (R012)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry

#: Every state, in the order of what is to be done about it.
SIGNING_STATES = ("unsigned", "changed", "withdrawn", "signed")

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Signed(NamedTuple):
    """One standing signature or withdrawal of a thing: the document's digest and what was done."""

    digest: str
    action: str


def is_digest(text: str) -> bool:
    """Whether a text is a SHA-256 as 64 small hex digits."""
    return _DIGEST.fullmatch(text) is not None


def says_who_signed_what(entry: Entry) -> Iterator[Fault]:
    """A signature names a document, who signed it, with which certificate and when; a withdrawal says why."""
    body = entry.body
    if not is_digest(body["digest"]):
        yield fault("signing.bad_digest", "digest")
    needed = ("signer", "certificate", "signed_at") if body["action"] == "signed" else ("reason",)
    for name in needed:
        if not body.get(name):
            yield fault("field.missing", name)


def edition(signatures: Iterable[Signed]) -> int:
    """Which giving-out of the document this is: one more than the documents whose signature was withdrawn.

    It is part of the document, so what was withdrawn can be signed anew, and an old signature never comes back.
    """
    return 1 + len({one.digest for one in signatures if one.action == "withdrawn"})


def standing_digests(signatures: Collection[Signed]) -> set[str]:
    """Digests of documents that are signed and not withdrawn. A withdrawal beats every signature of its document."""
    withdrawn = {one.digest for one in signatures if one.action == "withdrawn"}
    return {one.digest for one in signatures if one.action == "signed"} - withdrawn


def signing_state(digest: str, signatures: Collection[Signed]) -> str:
    """One of SIGNING_STATES for a document with that digest now; it depends on the set of signatures alone.

    changed: what is recorded now is not what was signed.
    """
    standing = standing_digests(signatures)
    if digest in standing:
        return "signed"
    if standing:
        return "changed"
    return "withdrawn" if signatures else "unsigned"
