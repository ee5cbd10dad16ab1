"""Vietnamese as it is typed, by Telex and by VNI, on words and names people here write."""

import csv
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mobile
import shared.text
from mobile.forms.composing import OFF, TELEX, VNI, WAYS
from mobile.forms.syllables import parse, split_tone
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
VNI_WORDS = """
nguye6n4 nguyễn|Nguye64n Nguyễn|NGUYEN64 NGUYỄN|Thi5 Thị|Hoang2 Hoàng|Phu7o7ng Phương|Phuong7 Phương|Quynh2 Quỳnh
Nhu7 Như|Quyet61 Quyết|quoc61 quốc|quy1 quý|qua1 quá|quang8 quăng|d9u7o7ng2 đường|duong972 đường|duong729 đường
nguoi72 người|thuo73 thuở|thuong7 thương|tuoi7 tươi|ruou75 rượu|huou7 hươu|gia2 già|gi2 gì|gin1 gín|gie61ng giếng
hoa2 hòa|hoan2 hoàn|thuy1 thúy|uy3 ủy|khoe3 khỏe|toan1 toán|ngoeo2 ngoèo|khuyu3 khuỷu|chuye63n chuyển|hue65 huệ
tuan61 tuấn|xua6n xuân|mu7a2 mừa|mua2 mùa|mua71 mứa|muo65n muộn|buo62n buồn|viet65 việt|ye6u yêu|D9ie65n Điện
D9ak81 Đắk|Huo63i Huổi|Luo6ng Luông|Cum3 Củm|Na65m Nậm|D9a85ng Đặng|D9u71c Đức|mat81 mắt|cap61 cấp|vac81 vắc|hoac85 hoặc
uoc71 ước|UO7C1 ƯỚC|ba1n0 ban|d9 đ|Lo2 Lò
""".replace("\n", "|")
VNI_PAIRS = [tuple(pair.split()) for pair in VNI_WORDS.split("|") if pair.strip()]
VNI_TAKEN_BACK = [
    ("a1", "á"),
    ("a11", "a1"),
    ("a10", "a"),
    ("a0", "a0"),
    ("ba6n", "bân"),
    ("ba66n", "ba6n"),
    ("d99", "d9"),
    ("o77", "o7"),
    ("a86", "â"),
    ("a88", "a8"),
    ("a12", "à"),
]
#: Keys of VNI, by the combining character each one stands for.
VNI_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
VNI_MARKS = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}
TELEX_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
MESSAGES = [Path(package.__file__).with_name("messages.csv") for package in (mobile, shared.text)]


def compose(keys, way):
    """What a run of keys spells, pressed one after the other."""
    written = ""
    for key in keys:
        written = WAYS[way](written, key)
    return written


@pytest.mark.parametrize(
    ("keys", "word"), [p for p in PAIRS if p[0] not in {"vieetnam", "hoojo", "oafn"}], ids=lambda v: v
)
def test_a_word_is_composed_by_telex_as_people_write_it(keys, word):
    assert compose(keys, TELEX) == unicodedata.normalize("NFC", word)


@pytest.mark.parametrize(("keys", "word"), VNI_PAIRS, ids=lambda v: v)
def test_a_word_is_composed_by_vni_as_people_write_it(keys, word):
    assert compose(keys, VNI) == unicodedata.normalize("NFC", word)


@pytest.mark.parametrize(("keys", "word"), TAKEN_BACK, ids=lambda v: v)
def test_a_key_of_telex_pressed_again_is_taken_back(keys, word):
    assert compose(keys, TELEX) == word


@pytest.mark.parametrize(("keys", "word"), VNI_TAKEN_BACK, ids=lambda v: v)
def test_a_key_of_vni_pressed_again_is_taken_back(keys, word):
    assert compose(keys, VNI) == word


@pytest.mark.parametrize("way", [TELEX, VNI])
@pytest.mark.parametrize("word", ["facebook", "gmail.com", "12/4", "0912", "FN1234", "PFZ", "zalo", "html"])
def test_what_is_no_syllable_stays_as_typed(word, way):
    assert compose(word, way) == word


@pytest.mark.parametrize("text", ["Ban 2", "Khu 10", "thon 4, nha 15", "khoang 30", "15 thang 4"])
def test_a_number_after_a_space_stays_one_under_vni(text):
    assert compose(text, VNI) == text


def test_words_before_the_cursor_are_left_alone():
    assert WAYS[TELEX]("Lò Thị Ma", "f") == "Lò Thị Mà"
    assert WAYS[TELEX]("trước ", "s") == "trước s"
    assert WAYS[VNI]("Lò Thị Ma", "2") == "Lò Thị Mà"
    assert WAYS[VNI]("trước ", "1") == "trước 1"


def test_switched_off_every_key_stays_as_it_is():
    assert compose("Nguyeenx 64", OFF) == "Nguyeenx 64"


def test_every_word_of_the_app_can_be_typed_in_both_ways():
    """The tone at the end of the word, each mark behind its letter."""
    wrong, words = [], _words_of_the_app()
    assert len(words) > 350
    for word in sorted(words):
        for way, keys in ((VNI, _vni_keys(word)), (TELEX, _telex_keys(word))):
            written = compose(keys, way)
            if written != word:
                wrong.append((way, keys, word, written))
    assert not wrong


@pytest.mark.parametrize("way", [TELEX, VNI])
@given(st.data())
def test_composing_loses_no_letter(way, data):
    """What is composed, its marks taken off, is spelled by the keys in their order, and is one NFC text."""
    more = "wfj" if way == TELEX else "1256789"
    alphabet = st.sampled_from("abcdeghiklmnopqrstuvxyABCDEOU " + more)
    keys = data.draw(st.text(alphabet=alphabet, max_size=14))
    written = compose(keys, way)
    assert unicodedata.normalize("NFC", written) == written
    left = iter(keys.lower())
    plain = fold(written).replace(" ", "")
    assert all(any(letter == key or (letter == "u" and key == "w") for key in left) for letter in plain)


def _words_of_the_app() -> set[str]:
    """Vietnamese words of the message files, in small letters; abbreviations and foreign words left out."""
    found: set[str] = set()
    for path in MESSAGES:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found |= {word.lower() for word in re.findall(r"[^\W\d_]+", re.sub(r"{\w+}", " ", row["vi"]))}
    return {word for word in found if parse(split_tone(word)[0])}


def _vni_keys(word: str) -> str:
    keys, tone = "", ""
    for sign in unicodedata.normalize("NFD", word):
        if sign in VNI_TONES:
            tone = VNI_TONES[sign]
        else:
            keys += VNI_MARKS.get(sign, "d9" if sign == "đ" else sign)
    return keys + tone


def _telex_keys(word: str) -> str:
    keys, tone = "", ""
    for sign in unicodedata.normalize("NFD", word):
        if sign in TELEX_TONES:
            tone = TELEX_TONES[sign]
        elif sign == "\u0302":
            keys += keys[-1]
        else:
            keys += {"\u031b": "w", "\u0306": "w", "đ": "dd"}.get(sign, sign)
    return keys + tone
