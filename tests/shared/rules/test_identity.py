"""Identity numbers warn; they never block."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shared.text
from shared.rules.identity import card_against, check_cccd, parse_cccd_qr
from shared.text.translations import Catalogue


def codes(number: str, sex: str | None, birth: date | None) -> list[str]:
    return [doubt.code for doubt in check_cccd(number, sex, birth)]


@pytest.mark.parametrize(
    ("number", "sex", "birth"),
    [
        ("012090123456", "male", date(1990, 4, 15)),
        ("012190123456", "female", date(1990, 4, 15)),
        ("091210000001", "male", date(2010, 1, 1)),
        ("014310000001", "female", date(2010, 1, 1)),
        ("012090123456", None, None),
        ("136090123456", "male", date(1990, 1, 1)),  # registered abroad
    ],
)
def test_numbers_without_a_doubt(number: str, sex: str | None, birth: date | None) -> None:
    assert codes(number, sex, birth) == []


def test_doubts_are_told_all_at_once() -> None:
    assert codes("013190123456", "male", date(1991, 1, 1)) == [
        "identity.unknown_province",
        "identity.sex_differs",
        "identity.year_differs",
    ]


@given(st.text(max_size=15), st.sampled_from([None, "male", "female"]), st.none() | st.dates())
def test_any_text_is_answered_with_words_that_exist(number: str, sex: str | None, birth: date | None) -> None:
    catalogue = Catalogue(Path(shared.text.__file__).with_name("messages.csv"))
    for doubt in check_cccd(number, sex, birth):
        assert "{" not in catalogue.text(doubt.code, "vi", **doubt.params)


@pytest.mark.proves("R067")
def test_qr_code_of_a_card() -> None:
    card = parse_cccd_qr("012090123456|045123456|Lò  Văn Ân|15041990|Nam|Bản A, Xã B, Lai Châu|01012021")
    assert card == {
        "id_kind": "cccd",
        "id_number": "012090123456",
        "former_id_number": "045123456",
        "full_name": "Lò Văn Ân",
        "birth_date": "1990-04-15",
        "birth_precision": "day",
        "sex": "male",
        "address": "Bản A, Xã B, Lai Châu",
    }


def test_qr_code_with_only_a_year_of_birth() -> None:
    card = parse_cccd_qr("012150123456||Lò Thị Ánh|00001950|Nữ|Bản A|01012021||||")
    assert card is not None
    assert (card["birth_date"], card["birth_precision"], card["sex"]) == ("1950-01-01", "year", "female")
    assert card["former_id_number"] is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.vn/012090123456",
        "012090123456|045123456|Lò Văn Ân|31021990|Nam|Bản A|01012021",
        "012090123456|045123456|Lò Văn Ân|15041990|?|Bản A|01012021",
        "12090123456|045123456|Lò Văn Ân|15041990|Nam|Bản A|01012021",
    ],
)
def test_other_texts_are_not_a_card(text: str) -> None:
    assert parse_cccd_qr(text) is None


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    parse_cccd_qr(text)


@pytest.mark.proves("R067")
def test_a_card_fills_agrees_or_differs() -> None:
    card = parse_cccd_qr("012090123456||Lò Văn Ân|15041990|Nam|Bản A|01012021")
    assert card is not None
    everything = {"full_name": "fills", "birth_date": "fills", "sex": "fills", "id_number": "fills"}
    assert card_against(card, {"birth_precision": "day", "id_kind": "none"}) == everything
    form = {"full_name": "LÒ VĂN  ÂN", "birth_date": "1990-01-01", "birth_precision": "year", "sex": "female"}
    number = {"id_kind": "cccd", "id_number": "012090123456"}
    assert card_against(card, form | number) == {
        "full_name": "same",
        "birth_date": "differs",
        "sex": "differs",
        "id_number": "same",
    }
