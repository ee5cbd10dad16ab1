"""Vietnamese text: one spelling to store, a folded form to search in, a key to sort by.

The tables are made once and the syllables of names remembered: these run for each of 1.8 million people.
"""

import unicodedata
from functools import lru_cache

#: The letters that are not in the Latin alphabet, as their base with one or two "~", which sorts after "z".
_LETTERS = {"ă": "a~", "â": "a~~", "đ": "d~", "ê": "e~", "ô": "o~", "ơ": "o~~", "ư": "u~"}

#: Tones in the order of dictionaries: ngang (no mark), huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\N{COMBINING GRAVE ACCENT}": "1", "\N{COMBINING HOOK ABOVE}": "2", "\N{COMBINING TILDE}": "3"}
_TONES |= {"\N{COMBINING ACUTE ACCENT}": "4", "\N{COMBINING DOT BELOW}": "5"}


def normalise(text: str) -> str:
    """`text` as it is stored: composed (NFC), without spaces at the ends or two together."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """`text` without accents, in lower case, đ as d, single spaces: "Đặng  Thị Ớt" -> "dang thi ot"."""
    folded = text.translate(_FOLDED)
    if not folded.isascii():
        folded = _without_marks(folded)
    return " ".join(folded.split())


def search_key(*parts: str | None) -> str:
    """What a search looks in (and for): the parts that are there, folded, apostrophes and hyphens left out.

    "H'Vân", "+84912345678" -> "hvan 0912345678"; each word of a query folded this way is found in it.
    """
    return fold(" ".join(part for part in parts if part).replace("+84", "0").translate(_PUNCTUATION))


def sort_key(name: str) -> str:
    """A name's place in a Vietnamese list: by its last word, then by the others from the first.

    Plain ASCII that sorts alike, byte by byte, in SQLite, PostgreSQL (collation C) and Python. Each word is
    its letters (a ă â b c d đ e ê …), then the digit of its tone: "Nguyễn Văn Ân" -> "a~~n0 nguye~n3 va~n0".
    """
    words = _words(name)
    return " ".join(map(_word_key, words[-1:] + words[:-1]))


def place_sort_key(name: str) -> str:
    """A place's position in a list: from its first word on, numbers by value ("Bản 2" before "Bản 10")."""
    return " ".join(word.zfill(6) if word.isdecimal() else _word_key(word) for word in _words(name))


def _words(name: str) -> list[str]:
    return name.lower().translate(_PUNCTUATION).split()


@lru_cache(maxsize=1 << 16)
def _word_key(word: str) -> str:
    letters, tone = "", "0"
    for character in unicodedata.normalize("NFC", word):
        bare = character
        for mark in unicodedata.normalize("NFD", character)[1:]:
            if mark in _TONES:
                tone = _TONES[mark]
                bare = unicodedata.normalize("NFC", unicodedata.normalize("NFD", character).replace(mark, ""))
        letters += _LETTERS.get(bare) or _without_marks(bare)
    return letters.encode("ascii", "replace").decode() + tone


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _folded_characters() -> dict[int, str]:
    """Every letter of the Latin blocks that Vietnamese uses -> its base in lower case."""
    blocks = (range(0x41, 0x5B), range(0xC0, 0x250), range(0x1E00, 0x1F00))
    characters = (chr(code) for block in blocks for code in block)
    return {ord(character): _without_marks(character) for character in characters if character.isalpha()}


_FOLDED = _folded_characters()
_PUNCTUATION = {ord(character): None for character in "'’`\u2018\u02bc"} | {
    ord(character): " " for character in "-–_.,;/()"
}
