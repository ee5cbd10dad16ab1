"""Codes of vials and boxes: read however they come, matched without taking anything away from what is stored."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.scanning import KnownLot, Scanned, expiry_to_keep, match, read_code

GTIN = "18936000000018"
SAID = ("18936000000018", "FK0112", date(2022, 2, 28), "day")
FNC1 = "\x1d"

LOTS = (
    KnownLot("lot", "item", "FK0112", date(2022, 2, 28), GTIN),
    KnownLot("short", "item", "FK01", date(2022, 5, 31), GTIN),
    KnownLot("other", "medicine", "FK0112", date(2023, 2, 28), None),
)
ITEMS = (("item", "18936000000018"), ("medicine", None))

#: The 82 characters a GS1 value is made of, brackets aside; a lot number has up to 20 of them.
LOT_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\"%&'*+,-./:;<=>?_"
lot_numbers = st.text(LOT_LETTERS, min_size=1, max_size=20)
serials = st.text(LOT_LETTERS, min_size=1, max_size=20)
expiries = st.dates(date(2020, 1, 1), date(2049, 12, 31))


def gtins() -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=13, max_size=13).map(lambda digits: digits + check_digit(digits))


def check_digit(digits: str) -> str:
    """GS1 General Specifications 7.9: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def said(scanned: Scanned) -> tuple[str | None, str | None, date | None, str | None]:
    assert scanned.faults == (), scanned
    return scanned.gtin, scanned.lot_number, scanned.expiry, scanned.expiry_precision


def codes(scanned: Scanned) -> list[str]:
    return [found.code for found in scanned.faults]


@pytest.mark.parametrize(
    "text",
    [
        f"]d201{GTIN}1722022810FK0112",
        f"]D201{GTIN}1722022810FK0112",
        f"]C101{GTIN}1722022810FK0112",
        f"{FNC1}01{GTIN}1722022810FK0112",
        f"01{GTIN}10FK0112{FNC1}17220228",
        f"]d201{GTIN}10FK0112<GS>17220228",
        f"]d201{GTIN}10FK0112~17220228",
        f"]d201{GTIN}10FK0112|17220228{FNC1}",
        f"(01){GTIN}(17)220228(10)FK0112",
        f"(01) {GTIN} (10) FK0112 (17) 220228",
        f"]d2(01){GTIN}(10)FK0112(17)220228",
        f"01 {GTIN} 17 220228 10 FK0112",
        f"01{GTIN}\n17220228 10FK0112",
        f"https://id.gs1.org/01/{GTIN}/10/FK0112?17=220228",
        f"  ]Q301{GTIN}1722022810FK0112\r\n",
    ],
)
def test_one_label_reads_the_same_however_it_comes(text: str) -> None:
    assert said(read_code(text)) == SAID


def test_day_00_is_the_end_of_its_month() -> None:
    scanned = read_code(f"(01){GTIN}(17)240200(10)A1")
    assert (scanned.expiry, scanned.expiry_precision) == (date(2024, 2, 29), "month")


def test_an_expiry_with_its_hour_is_that_day() -> None:
    assert read_code(f"01{GTIN}70032202281430").expiry == date(2022, 2, 28)


@pytest.mark.parametrize("text", ["8935049510512", "]E08935049510512", "08935049510512", "8935 0495 10512"])
def test_a_bare_trade_number_has_fourteen_digits(text: str) -> None:
    assert said(read_code(text)) == ("08935049510512", None, None, None)


