"""Every ink can be read on what it stands on: 4.5 to 1, and 7 to 1 where the sun falls on the screen."""

from itertools import product

import pytest

TONES = ("ink", "muted", "brand", "good", "warn", "late")


def contrast(one, other):
    """WCAG 2.1: the ratio of two relative luminances."""

    def luminance(tint):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in tint[:3]]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pairs(theme):
    """(name, ink, what it stands on) of everything that is written."""
    for tone, ground in product(TONES, ("paper", "card")):
        yield f"{tone} on {ground}", theme.tone(tone), getattr(theme, ground)
    for tone in TONES:
        yield f"{tone} on its wash", theme.tone(tone), theme.wash(tone)
        yield f"ink on the wash of {tone}", theme.ink, theme.wash(tone)
        yield f"card on {tone}", theme.card, theme.tone(tone)


@pytest.fixture
def theme():
    import tests.phone.harness  # noqa: F401  sets Kivy up before the theme asks it for sizes
    from mobile.theme import Theme

    return Theme()


def test_the_two_looks_have_the_same_tokens(theme):
    from mobile.theme import COLOURS, SUN

    assert COLOURS.keys() == SUN.keys()


@pytest.mark.parametrize(("sun", "least"), [(False, 4.5), (True, 7)])
def test_every_pair_of_ink_and_ground_has_enough_contrast(theme, sun, least):
    theme.sun = sun
    low = {name: round(contrast(ink, ground), 2) for name, ink, ground in pairs(theme)}
    assert {name: ratio for name, ratio in low.items() if ratio < least} == {}


def test_lines_are_thicker_and_darker_in_the_sun(theme):
    """An edge of a control is told apart at 3 to 1 (WCAG 1.4.11)."""
    thin = theme.stroke, theme.heavy
    theme.sun = True
    assert (theme.stroke, theme.heavy) > thin
    assert contrast(theme.line, theme.paper) >= 3


@pytest.mark.phone
@pytest.mark.parametrize("large", [False, True])
def test_the_setting_changes_the_screens_and_is_kept(open_phone, large):
    from mobile.settings import Settings
    from mobile.theme import theme

    phone = open_phone("village_health_worker")
    phone.app.phone.settings.large = large
    phone.app.rebuild()
    phone.settle()
    phone.press("Ngoài nắng", "Toggle")
    phone.at("settings")
    assert theme.sun
    assert theme.ink == (0, 0, 0, 1)
    assert Settings.load(phone.app.phone.root).sun
    phone.press("Ngoài nắng", "Toggle")
    assert not theme.sun
