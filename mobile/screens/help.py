"""Help: a picture of a screen with numbers on it, and what each number is for."""

from typing import Any

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.image import Image

from mobile import guidance
from mobile.screens.page import PageScreen
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Strip, text
from mobile.words import words


class Picture(Image):
    """A picture of a screen, as wide as a thumb's reach and as tall as it is drawn."""


class Badge(BoxLayout):
    """The number of a step, as it stands in the picture."""

    number = NumericProperty(1)


class StepLine(Strip):
    """A step: its number and its words."""

    number = NumericProperty(1)
    text = StringProperty("")


class HelpScreen(PageScreen):
    """The help of one screen."""

    name = "help"

    def prepare(self, screen: str, **_: Any) -> None:
        """Know which screen is asked about."""
        self.about = screen
        self.title = words.t("help.title")

    def show(self) -> None:
        """What the screen is for, its picture, its steps."""
        page = self.ids.page
        page.clear()
        purpose, *steps = guidance.pages()[self.about]
        page.add(text(purpose.text(words.lang), bold=True))
        page.add(Picture(source=str(guidance.picture(self.about, words.lang))))
        for step in steps:
            page.add(StepLine(number=step.number, text=step.text(words.lang)))


load_rules(__file__)
