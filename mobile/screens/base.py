"""What every screen is: a bar, something to read or do, and a way to be shown again."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from mobile.phone import Phone
from mobile.widgets import bars, buttons, choices, fields, lists, numbers, snack, surfaces, text  # noqa: F401
from mobile.widgets.bars import BottomBar, TopBar
from mobile.widgets.loading import load_rules
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
        """Say how the phone stands with the server."""
        self.line = self.phone.sync_line()
        self.mark = self.phone.sync_mark()

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
        """What the cloud does."""
        if self.name != "outbox":
            self.phone.nav.go("outbox")


load_rules(__file__)
