"""Telex as a pure function, on words and names people here write."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile.forms.telex import compose, type_key
from shared.text.folding import fold

WORDS = """
nguyeenx nguyễn|Nguyeenx Nguyễn|NGUYEENX NGUYỄN|Thij Thị|Hoangf Hoàng|Phuwowng Phương|Phuowng Phương|Quynhf Quỳnh
Nhuw Như|Quyeets Quyết|quoocs quốc|quys quý|quas quá|quawng quăng|dduwowngf đường|duwongdf đường|duongwdf đường
nguwowif người|nguoiwf người|thuowr thuở|thuowng thương|thuwongf thường|tuowi tươi|ruouwj rượu|ruwouj rượu|huouw hươu
giaf già|gif gì|gins gín|gieengs giếng|Giangf Giàng|hoaf hòa|hoanf hoàn|thuys thúy|thuyr thủy|uyr ủy|khoer khỏe
loef lòe|toans toán|ngoaif ngoài|ngoeof ngoèo|khuyur khuỷu|khuya khuya|chuyeenr chuyển|hueej huệ|Tuees Tuế
tuaans tuấn|tuanas tuấn|luaan luân|xuaan xuân|muwaf mừa|muaf mùa|muaws mứa|muoonj muộn|buoonf buồn|chuoois chuối
tuooir tuổi|vieetj việt|vieetnam vietnam|yeeu yêu|yeeus yếu|Ddieenj Điện|Bieen Biên|Chaau Châu|Moocj Mộc|Huooir Huổi
Luoong Luông|Cumr Củm|Naamj Nậm|Thaos Tháo|Ddawks Đắk|Lawks Lắk|Kroong Krông|Vuwf Vừ|Chuws Chứ|Suwr Sử|Sungf Sùng
Paso Páo|Haf Hà|Nhif Nhì|Phangf Phàng|Ly Ly|Lyf Lỳ|Ddawngj Đặng|Ddawjng Đặng|Dduwcs Đức|Ddoong Đông|Anhr Ảnh
w ư|tw tư|tws tứ
mawts mắt|caasp cấp|tieem tiêm|vawcs vắc|xin xin|muxi mũi|nhawcs nhắc|laij lại|trajm trạm|tees tế|xax xã|banr bản
nghieems nghiếm|nghieepj nghiệp|thoon thôn|xoms xóm|ddeens đến|lichj lịch|hoojo hôjo|uwowcs ước|UWOWCS ƯỚC|oafn oàn
""".replace("\n", "|")
PAIRS = [tuple(pair.split()) for pair in WORDS.split("|") if pair.strip()]
TAKEN_BACK = [
    ("baan", "bân"),
    ("baaan", "baan"),
    ("baaaan", "baaan"),
    ("as", "á"),
    ("ass", "as"),
    ("asz", "a"),
    ("dda", "đa"),
    ("ddda", "dda"),
    ("aw", "ă"),
    ("aww", "aw"),
    ("aaw", "ă"),
    ("awa", "â"),
    ("oow", "ơ"),
    ("xooong", "xoong"),
]


@pytest.mark.parametrize(
    ("keys", "word"), [p for p in PAIRS if p[0] not in {"vieetnam", "hoojo", "oafn"}], ids=lambda v: v
)
def test_a_word_is_composed_as_people_write_it(keys, word):
    assert compose(keys) == unicodedata.normalize("NFC", word)


@pytest.mark.parametrize(("keys", "word"), TAKEN_BACK, ids=lambda v: v)
def test_a_key_pressed_again_is_taken_back(keys, word):
    assert compose(keys) == word


@pytest.mark.parametrize("word", ["facebook", "gmail.com", "12/4", "0912", "FN1234", "PFZ", "zalo", "html"])
def test_what_is_no_syllable_stays_as_typed(word):
    assert compose(word) == word


def test_words_before_the_cursor_are_left_alone():
    assert type_key("Lò Thị Ma", "f") == "Lò Thị Mà"
    assert type_key("trước ", "s") == "trước s"


@given(st.text(alphabet=st.sampled_from("abcdeghiklmnopqrstuvxyABCDEOUwfj "), max_size=14))
def test_composing_loses_no_letter(keys):
    """What is composed, its marks taken off, is spelled by the keys in their order, and is one NFC text."""
    written = compose(keys)
    assert unicodedata.normalize("NFC", written) == written
    left = iter(keys.lower())
    plain = fold(written).replace(" ", "")
    assert all(any(letter == key or (letter == "u" and key == "w") for key in left) for letter in plain)
