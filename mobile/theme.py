"""How the phone looks: the tokens of the design, named as the pages' tokens are, and the type sizes.

Sizes are in pixels and follow the screen's density; `theme.large` makes text 1.3 times as tall. Screens read
these values while they are built, so a change of size builds the screens anew (`app.rebuild`).
"""

from kivy.metrics import dp

#: Large-text mode, as the design asks.
LARGE = 1.3

Colour = tuple[float, float, float, float]


def colour(text: str, alpha: float = 1.0) -> Colour:
    """The colour of ``#rrggbb`` as Kivy takes it."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return (red, green, blue, alpha)


#: Tokens by their names. Every pair of ink on paper stands above a contrast of 4.5 to 1.
COLOURS = {
    "ink": colour("#15272b"),
    "muted": colour("#55686c"),
    "paper": colour("#f4f6f5"),
    "card": colour("#ffffff"),
    "line": colour("#d5dddc"),
    "brand": colour("#0b5c63"),
    "good": colour("#1c6b3f"),
    "warn": colour("#8a5200"),
    "late": colour("#a8281f"),
}
#: The same where the sun falls on the screen: black on white, above 7 to 1.
SUN = {
    "ink": colour("#000000"),
    "muted": colour("#2f3d40"),
    "paper": colour("#ffffff"),
    "card": colour("#ffffff"),
    "line": colour("#4a5a5d"),
    "brand": colour("#063c41"),
    "good": colour("#0a4526"),
    "warn": colour("#5a3500"),
    "late": colour("#7a150e"),
}


class Theme:
    """One look for the whole app; `large` and `sun` are the worker's settings."""

    ink: Colour
    muted: Colour
    paper: Colour
    card: Colour
    line: Colour
    brand: Colour
    good: Colour
    warn: Colour
    late: Colour
    clear = (0.0, 0.0, 0.0, 0.0)
    #: The tint behind a chip or a note of each tone.
    washes = {
        "brand": colour("#e1eeee"),
        "good": colour("#e3f1e8"),
        "warn": colour("#fbeed8"),
        "late": colour("#fae5e2"),
        "muted": colour("#e9eeed"),
        "ink": colour("#e9eeed"),
    }

    def __init__(self) -> None:
        self.large = False
        self.sun = False

    @property
    def sun(self) -> bool:
        """Whether the strongest contrast was asked for."""
        return self._sun

    @sun.setter
    def sun(self, asked: bool) -> None:
        self._sun = asked
        for name, value in (SUN if asked else COLOURS).items():
            setattr(self, name, value)

    @property
    def stroke(self) -> float:
        """How thick a line around a thing is."""
        return float(dp(2 if self.sun else 1))

    @property
    def heavy(self) -> float:
        """How thick a line is that says: this one."""
        return float(dp(4 if self.sun else 2))

    @property
    def scale(self) -> float:
        """How much taller than normal text is."""
        return LARGE if self.large else 1.0

    def tone(self, name: str) -> Colour:
        """A token's colour by its name: ink, muted, brand, good, warn, late, card."""
        found: Colour = getattr(self, name)
        return found

    def wash(self, name: str) -> Colour:
        """The pale tint that goes with a tone."""
        return self.washes[name]

    def text(self, size: float) -> float:
        """A height of text in pixels; `size` as at normal text, in dp."""
        return float(dp(size) * self.scale)

    @property
    def small(self) -> float:
        """Second lines, chips, hints: the smallest text there is."""
        return self.text(16)

    @property
    def body(self) -> float:
        """What is read and written."""
        return self.text(18)

    @property
    def heading(self) -> float:
        """Titles of cards and bars."""
        return self.text(20)

    @property
    def title(self) -> float:
        """The one thing a screen is about."""
        return self.text(24)

    @property
    def figure(self) -> float:
        """Numbers that are the message."""
        return self.text(32)

    @property
    def touch(self) -> float:
        """The least height of anything a thumb must meet."""
        return float(dp(48) * (1.0 + (self.scale - 1.0) / 2))

    @property
    def tall(self) -> float:
        """The height of main buttons, choices and fields."""
        return float(dp(56) * (1.0 + (self.scale - 1.0) / 2))

    radius = property(lambda self: float(dp(8)))
    s4 = property(lambda self: float(dp(4)))
    s8 = property(lambda self: float(dp(8)))
    s12 = property(lambda self: float(dp(12)))
    s16 = property(lambda self: float(dp(16)))
    s24 = property(lambda self: float(dp(24)))
    s32 = property(lambda self: float(dp(32)))


theme = Theme()
