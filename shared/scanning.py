"""What a scanned or typed code says of a vial or a box: GTIN, lot, expiry, serial number (GS1 General Specifications).

A scan adds to what is stored and never takes away: one without an expiry leaves the stored one standing, one with
another expiry is told to whoever scans and overwrites nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from shared.faults import Fault, fault
from shared.text.folding import fold, normalise

if TYPE_CHECKING:
    from biip.gs1_element_strings import GS1ElementString

#: A lot number as it is stored is no longer than this; a code of several elements not than that.
LONGEST_LOT = 40
LONGEST = 300

#: What scanners and people put in place of FNC1 inside a code. None of them may stand in a GS1 value.
_SEPARATOR = re.compile(r"[\x1c-\x1f\u241d|~^]|[<{\[(](?:GS|FNC1)[>}\])]", re.IGNORECASE)

#: A symbology identifier, and those whose data are GS1 elements: GS1-128, DataMatrix, QR, DotCode; DataBar.
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_OF_ELEMENTS = frozenset({"]c1", "]d2", "]q3", "]j1"})
_DATABAR = "]e0"  # in capitals it is EAN/UPC

_IN_BRACKETS = re.compile(r"\((\d{2,4})\)")
_STARTS_WITH_GTIN = re.compile(r"0[12]\d{14}|00\d{18}")
_TRADE_NUMBER = re.compile(r"\d{12,14}")
_LOT = re.compile(rf"(?=.*\w)[^\x00-\x1f]{{1,{LONGEST_LOT}}}")

#: Elements read from a code (GTIN, lot, expiry, expiry with its hour, serial number), and those people may type apart.
GTIN, LOT, EXPIRY, EXPIRY_HOUR, SERIAL = "01", "10", "17", "7003", "21"
_TYPED = frozenset({GTIN, LOT, EXPIRY, SERIAL, "11", "15"})


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a code says; None what it does not. `gtin` has 14 digits, `expiry_precision` is day or month.

    With `faults` the code was read in part or not at all, and what is here is not to be relied on. `run` is all that
    stands from the lot number to the next separator.
    """

    text: str
    gtin: str | None = None
    lot_number: str | None = None
    expiry: date | None = None
    expiry_precision: str | None = None
    serial: str | None = None
    run: str = ""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownLot:
    """A lot of the catalogue with the GTIN of its item. `revised` are the label days that documents gave it."""

    id: str
    item_id: str
    lot_number: str
    label_expiry: date | None = None
    gtin: str | None = None
    revised: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Lots and items a code fits, and what is doubtful of it. `scanned` is the code as the catalogue makes it read."""

    scanned: Scanned
    lots: tuple[KnownLot, ...] = ()
    items: tuple[str, ...] = ()
    doubts: tuple[Fault, ...] = ()

    @property
    def lot(self) -> KnownLot | None:
        """The lot, when it is one."""
        return self.lots[0] if len(self.lots) == 1 else None


def read_code(text: str) -> Scanned:
    """What the text of a barcode says: GS1 elements with or without FNC1, brackets or symbology identifier, a digital
    link, a bare GTIN of 12 to 14 digits; anything else is a lot number typed by hand. Never raises.
    """
    text = _SEPARATOR.sub("\x1d", text).strip("\x1d \t\r\n")
    shown = normalise(text.replace("\x1d", " "))
    if not shown:
        return Scanned("", faults=(fault("scan.empty"),))
    if len(text) > LONGEST:
        return Scanned(shown[:LONGEST], faults=(fault("scan.not_read"),))
    if text.lower().startswith(("http://", "https://")):
        return _told_by(shown, _of_link(text))
    pieces = _pieces(text)
    if pieces is not None:
        return _told_by(shown, _extracted(pieces))
    if _LOT.fullmatch(shown):
        return Scanned(shown, lot_number=shown)
    return Scanned(shown, faults=(fault("scan.not_read"),))


def match(scanned: Scanned, items: Iterable[tuple[str, str | None]], lots: Sequence[KnownLot]) -> Match:
    """The lots a code names, by number and by GTIN; `items` are (id, GTIN). Letter case and spaces do not count.

    Where a scanner left FNC1 out, a lot number runs on into what follows; the catalogue says where it ends.
    """
    fitting = tuple(item for item, gtin in items if gtin and scanned.gtin == gtin.zfill(14))
    named = [lot for lot in lots if scanned.lot_number and _same(lot.lot_number, scanned.lot_number)]
    if not named:
        scanned, named = _run_on(scanned, lots)
    doubts = [*scanned.faults]
    if scanned.gtin and not fitting:
        doubts.append(fault("scan.item_unknown", gtin=scanned.gtin))
    if not scanned.lot_number:
        return Match(scanned, items=fitting, doubts=tuple(doubts))
    of_item = [lot for lot in named if lot.item_id in fitting] if fitting else _likely(scanned, named)
    if not named:
        doubts.append(fault("scan.lot_unknown", lot=scanned.lot_number))
    elif not of_item:
        doubts.append(fault("scan.other_item", lot=scanned.lot_number))
    if len(of_item) == 1:
        doubts += _expiry_doubts(of_item[0], scanned)
    return Match(scanned, tuple(of_item), fitting, tuple(doubts))


def expiry_to_keep(stored: date | None, scanned: Scanned) -> date | None:
    """The label expiry of a lot after a scan: the stored one stands, an unknown one is learnt."""
    return stored or scanned.expiry


def _pieces(text: str) -> list[str] | None:
    """The parts of a code that hold whole elements, or None when it is not made of elements."""
    found = _SYMBOLOGY.match(text)
    sign, text = (found[0], text[found.end() :].strip("\x1d ")) if found else ("", text)
    if _IN_BRACKETS.match(text):
        _, *parts = _IN_BRACKETS.split("".join(text.split()))
        return [ai + value for ai, value in zip(parts[::2], parts[1::2], strict=True)]
    words = [word for word in re.split(r"[\s\x1d]+", text) if word]
    if _TRADE_NUMBER.fullmatch("".join(words)):
        return [GTIN + "".join(words).zfill(14)]
    if len(words) > 2 and len(words) % 2 == 0 and _TYPED.issuperset(words[::2]):
        return [ai + value for ai, value in zip(words[::2], words[1::2], strict=True)]
    whole = sign.lower() in _OF_ELEMENTS or sign == _DATABAR or "\x1d" in text
    return words if whole or _STARTS_WITH_GTIN.match(text) else None


@dataclass(frozen=True, slots=True)
class _Elements:
    """Elements of a code in their order, how far the lot number might run on, and what could not be read."""

    found: Sequence[GS1ElementString] = ()
    run: str = ""
    fault: Fault | None = None


def _extracted(pieces: Iterable[str]) -> _Elements:
    # Loading the tables of GS1 takes a phone a moment; it is spent when something is first scanned.
    from biip import ParseError
    from biip.gs1_element_strings import GS1ElementString

    found: list[GS1ElementString] = []
    run = ""
    for piece in pieces:
        rest = piece
        while rest:
            try:
                element = GS1ElementString.extract(rest)
            except ParseError:
                code = "scan.date_invalid" if rest.startswith((EXPIRY, EXPIRY_HOUR)) else "scan.not_read"
                return _Elements(found, run, fault(code, text=rest))
            if element.ai.ai == LOT:
                run = run or rest[len(LOT) :]
            found.append(element)
            rest = rest[len(element) :]
    return _Elements(found, run)


def _of_link(text: str) -> _Elements:
    from biip import ParseError
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI

    try:
        return _Elements(GS1DigitalLinkURI.parse(text).element_strings)
    except ParseError:
        return _Elements(fault=fault("scan.not_read", text=text))


def _told_by(shown: str, elements: _Elements) -> Scanned:
    values: dict[str, GS1ElementString] = {}
    told = [elements.fault] if elements.fault else []
    for element in elements.found:
        known = values.setdefault(element.ai.ai, element)
        if known.value != element.value:
            told.append(fault("scan.says_two_things", ai=element.ai.ai))
    gtin, lot, serial = (values[ai].value if ai in values else None for ai in (GTIN, LOT, SERIAL))
    if gtin and values[GTIN].gtin_error:
        told.append(fault("scan.check_digit", gtin=gtin))
        gtin = None
    expiry = values.get(EXPIRY) or values.get(EXPIRY_HOUR)
    if not (gtin or lot or told):
        told.append(fault("scan.says_nothing"))
    return Scanned(
        shown,
        gtin,
        lot,
        expiry.date if expiry else None,
        # Day 00 is the last day of the month, which is how such a label is printed (GS1 AI 17).
        ("month" if expiry.value[4:6] == "00" else "day") if expiry else None,
        serial,
        elements.run,
        tuple(told),
    )


def _run_on(scanned: Scanned, lots: Iterable[KnownLot]) -> tuple[Scanned, list[KnownLot]]:
    """The lots whose number begins the run, where what follows is GS1 elements; of several the longest number."""
    found: dict[int, list[KnownLot]] = {}
    tails: dict[int, Scanned] = {}
    for lot in lots:
        length = len(lot.lot_number)
        if scanned.gtin and 0 < length < len(scanned.run) and _same(lot.lot_number, scanned.run[:length]):
            rest = _extracted([scanned.run[length:]])
            if rest.fault is None:
                tails[length] = _told_by(scanned.text, rest)
                found.setdefault(length, []).append(lot)
    if not found:
        return scanned, []
    length = max(found)
    tail = tails[length]
    read = replace(scanned, lot_number=scanned.run[:length], serial=tail.serial or scanned.serial, faults=())
    if tail.expiry:
        read = replace(read, expiry=tail.expiry, expiry_precision=tail.expiry_precision)
    return read, found[length]


def _likely(scanned: Scanned, lots: list[KnownLot]) -> list[KnownLot]:
    """Of lots of one number, when the GTIN is not in the catalogue: those of items that have none there yet, if any.

    Boxes and vials of one item have trade numbers of their own, so that another GTIN excludes no lot.
    """
    return [lot for lot in lots if scanned.gtin and not lot.gtin] or lots


def _expiry_doubts(lot: KnownLot, scanned: Scanned) -> Iterator[Fault]:
    stored, read = lot.label_expiry, scanned.expiry
    if read and stored and read != stored and read not in lot.revised:
        yield fault("scan.expiry_differs", stored=f"{stored:%d/%m/%Y}", scanned=f"{read:%d/%m/%Y}")
    elif read and not stored:
        yield fault("scan.expiry_new", scanned=f"{read:%d/%m/%Y}")


def _same(one: str, other: str) -> bool:
    return fold(one).replace(" ", "") == fold(other).replace(" ", "")
