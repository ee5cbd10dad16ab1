"""What a verdict about two records must say to be one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.faults import Fault, fault
from shared.identifiers import named_id

if TYPE_CHECKING:
    from shared.entries import Entry


def pair_id(one: str, other: str) -> str:
    """The subject of every verdict about two records, whichever is named first."""
    return named_id("pair", *sorted((one, other)))


def pair_is_named(entry: "Entry") -> Iterator[Fault]:
    """Two different records in the order of their ids under the pair's own id; "same" says which record is kept."""
    body = entry.body
    persons = (body["person_a"], body["person_b"])
    if persons[0] >= persons[1] or entry.subject != pair_id(*persons):
        yield fault("identity.pair_wrong", "person_b")
    elif body["verdict"] == "same" and body.get("keep") not in persons:
        yield fault("identity.keep_missing", "keep")
