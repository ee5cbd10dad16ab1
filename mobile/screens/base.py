"""What every screen is: a bar, something to read or do, and a way to be shown again."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from mobile.phone import Phone
from mobile.widgets import bars, buttons, choices, fields, lists, numbers, snack, surfaces, text  # noqa: F401
from mobile.widgets.bars import BottomBar, TopBar
from mobile.widgets.loading import load_rules
from mobile.words import words
from shared.faults import Refused, fault

#: Every screen by its name. A name in use is a programming error.
SCREENS: dict[str, type[Screen]] = {}


Found = TypeVar("Found")


def known(found: Found | None) -> Found:
    """What the store holds. Raises Refused (phone.unknown_subject) when it holds no such thing."""
    if found is None:
        raise Refused(fault("phone.unknown_subject"))
    return found


class ScreenBar(TopBar):
    """The bar of one screen."""

    screen = ObjectProperty(None, allownone=True, rebind=True)


class Screen(BoxLayout):
    """One screen. Subclasses set `name`; `show` fills it and is called again when its data may have changed."""

    name: ClassVar[str] = ""
    #: A screen that is being written on is not filled anew when a sync ends.
    live: ClassVar[bool] = True

    phone = ObjectProperty()
    title = StringProperty("")
    line = StringProperty("")
    mark = StringProperty("")
    #: How much of the minute is left in which what was done last can be undone, from 1 to 0.
    undo = NumericProperty(0)
    #: How far a sync is, from 0 to 1; -1 when none runs.
    moving = NumericProperty(-1)
    practice = BooleanProperty(False)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name:
            if cls.name in SCREENS:
                raise ValueError(f"screen {cls.name!r} is declared twice")
            SCREENS[cls.name] = cls

    def __init__(self, phone: Phone, **params: Any) -> None:
        self.params = params
        super().__init__(phone=phone)
        self.prepare(**params)
        self.refresh_bar()

    def prepare(self, *_: Any, **params: Any) -> None:
        """Build what does not change while the screen stands."""

    def show(self) -> None:
        """Fill the screen with what the store holds now."""

    def leave(self) -> None:
        """The screen is put away for good."""

    def refresh_bar(self) -> None:
        """Say how the phone stands with the server, or that this is practice."""
        phone = self.phone
        self.practice = phone.practice
        self.line = words.t("practice.bar") if self.practice else phone.sync_line()
        self.mark = "school-outline" if self.practice else phone.sync_mark()
        under_way = phone.progress if phone.progress and phone.progress.total else None
        self.moving = under_way.done / under_way.total if under_way else -1

    def offer(self, offered: bool) -> None:
        """Take the main action away from a worker who may not do it: what a role may not record is not offered."""
        feet = [child for child in self.children if isinstance(child, BottomBar)]
        if not offered:
            for foot in feet:
                self.remove_widget(foot)

    def go_back(self) -> None:
        """What the arrow and the phone's back key do."""
        self.phone.nav.back()

    def open_outbox(self) -> None:
        """What the words beside the cloud do: how sending stands, or the way out of practice."""
        if self.phone.practice:
            self.phone.leave_practice()
        elif self.name != "outbox":
            self.phone.nav.go("outbox")

    def open_help(self) -> None:
        """What the question mark does."""
        self.phone.nav.go("help", screen=self.name)

    def take_back(self) -> None:
        """What the mark of undoing does."""
        self.phone.nav.undo()


load_rules(__file__)
