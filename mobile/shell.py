"""The Kivy application: one window, a stack of screens, and what the phone's system tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock, mainthread
from kivy.core.window import Window
from kivy.metrics import dp
from kivy.uix.floatlayout import FloatLayout

from mobile import sweeping
from mobile.idle import Idle
from mobile.phone import Phone
from mobile.platform.device import Device
from mobile.screens.base import Screen
from mobile.screens.bell import Bell
from mobile.screens.by_name import load_the_rest, screen_of
from mobile.settings import Settings
from mobile.store.vault import vault_of
from mobile.theme import theme
from mobile.widgets.bars import BottomBar
from mobile.widgets.fields import composing
from mobile.widgets.snack import Snack
from mobile.widgets.undo import Undo
from mobile.words import words
from shared.clock import Clock as FieldClock
from shared.faults import Refused

#: Android's back key, as Kivy names it.
BACK_KEY = 27
#: What the window tells when somebody is there.
SIGNS_OF_LIFE = ("on_touch_down", "on_touch_move", "on_key_down", "on_textinput")
#: How often the phone looks whether anybody is there, in seconds.
LOOK_EVERY_S = 5


class Stage(FloatLayout):
    """Shows the screen on top of a stack, and above it what was just done."""

    def __init__(self, phone: Phone, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.phone = phone
        self.stack: list[Screen] = []
        self._snack: Snack | None = None
        self._undo = Undo()
        self._undo.fbind("share", self._show_undo)

    @property
    def top(self) -> Screen:
        """The screen that is shown."""
        return self.stack[-1]

    def go(self, name: str, **params: Any) -> Screen:
        """See Navigator."""
        self.unsay()
        try:
            screen = screen_of(name)(self.phone, **params)
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
        screen = screen_of(name)(self.phone, **params)
        self.stack.append(screen)
        self._put_on(screen)
        return screen

    def start(self, name: str, **params: Any) -> Screen:
        """See Navigator."""
        if self.phone.locked:
            self._undo.drop()
        self._clear()
        return self.go(name, **params)

    def close(self) -> None:
        """Leave every screen; nothing ticks any more."""
        self._undo.drop()
        self._clear()

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
        if action:
            self._undo.offer(when_action)
        self._snack = Snack(text=text, tone=tone, action=action, when_action=self.undo)
        self.add_widget(self._snack)
        self._place_snack()
        self._snack.stay()

    def unsay(self) -> None:
        """Take away what was said; what it offers to undo stays on the bar until its minute is over."""
        if self._snack is not None:
            self._snack.leave()
            self._snack = None

    def undo(self) -> None:
        """See Navigator."""
        self.unsay()
        try:
            self._undo.take()
        except Refused as refused:
            self.say(words.fault(refused.faults[0]), tone="late")

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

    def _clear(self) -> None:
        self.unsay()
        self.clear_widgets()
        for screen in reversed(self.stack):
            screen.leave()
        self.stack.clear()

    def _put_on(self, screen: Screen) -> None:
        self.add_widget(screen, index=len(self.children))
        screen.undo = self._undo.share
        screen.refresh_bar()
        screen.show()
        for foot in _feet(screen):
            foot.fbind("height", self._place_snack)

    def _show_undo(self, _: Any, share: float) -> None:
        if self.stack:
            self.top.undo = share

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
        self,
        home: Path,
        *,
        server: str = "",
        code: str = "",
        pin: str = "",
        clock: FieldClock | None = None,
        device: Device | None = None,
    ) -> None:
        super().__init__()
        settings = Settings.load(home)
        if server:
            settings.server = server
        self._pin = pin
        self.phone = Phone(home, settings, handover=_on_drawing_thread, clock=clock, device=device)
        self.phone.code = code
        self.phone.rebuild = self.rebuild
        self.idle = Idle()
        self._sweeping = sweeping.Sweeping()
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
        self.stage.start(self.phone.first_screen)
        Window.bind(on_keyboard=self._key)
        for sign_of_life in SIGNS_OF_LIFE:
            Window.fbind(sign_of_life, self._touched)
        sweeping.begin()
        self.bell = Bell(self.phone)
        Clock.schedule_once(lambda _: load_the_rest())
        self._watch = Clock.schedule_interval(lambda _: self.lock_when_idle(), LOOK_EVERY_S)
        self._sweeper = Clock.schedule_interval(lambda _: self._sweeping.look(self.phone.syncing), 1)
        return self.stage

    def apply_settings(self) -> None:
        """Speak and write as the settings say."""
        settings = self.phone.settings
        words.lang = settings.lang
        theme.large, theme.sun = settings.large, settings.sun
        composing["way"] = settings.typing

    def rebuild(self) -> None:
        """Build the screens anew after a change of language or size, and return to the settings."""
        self.phone.keep_settings()
        self.apply_settings()
        if self.phone.locked:
            self.stage.start(self.phone.first_screen)
        else:
            self.stage.start("home")
            self.stage.go("settings")

    def on_start(self) -> None:
        """Open the phone at once when its PIN was given with the command."""
        if self._pin and self.phone.locked and vault_of(self.phone.home).exists:
            self.phone.unlock(self._pin)
            self.phone.enter()

    def lock_when_idle(self) -> None:
        """Lock when nobody touched the phone for as long as the settings say; a first fetch is waited for (L12)."""
        phone = self.phone
        if not phone.locked and self.idle.longer_than(phone.settings.lock_after_min) and phone.store.ready:
            phone.lock()

    def on_pause(self) -> bool:
        """Drafts are already kept, and the time goes on."""
        return True

    def on_resume(self) -> None:
        """Lock after a long absence, sync after a short one."""
        self.lock_when_idle()
        self.phone.sync_soon()

    def on_stop(self) -> None:
        """Leave the screens and close the store."""
        self.stage.close()
        Window.unbind(on_keyboard=self._key)
        for sign_of_life in SIGNS_OF_LIFE:
            Window.funbind(sign_of_life, self._touched)
        self._watch.cancel()
        self._sweeper.cancel()
        self.bell.close()
        self.phone.close()

    def _touched(self, *_: Any) -> None:
        self.idle.touched()
        self._sweeping.touched()

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
