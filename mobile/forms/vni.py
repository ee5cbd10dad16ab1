"""Vietnamese by VNI, composed by the app itself: see `telex`, the other way of typing.

Keys: 1 to 5 set the tone (sắc, huyền, hỏi, ngã, nặng) and 0 takes it away; 6 gives â ê ô, 7 gives ơ ư, 8 gives ă,
9 gives đ; all may come at the end of the word. A key pressed again is taken back and written plainly ("a1" gives
"á", "a11" gives "a1"). A number after a space, a sign or another number stays one, and so does one behind what is
no Vietnamese syllable.
"""

from mobile.forms.syllables import (
    ACUTE,
    DOT,
    GRAVE,
    HOOK,
    TILDE,
    Syllable,
    hatted,
    horned,
    parse,
    split_tone,
    with_letter,
    with_mark,
    with_stroke,
    with_tone,
    word_before,
)

_TONES = {"1": ACUTE, "2": GRAVE, "3": HOOK, "4": TILDE, "5": DOT}
_TAKE_BACK = {"6": "âêô", "7": "ơư", "8": "ă"}


def type_key(before: str, key: str) -> str:
    """The text before the cursor after `key` was pressed. Anything but one plain letter or digit is only added."""
    if len(key) != 1 or not key.isascii() or not key.isalnum():
        return before + key
    rest, word = word_before(before)
    if not word:
        return before + key
    return rest + (with_letter(word, key) if key.isalpha() else _press(word, key))


def _press(word: str, key: str) -> str:
    if key == "9":
        return with_stroke(word, key) or word + key
    bare, tone = split_tone(word)
    parts = parse(bare)
    if parts is None:
        return word + key
    if key == "0":
        return bare if tone else word + key
    if key in _TONES:
        return bare + key if tone == _TONES[key] else with_tone(bare, _TONES[key])
    return with_mark(word, _nuclei(parts, key), _TAKE_BACK[key], key) or word + key


def _nuclei(parts: Syllable, key: str) -> list[str]:
    if key == "6":
        return [nucleus for letter in "aeo" for nucleus in hatted(parts.nucleus, letter)]
    return horned(parts, "uo" if key == "7" else "a")
