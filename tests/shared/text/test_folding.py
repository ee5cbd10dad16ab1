"""Search and order of Vietnamese text."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.folding import fold, normalise, place_sort_key, search_key, sort_key

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


def shuffled(words: list[str]) -> list[str]:
    return random.Random(7).sample(words, len(words))


vietnamese = st.text(st.sampled_from(LETTERS + LETTERS.upper() + " "), max_size=30)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đặng  Thị Ớt ", "dang thi ot"),
        ("HUỲNH NGỌC DIỄM", "huynh ngoc diem"),
        ("Lý Ửng Phượng", "ly ung phuong"),
        ("H'Mông", "h'mong"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(vietnamese)
def test_folding_is_the_same_for_both_spellings_of_unicode(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(text).isascii()


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip()
    assert "  " not in once


def test_search_finds_a_name_typed_without_accents_or_apostrophes() -> None:
    kept = search_key("Đặng H'Vân", None, "+84912345678")
    for typed in ("dang", "Đặng", "hvan", "h'vân", "912345", "0912 345", "+84912"):
        assert all(word in kept for word in search_key(typed).split())


def test_names_sort_by_the_last_word_then_the_rest() -> None:
    in_order = [
        "Nguyễn Văn An",
        "Trần Văn An",
        "Lò Thị Ánh",
        "Lò Văn Ân",
        "Vàng A Ba",
        "Lò Văn Dũng",
        "Lò Văn Đông",
        "Giàng Thị Ê",
        "Tẩn Lao Ơ",
        "Lý Văn Sài",
        "Lý Văn Sơn",
        "Lý Thị Ưng",
        "Lý Thị Xuân",
    ]
    assert sorted(shuffled(in_order), key=sort_key) == in_order


def test_tones_sort_as_in_dictionaries() -> None:
    in_order = ["Ma", "Mà", "Mả", "Mã", "Má", "Mạ", "Mai", "Măng", "Mây"]
    assert sorted(shuffled(in_order), key=sort_key) == in_order


def test_letters_sort_in_the_vietnamese_alphabet() -> None:
    alphabet = list("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
    assert sorted(shuffled(alphabet), key=sort_key) == alphabet


def test_places_sort_by_the_first_word_with_numbers_by_value() -> None:
    in_order = ["Bản 2", "Bản 10", "Bản Áng", "Bản Nà Ơi", "Tiểu khu 1", "Xã Ta Gia"]
    assert sorted(shuffled(in_order), key=place_sort_key) == in_order


@given(st.lists(vietnamese, max_size=8))
def test_sort_keys_order_alike_as_text_and_as_bytes(names: list[str]) -> None:
    keys = [sort_key(name) for name in names]
    assert sorted(keys) == sorted(keys, key=str.encode)
    assert all(key.isascii() for key in keys)


@given(st.text(max_size=30))
def test_any_text_has_a_sort_key(text: str) -> None:
    assert sort_key(text).isascii()
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))