@pytest.mark.parametrize("text", ["FK0112", "124001", "PCA 0016", "10FK0112", "210112", "Lô-7/2021"])
def test_what_is_no_code_is_a_lot_number_typed(text: str) -> None:
    assert said(read_code(text)) == (None, text, None, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "scan.empty"),
        (" \x1d\n", "scan.empty"),
        (f"01{GTIN[:-1]}9", "scan.check_digit"),
        ("8935049510513", "scan.check_digit"),
        (f"(01){GTIN}(17)221328(10)A", "scan.date_invalid"),
        (f"(01){GTIN}(17)220231(10)A", "scan.date_invalid"),
        (f"(01){GTIN}(10)A(10)B", "scan.says_two_things"),
        ("00189360000000000013", "scan.says_nothing"),
        ("]d2xyz", "scan.not_read"),
        ("https://example.org/vaccine", "scan.not_read"),
        ("…" * 41, "scan.not_read"),
        ("9" * 400, "scan.not_read"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(text: str, code: str) -> None:
    scanned = read_code(text)
    assert code in codes(scanned)
    for found in scanned.faults:
        assert found.message("vi") != found.message("en")


def test_a_wrong_check_digit_leaves_the_number_out() -> None:
    scanned = read_code(f"01{GTIN[:-1]}91722022810FK0112")
    assert (scanned.gtin, scanned.lot_number) == (None, "FK0112")


@given(st.text(max_size=400))
def test_no_text_stops_the_reading(text: str) -> None:
    scanned = read_code(text)
    assert scanned.faults or scanned.gtin or scanned.lot_number
    match(scanned, ITEMS, LOTS)


@given(gtins(), lot_numbers, expiries, serials, st.permutations(range(4)), st.sampled_from("]~|\x1d"))
def test_elements_read_back_in_any_order(
    gtin: str, lot: str, expiry: date, serial: str, order: list[int], separator: str
) -> None:
    elements = [f"01{gtin}", f"10{lot}", f"17{expiry:%y%m%d}", f"21{serial}"]
    bracketed = [f"(01){gtin}", f"(10){lot}", f"(17){expiry:%y%m%d}", f"(21){serial}"]
    between = FNC1 if separator == "]" else separator
    for text in (
        "]d2" + between.join(elements[place] for place in order),
        "".join(bracketed[place] for place in order),
    ):
        scanned = read_code(text)
        assert said(scanned) == (gtin, lot, expiry, "day"), text
        assert scanned.serial == serial


@given(gtins(), st.integers(0, 12), st.integers(1, 9))
def test_a_mistyped_digit_is_noticed(gtin: str, place: int, more: int) -> None:
    wrong = gtin[:place] + str((int(gtin[place]) + more) % 10) + gtin[place + 1 :]
    assert codes(read_code(wrong)) == ["scan.check_digit"]


def test_a_code_finds_its_lot_by_number_and_trade_number() -> None:
    found = match(read_code(f"]d201{GTIN}1722022810fk0112"), ITEMS, LOTS)
    assert (found.lot, found.items, found.doubts) == (LOTS[0], ("item",), ())


def test_a_number_alone_may_fit_two_items() -> None:
    found = match(read_code("FK 0112"), ITEMS, LOTS)
    assert found.lot is None
    assert [lot.id for lot in found.lots] == ["lot", "other"]


@pytest.mark.parametrize(
    "text",
    [
        f"01{GTIN}10FK01121722022821ABC",
        f"01{GTIN}10FK01121722022821ABCDEFGHIJKLMNOP",
        f"01{GTIN}10FK011221ABC",
    ],
)
def test_without_fnc1_the_catalogue_says_where_the_lot_ends(text: str) -> None:
    found = match(read_code(text), ITEMS, LOTS)
    assert found.lot == LOTS[0]
    assert found.scanned.lot_number == "FK0112"
    assert (found.scanned.serial or "").startswith("ABC")
    assert found.doubts == ()


def test_what_the_catalogue_does_not_know_is_said() -> None:
    unknown = match(read_code("(01)08935049510512(10)ZZ9"), ITEMS, LOTS)
    assert [d.code for d in unknown.doubts] == ["scan.item_unknown", "scan.lot_unknown"]
    assert unknown.lots == ()


def test_a_trade_number_nobody_entered_excludes_no_lot() -> None:
    scanned = read_code("(01)08935049510512(10)FK0112")
    doubtful = match(scanned, ITEMS, LOTS[:1])
    assert (doubtful.lot, [d.code for d in doubtful.doubts]) == (LOTS[0], ["scan.item_unknown"])
    assert match(scanned, ITEMS, LOTS).lot == LOTS[2], "an item without a trade number is the likelier one"


def test_a_lot_of_another_item_is_not_taken_for_it() -> None:
    lots = (KnownLot("lot", "item", "FK0112", None, "08935049510512"),)
    found = match(read_code(f"(01){GTIN}(10)FK0112"), (("item", "8935049510512"), ("b", GTIN)), lots)
    assert (found.lots, [d.code for d in found.doubts]) == ((), ["scan.other_item"])


stored_days = st.none() | expiries


@given(stored_days, st.none() | expiries)
def test_a_scan_never_takes_a_stored_expiry_away(stored: date | None, scanned: date | None) -> None:
    expiry = f"(17){scanned:%y%m%d}" if scanned else ""
    read = read_code(f"(01){GTIN}{expiry}(10)FK0112")
    lot = KnownLot("lot", "item", "FK0112", stored, GTIN)
    doubts = [d.code for d in match(read, ITEMS, [lot]).doubts]
    kept = expiry_to_keep(stored, read)
    assert kept == (stored or scanned)
    differs = stored is not None and scanned is not None and stored != scanned
    assert ("scan.expiry_differs" in doubts) == differs
    assert ("scan.expiry_new" in doubts) == (stored is None and scanned is not None)


def test_an_expiry_that_a_document_gave_is_no_difference() -> None:
    lot = KnownLot("lot", "item", "124001", date(2021, 11, 30), GTIN, (date(2022, 2, 28),))
    assert match(read_code(f"(01){GTIN}(17)220228(10)124001"), ITEMS, [lot]).doubts == ()
    other = match(
        read_code(f"(01){GTIN}(17)220228(10)124001"),
        ITEMS,
        [KnownLot("l", "item", "124001", date(2021, 11, 30), GTIN)],
    )
    (doubt,) = other.doubts
    assert "30/11/2021" in doubt.message("vi")
    assert "28/02/2022" in doubt.message("en")


def test_the_century_is_the_nearest() -> None:
    assert read_code(f"(01){GTIN}(17)301231").expiry == date(2030, 12, 31)
