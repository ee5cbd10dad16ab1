"""Rules of a dated place."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry


def versions_do_not_overlap(entry: "Entry") -> Iterator[Fault]:
    """On any day a place has at most one name and one parent."""
    versions = entry.body.get("versions") or []
    ordered = sorted(versions, key=lambda v: str(v["valid_from"]))
    for earlier, later in pairwise(ordered):
        if earlier.get("valid_to") is None or earlier["valid_to"] >= later["valid_from"]:
            yield fault("place.versions_overlap", "versions", day=later["valid_from"])
    for version in versions:
        if version.get("valid_to") and version["valid_to"] < version["valid_from"]:
            yield fault("place.ends_before_start", "versions", day=version["valid_from"])
