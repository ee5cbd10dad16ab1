"""Vietnamese by Telex, composed by the app itself: on Android, Kivy's text input keeps the system keyboard
from composing.

`type_key` adds one key to the text before the cursor. Keys: s f r x j set the tone and z takes it away;
a e o twice give â ê ô; w gives ă ơ ư; d twice gives đ; marks may come at the end of the word. A key pressed
again is taken back and written plainly ("baan" gives "bân", "baaan" gives "baan"). The tone stands where
most people write it: hòa, thúy. What is no Vietnamese syllable is left as it was typed.
"""

import re
from unicodedata import normalize

_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_MARKS = {"â": "a", "ă": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u"}
_HATS = {"a": "â", "e": "ê", "o": "ô"}
_HORNS = {"u": "ư", "a": "ă", "o": "ơ"}
_NUCLEI = frozenset(
    "a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iê iu oa oă oe oi ôi ơi oo ua uâ uê ui uô uơ uy ưa ưi"
    " ươ ưu yê iêu yêu oai oao oay oeo uao uai uây uôi uya uyê uyu ươi ươu"
    # on the way to one of these, its marks not yet typed
    " ie ye ue uo ưo eu ieu yeu uye uoi ưoi uơi uou uơu ưou uu uay".split()
)
_SYLLABLE = re.compile("(qu|gi|[bcdđghklmnpqrstvx]{0,3})([aăâeêioôơuưy]+)(ngh|ng|nh|ch|[cmnptk])?")
_ONSET = re.compile("[bcdđghklmnpqrstvx]{0,3}", re.IGNORECASE)


def compose(keys: str) -> str:
    """What a run of keys spells, pressed one after the other."""
    written = ""
    for key in keys:
        written = type_key(written, key)
    return written


def type_key(before: str, key: str) -> str:
    """The text before the cursor after `key` was pressed. Anything but one plain letter is only added."""
    if len(key) != 1 or not key.isascii() or not key.isalpha():
        return before + key
    start = len(before)
    while start and before[start - 1].isalpha():
        start -= 1
    return before[:start] + _press(normalize("NFC", before[start:]), key)


def _press(word: str, key: str) -> str:
    lower = key.lower()
    if lower == "w" and _ONSET.fullmatch(word):
        return word + ("Ư" if key == "W" else "ư")
    if lower == "d" and word[:1] in ("d", "D"):
        return ("Đ" if word[0] == "D" else "đ") + word[1:]
    if lower == "d" and word[:1] in ("đ", "Đ"):
        return ("D" if word[0] == "Đ" else "d") + word[1:] + key
    bare, tone = _split_tone(word)
    parts = _parse(bare)
    if parts is not None:
        if lower in _TONES:
            return bare + key if tone == _TONES[lower] else _with_tone(bare, _TONES[lower])
        if lower == "z" and tone:
            return bare
        if lower in _HATS or lower == "w":
            marked = _marked(parts, lower)
            if marked is not None:
                return _with_tone(_cased(bare, "".join((parts[0], marked, parts[2]))), tone)
            if any(letter in parts[1] for letter in _takes_back(lower)):
                plain = "".join(_MARKS[c] if c in _takes_back(lower) else c for c in parts[1])
                return _with_tone(_cased(bare, parts[0] + plain + parts[2]) + key, tone)
    return _with_tone(_joined(bare + key), tone)


def _marked(parts: tuple[str, str, str], key: str) -> str | None:
    """The nucleus with the hat or horn of `key`, or None when it takes none."""
    _, nucleus, final = parts
    for candidate in _horned(nucleus, final) if key == "w" else _hatted(nucleus, key):
        if candidate != nucleus and candidate in _NUCLEI:
            return candidate
    return None


def _hatted(nucleus: str, key: str) -> list[str]:
    if key * 2 in nucleus:  # typed plainly on purpose
        return []
    return [
        nucleus[:at] + _HATS[key] + nucleus[at + 1 :]
        for at in range(len(nucleus) - 1, -1, -1)
        if _MARKS.get(nucleus[at], nucleus[at]) == key
    ]


def _horned(nucleus: str, final: str) -> list[str]:
    plain = "".join(_MARKS.get(letter, letter) for letter in nucleus)
    if "uo" in plain:
        alone = plain == "uo" and not final and nucleus[0] == "u"
        return [plain.replace("uo", "uơ" if alone else "ươ")]
    return [
        nucleus[: plain.index(base)] + horned + nucleus[plain.index(base) + 1 :]
        for base, horned in _HORNS.items()
        if base in plain
    ]


def _takes_back(key: str) -> str:
    return "ăơư" if key == "w" else _HATS[key]


def _joined(word: str) -> str:
    """`uơ` and `ưo` become `ươ` as soon as a letter follows."""
    parts = _parse(word)
    if parts is None:
        return word
    onset, nucleus, final = parts
    if final or len(nucleus) > 2:
        nucleus = re.sub("uơ|ưo", "ươ", nucleus)
    return _cased(word, onset + nucleus + final)


def _with_tone(word: str, tone: str) -> str:
    """The bare word with its tone where it belongs; without one when it is no syllable any more."""
    parts = _parse(word)
    if not tone or parts is None:
        return word if not tone else _tone_on_last_vowel(word, tone)
    onset, nucleus, final = parts
    at = len(onset) + _tone_place(nucleus, final)
    return normalize("NFC", word[: at + 1] + tone + word[at + 1 :])


def _tone_place(nucleus: str, final: str) -> int:
    marked = [at for at, letter in enumerate(nucleus) if letter in _MARKS]
    if marked:
        return marked[-1]
    if len(nucleus) == 1:
        return 0
    return 1 if final or len(nucleus) == 3 else 0


def _tone_on_last_vowel(word: str, tone: str) -> str:
    for at in range(len(word) - 1, -1, -1):
        if _MARKS.get(word[at].lower(), word[at].lower()) in "aeiouy":
            return normalize("NFC", word[: at + 1] + tone + word[at + 1 :])
    return word


def _split_tone(word: str) -> tuple[str, str]:
    spread = normalize("NFD", word)
    tone = next((mark for mark in spread if mark in _TONES.values()), "")
    return normalize("NFC", "".join(mark for mark in spread if mark not in _TONES.values())), tone


def _parse(bare: str) -> tuple[str, str, str] | None:
    """(onset, nucleus, final) in small letters, or None when the letters form no Vietnamese syllable."""
    found = _SYLLABLE.fullmatch(bare.lower())
    if found is None or found[2] not in _NUCLEI:
        return None
    return found[1], found[2], found[3] or ""


def _cased(pattern: str, letters: str) -> str:
    """`letters` with the capitals of `pattern`, which is as long."""
    return "".join(new.upper() if old.isupper() else new for old, new in zip(pattern, letters, strict=True))
