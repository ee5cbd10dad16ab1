"""What Telex and VNI both know of Vietnamese spelling: syllables, where a tone stands, which vowels take which mark.

A word is taken as its `bare` letters (with hats and horns, without the tone) and its `tone`, a combining character
or "". Nothing here knows a key.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple
from unicodedata import normalize

ACUTE, GRAVE, HOOK, TILDE, DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
#: The plain letter of every letter with a hat or a horn.
PLAIN = {"â": "a", "ă": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u"}
HATS = {"a": "â", "e": "ê", "o": "ô"}
HORNS = {"u": "ư", "a": "ă", "o": "ơ"}
_TONES = frozenset((ACUTE, GRAVE, HOOK, TILDE, DOT))
_NUCLEI = frozenset(
    "a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iê iu oa oă oe oi ôi ơi oo ua uâ uê ui uô uơ uy ưa ưi"
    " ươ ưu yê iêu yêu oai oao oay oeo uao uai uây uôi uya uyê uyu ươi ươu"
    # on the way to one of these, its marks not yet typed
    " ie ye ue uo ưo eu ieu yeu uye uoi ưoi uơi uou uơu ưou uu uay".split()
)
_SYLLABLE = re.compile("(qu|gi|[bcdđghklmnpqrstvx]{0,3})([aăâeêioôơuưy]+)(ngh|ng|nh|ch|[cmnptk])?")


class Syllable(NamedTuple):
    """A Vietnamese syllable in small letters, without its tone."""

    onset: str
    nucleus: str
    final: str


def word_before(text: str) -> tuple[str, str]:
    """(what stands before the word that ends a text, that word as NFC)."""
    start = len(text)
    while start and text[start - 1].isalpha():
        start -= 1
    return text[:start], normalize("NFC", text[start:])


def split_tone(word: str) -> tuple[str, str]:
    """(bare, tone) of a word."""
    spread = normalize("NFD", word)
    tone = next((mark for mark in spread if mark in _TONES), "")
    return normalize("NFC", "".join(mark for mark in spread if mark not in _TONES)), tone


def parse(bare: str) -> Syllable | None:
    """The parts of a bare word, or None when its letters form no Vietnamese syllable."""
    found = _SYLLABLE.fullmatch(bare.lower())
    if found is None or found[2] not in _NUCLEI:
        return None
    return Syllable(found[1], found[2], found[3] or "")


def with_tone(bare: str, tone: str) -> str:
    """The bare word with its tone where most people write it: hòa, thúy. In what is no syllable it stays on the last
    vowel.
    """
    parts = parse(bare)
    if not tone or parts is None:
        return bare if not tone else _tone_on_last_vowel(bare, tone)
    at = len(parts.onset) + _tone_place(parts)
    return normalize("NFC", bare[: at + 1] + tone + bare[at + 1 :])


def with_letter(word: str, letter: str) -> str:
    """The word with one letter more, its tone moved to where it then belongs."""
    bare, tone = split_tone(word)
    return with_tone(_joined(bare + letter), tone)


def with_stroke(word: str, key: str) -> str | None:
    """The word with its d stroked; with a đ that is taken back and `key` written; None when it begins with neither."""
    if word[:1] in ("d", "D"):
        return ("Đ" if word[0] == "D" else "đ") + word[1:]
    if word[:1] in ("đ", "Đ"):
        return ("D" if word[0] == "Đ" else "d") + word[1:] + key
    return None


def with_mark(word: str, nuclei: Iterable[str], takes_back: str, key: str) -> str | None:
    """The word with the first of these nuclei that is one and another than it has. When there is none and the word
    has a letter of `takes_back`, that is made plain and `key` written. None when neither can be.
    """
    bare, tone = split_tone(word)
    parts = parse(bare)
    if parts is None:
        return None
    for nucleus in nuclei:
        if nucleus != parts.nucleus and nucleus in _NUCLEI:
            return with_tone(_cased(bare, parts.onset + nucleus + parts.final), tone)
    if any(letter in parts.nucleus for letter in takes_back):
        plain = "".join(PLAIN[c] if c in takes_back else c for c in parts.nucleus)
        return with_tone(_cased(bare, parts.onset + plain + parts.final) + key, tone)
    return None


def hatted(nucleus: str, letter: str) -> list[str]:
    """The nucleus with a hat on one of its `letter`s (a, e or o), the last first."""
    return [
        nucleus[:at] + HATS[letter] + nucleus[at + 1 :]
        for at in range(len(nucleus) - 1, -1, -1)
        if PLAIN.get(nucleus[at], nucleus[at]) == letter
    ]


def horned(parts: Syllable, letters: str) -> list[str]:
    """The nucleus with the horn (or breve) of one of these letters of "uao"; uo takes both: ươ."""
    plain = "".join(PLAIN.get(letter, letter) for letter in parts.nucleus)
    if "uo" in plain and "o" in letters:
        alone = plain == "uo" and not parts.final and parts.nucleus[0] == "u"
        return [plain.replace("uo", "uơ" if alone else "ươ")]
    return [
        parts.nucleus[: plain.index(base)] + HORNS[base] + parts.nucleus[plain.index(base) + 1 :]
        for base in letters
        if base in plain
    ]


def _joined(bare: str) -> str:
    """`uơ` and `ưo` become `ươ` as soon as a letter follows."""
    parts = parse(bare)
    if parts is None:
        return bare
    nucleus = parts.nucleus
    if parts.final or len(nucleus) > 2:
        nucleus = re.sub("uơ|ưo", "ươ", nucleus)
    return _cased(bare, parts.onset + nucleus + parts.final)


def _tone_place(parts: Syllable) -> int:
    marked = [at for at, letter in enumerate(parts.nucleus) if letter in PLAIN]
    if marked:
        return marked[-1]
    if len(parts.nucleus) == 1:
        return 0
    return 1 if parts.final or len(parts.nucleus) == 3 else 0


def _tone_on_last_vowel(word: str, tone: str) -> str:
    for at in range(len(word) - 1, -1, -1):
        if PLAIN.get(word[at].lower(), word[at].lower()) in "aeiouy":
            return normalize("NFC", word[: at + 1] + tone + word[at + 1 :])
    return word


def _cased(pattern: str, letters: str) -> str:
    """`letters` with the capitals of `pattern`, which is as long."""
    return "".join(new.upper() if old.isupper() else new for old, new in zip(pattern, letters, strict=True))
