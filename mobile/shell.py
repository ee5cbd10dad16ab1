"""The Kivy application: one window, a stack of screens, and what the phone's system tells."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import mainthread
from kivy.core.window import Window
from kivy.metrics import dp
from kivy.uix.floatlayout import FloatLayout

import mobile.screens.every  # noqa: F401  declares every screen
from mobile.phone import Phone
from mobile.screens.base import SCREENS, Screen
from mobile.settings import Settings
from mobile.store.store import Store
from mobile.theme import theme
from mobile.widgets.bars import BottomBar
from mobile.widgets.fields import telex
from mobile.widgets.snack import Snack
from mobile.words import words
from shared.clock import Clock as FieldClock
from shared.faults import Refused

#: Android's back key, as Kivy names it.
BACK_KEY = 27
#: How long the app may lie in the background before it asks for the PIN again, in seconds.
LOCK_AFTER_S = 300


class Stage(FloatLayout):
    """Shows the screen on top of a stack, and above it what was just done."""

    def __init__(self, phone: Phone, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.phone = phone
        self.stack: list[Screen] = []
        self._snack: Snack | None = None

    @property
    def top(self) -> Screen:
        """The screen that is shown."""
        return self.stack[-1]

    def go(self, name: str, **params: Any) -> Screen:
        """See Navigator."""
        self.unsay()
        try:
            screen = SCREENS[name](self.phone, **params)
        except Refused as refused:
            if not self.stack:
                raise
            self.say(words.fault(refused.faults[0]), tone="late")
            return self.top
        if self.stack:
            self.remove_widget(self.top)
        self.stack.append(screen)
        self._put_on(screen)
        return screen

    def swap(self, name: str, **params: Any) -> Screen:
        """See Navigator."""
        self.unsay()
        left = self.stack.pop()
        self.remove_widget(left)
        left.leave()
        screen = SCREENS[name](self.phone, **params)
        self.stack.append(screen)
        self._put_on(screen)
        return screen

    def start(self, name: str, **params: Any) -> Screen:
        """See Navigator."""
        self.unsay()
        self.clear_widgets()
        for screen in reversed(self.stack):
            screen.leave()
        self.stack.clear()
        return self.go(name, **params)

    def back(self) -> None:
        """See Navigator."""
        if len(self.stack) > 1:
            self.unsay()
            left = self.stack.pop()
            self.remove_widget(left)
            left.leave()
            self._put_on(self.top)

    def say(
        self, text: str, tone: str = "good", action: str = "", when_action: Callable[[], None] = lambda: None
    ) -> None:
        """See Navigator."""
        self.unsay()
        self._snack = Snack(text=text, tone=tone, action=action, when_action=when_action)
        self.add_widget(self._snack)
        self._place_snack()
        self._snack.stay()

    def unsay(self) -> None:
        """Take away what was said."""
        if self._snack is not None:
            self._snack.leave()
            self._snack = None

    def refresh_bar(self) -> None:
        """See Navigator."""
        if self.stack:
            self.top.refresh_bar()

    def refresh(self) -> None:
        """See Navigator."""
        if self.stack and self.top.live:
            self.top.show()

    def on_size(self, *_: Any) -> None:
        """Keep what was said above the main action."""
        self._place_snack()

    def _put_on(self, screen: Screen) -> None:
        self.add_widget(screen, index=len(self.children))
        screen.refresh_bar()
        screen.show()
        for foot in _feet(screen):
            foot.fbind("height", self._place_snack)

    def _place_snack(self, *_: Any) -> None:
        if self._snack is None or not self.stack:
            return
        foot = sum(each.height for each in _feet(self.top))
        self._snack.width = min(self.width - theme.s32, dp(600))
        self._snack.center_x = self.center_x
        self._snack.y = foot + theme.s12


class TungNhaApp(App):
    """The app of one phone, kept in `home`."""

    def __init__(
        self, home: Path, *, server: str = "", code: str = "", clock: FieldClock | None = None
    ) -> None:
        super().__init__()
        settings = Settings.load(home)
        if server:
            settings.server = server
        self.code = code
        self.phone = Phone(home, settings, handover=_on_drawing_thread, clock=clock)
        self.phone.code = code
        self.phone.rebuild = self.rebuild
        self._paused_at = 0.0
        self.stage: Stage

    def load_kv(self, filename: str | None = None) -> bool:
        """No .kv is loaded by the app's name: every module loads its own, once."""
        return False

    def build(self) -> Stage:
        """The stage, with the lock on it (or the first PIN)."""
        self.title = "Từng Nhà"
        Window.clearcolor = theme.paper
        Window.softinput_mode = "below_target"
        self.apply_settings()
        self.stage = Stage(self.phone)
        self.phone.nav = self.stage
        self.stage.start("unlock" if Store.exists(self.phone.home) else "choose_pin")
        Window.bind(on_keyboard=self._key)
        return self.stage

    def apply_settings(self) -> None:
        """Speak and write as the settings say."""
        settings = self.phone.settings
        words.lang = settings.lang
        theme.large = settings.large
        telex["on"] = settings.telex

    def rebuild(self) -> None:
        """Build the screens anew after a change of language or size, and return to the settings."""
        self.phone.settings.save(self.phone.home)
        self.apply_settings()
        if self.phone.locked:
            self.stage.start("unlock" if Store.exists(self.phone.home) else "choose_pin")
        else:
            self.stage.start("home")
            self.stage.go("settings")

    def on_pause(self) -> bool:
        """Drafts are already kept; remember when the app was put aside."""
        self._paused_at = time.monotonic()
        return True

    def on_resume(self) -> None:
        """Lock after a long absence, sync after a short one."""
        if self.phone.locked:
            return
        if time.monotonic() - self._paused_at > LOCK_AFTER_S:
            self.phone.lock()
        else:
            self.phone.sync()

    def on_stop(self) -> None:
        """Close the store."""
        Window.unbind(on_keyboard=self._key)
        self.phone.close()

    def _key(self, _window: Any, key: int, *_: Any) -> bool:
        if key == BACK_KEY and len(self.stage.stack) > 1:
            self.stage.top.go_back()
            return True
        return False


def _feet(screen: Screen) -> list[BottomBar]:
    return [child for child in screen.children if isinstance(child, BottomBar)]


@mainthread
def _on_drawing_thread(work: Callable[[], None]) -> None:
    work()
