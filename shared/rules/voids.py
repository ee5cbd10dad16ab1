"""What a withdrawal may withdraw."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.faults import Fault, fault

if TYPE_CHECKING:
    from shared.entries import Entry

#: What moves stock is never withdrawn: a movement is reversed, a document of a transfer corrected by another.
BOOKED = frozenset(
    {
        "stock_movement",
        "transfer_order",
        "transfer_decision",
        "dispatch",
        "receipt",
        "settlement",
        "count_explanation",
    }
)


def names_what_it_withdraws(entry: "Entry") -> Iterator[Fault]:
    """A withdrawal without the entry it withdraws says nothing; one of a withdrawal would have no end."""
    if not entry.corrects:
        yield fault("void.of_nothing", "corrects")
    if entry.body["of"] == entry.kind:
        yield fault("void.of_void", "of")
    if entry.body["of"] in BOOKED:
        yield fault("stock.reverse_instead", "of")
