"""Vietnamese by Telex, composed by the app itself: on Android, Kivy's text input keeps the system keyboard
from composing.

`type_key` adds one key to the text before the cursor. Keys: s f r x j set the tone and z takes it away;
a e o twice give â ê ô; w gives ă ơ ư; d twice gives đ; marks may come at the end of the word. A key pressed
again is taken back and written plainly ("baan" gives "bân", "baaan" gives "baan"). The tone stands where
most people write it: hòa, thúy. What is no Vietnamese syllable is left as it was typed.
"""

import re

from mobile.forms.syllables import (
    ACUTE,
    DOT,
    GRAVE,
    HATS,
    HOOK,
    TILDE,
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

_TONES = {"s": ACUTE, "f": GRAVE, "r": HOOK, "x": TILDE, "j": DOT}
_ONSET = re.compile("[bcdđghklmnpqrstvx]{0,3}", re.IGNORECASE)


def type_key(before: str, key: str) -> str:
    """The text before the cursor after `key` was pressed. Anything but one plain letter is only added."""
    if len(key) != 1 or not key.isascii() or not key.isalpha():
        return before + key
    rest, word = word_before(before)
    return rest + _press(word, key)


def _press(word: str, key: str) -> str:
    lower = key.lower()
    if lower == "w" and _ONSET.fullmatch(word):
        return word + ("Ư" if key == "W" else "ư")
    if lower == "d" and (stroked := with_stroke(word, key)) is not None:
        return stroked
    bare, tone = split_tone(word)
    parts = parse(bare)
    if parts is not None:
        if lower in _TONES:
            return bare + key if tone == _TONES[lower] else with_tone(bare, _TONES[lower])
        if lower == "z" and tone:
            return bare
        if lower == "w":
            marked = with_mark(word, horned(parts, "uao"), "ăơư", key)
        elif lower in HATS:
            typed_plainly = lower * 2 in parts.nucleus  # on purpose
            marked = with_mark(word, [] if typed_plainly else hatted(parts.nucleus, lower), HATS[lower], key)
        else:
            marked = None
        if marked is not None:
            return marked
    return with_letter(word, key)
