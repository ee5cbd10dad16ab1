"""What a count says against the book, and what explains it. A count never blocks and changes no balance (L25)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.faults import Fault, fault
from shared.rules.movements import sign_fits

if TYPE_CHECKING:
    from shared.entries import Entry


def difference(counted: int | None, book: int) -> int | None:
    """Counted minus book on the day of the count; None for what was not counted, which is not 0."""
    return None if counted is None else counted - book


def unexplained(counted: int | None, book: int, explained: int) -> int:
    """What no movement explains yet; 0 closes the line. A late movement changes `book` and opens it again."""
    return 0 if counted is None else counted - book - explained


def explains_something(entry: "Entry") -> Iterator[Fault]:
    """Every line moves something, with the sign its reason has."""
    for number, line in enumerate(entry.body["lines"]):
        amounts = [amount for name in ("vials", "doses") if (amount := line.get(name))]
        if not amounts:
            yield fault("stock.moves_nothing", f"lines.{number}.vials")
        for amount in amounts:
            if not sign_fits(line["reason"], amount):
                yield fault(
                    "stock.sign_against_reason", f"lines.{number}.vials", reason=line["reason"], vials=amount
                )


def unexplained_is_signed(entry: "Entry") -> Iterator[Fault]:
    """What nobody can explain needs the name of who answers for it."""
    if any(line["reason"] == "unexplained" for line in entry.body["lines"]) and not entry.body.get(
        "signed_by"
    ):
        yield fault("stock.unexplained_unsigned", "signed_by")
