"""Drives the real app without a screen: frames, touches, keys, pictures. One app at a time, one window for all."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mobile import sweeping
from mobile.app import prepare

# Kivy reads its settings when it is imported, so everything that imports it comes after this.
if "kivy.metrics" in sys.modules:
    raise ImportError(
        "a test module imports Kivy before the harness does: its window would have another size"
    )
prepare(os.environ.get("PHONE_SIZE"), offscreen=True, density=float(os.environ.get("PHONE_DENSITY", "2")))

from kivy.base import EventLoop  # noqa: E402
from kivy.clock import Clock as KivyClock  # noqa: E402
from kivy.core.window import Window  # noqa: E402
from kivy.metrics import dp  # noqa: E402
from kivy.uix.recycleview.views import _cached_views  # noqa: E402  rows that were shown hold their screen
from kivy.uix.widget import Widget  # noqa: E402

import mobile.screens.every  # noqa: E402, F401  the app loads it behind the lock, tests at once
from mobile.bench.hands import Finger  # noqa: E402
from mobile.picture import frame, save_picture  # noqa: E402
from mobile.screens.base import Screen  # noqa: E402
from mobile.shell import TungNhaApp  # noqa: E402
from mobile.widgets.choices import Segment  # noqa: E402
from mobile.widgets.numbers import NumberPad  # noqa: E402
from shared.clock import Clock  # noqa: E402

#: Nobody feels a search for what nobody holds; one is made when an app is closed.
SELDOM = (50_000, 50, 100)
#: What was made since the app was opened; a full search would walk over all that other tests of the process left.
RECENT = 1

#: A turn of the app's clock, which tests move on faster than real time.
TURN_S = 1 / 60


class _Time:
    """The time Kivy's clock is told."""

    ahead = 0.0
    real = staticmethod(KivyClock.time)

    @classmethod
    def now(cls) -> float:
        return float(cls.real()) + cls.ahead


@contextmanager
def own_time() -> Iterator[None]:
    """Meanwhile only time that is settled passes, so that a picture shows the same on a slow machine."""
    real, stopped = _Time.real, float(_Time.real())
    _Time.real = staticmethod(lambda: stopped)
    try:
        yield
    finally:
        _Time.ahead -= float(real()) - stopped
        _Time.real = staticmethod(real)


KivyClock.time = _Time.now
KivyClock._max_fps = 0

#: A scroll view waits this long before it hands a touch on.
SETTLE_S = 0.25


class Harness:
    """One running app."""

    def __init__(self, home: Path, clock: Clock, **more: Any) -> None:
        self.closed = False
        for old in list(Window.children):
            Window.remove_widget(old)
        home.mkdir(parents=True, exist_ok=True)
        sweeping.THRESHOLDS = SELDOM
        self.app = TungNhaApp(home, clock=clock, **more)
        self.stage = self.app.build()
        self.app._sweeper.cancel()
        EventLoop.ensure_window()
        EventLoop.status = "started"
        Window.add_widget(self.stage)
        self.settle(0.05)

    def close(self) -> None:
        """End the app."""
        self.closed = True
        self.app.on_stop()
        Window.remove_widget(self.stage)
        self.settle(0.02)
        _cached_views.clear()
        del self.app, self.stage
        gc.collect(RECENT)

    # Time

    def frames(self, count: int = 5) -> None:
        """Some turns of the clock."""
        for _ in range(count):
            frame()

    def settle(self, seconds: float = SETTLE_S) -> None:
        """Let touches be handed on and layouts come to rest; the time passes in the app only."""
        for _ in range(max(1, round(seconds / TURN_S))):
            _Time.ahead += TURN_S
            frame()

    def wait_for(self, happened: Callable[[], Any], seconds: float = 20.0) -> Any:
        """Run until something is true; answers it."""
        until = time.monotonic() + seconds
        while not (found := happened()):
            if time.monotonic() > until:
                raise AssertionError(f"did not happen within {seconds} s; the screen says {self.texts()}")
            frame()
            time.sleep(0.005)
        return found

    # Finding

    @property
    def screen(self) -> Screen:
        """The screen that is shown."""
        return self.stage.top

    def at(self, name: str) -> Screen:
        """Assert which screen is shown."""
        assert self.screen.name == name, f"on {self.screen.name}, not {name}: {self.texts()}"
        return self.screen

    def every(self, root: Widget | None = None) -> Iterator[Widget]:
        """Every widget of the stage that can be seen."""
        root = root or self.stage
        for child in root.children:
            if child.opacity > 0:
                yield child
                yield from self.every(child)

    def texts(self) -> list[str]:
        """What can be read on the screen."""
        return [w.text for w in self.every() if type(w).__name__ in READ and getattr(w, "text", "")]

    def says(self, text: str) -> bool:
        """Whether some text holds these words."""
        return any(text in shown for shown in self.texts())

    def find(self, text: str = "", kind: str = "", inside: Widget | None = None) -> Widget:
        """The one widget that can be pressed and carries exactly this text. AssertionError for none or several."""
        found = [
            widget
            for widget in self.every(inside)
            if type(widget).__name__ in ((kind,) if kind else PRESSED) and text in _labels(widget)
        ]
        assert len(found) == 1, f"{len(found)} widgets say {text!r}: {self.texts()}"
        return found[0]

    def id(self, name: str) -> Widget:
        """The one widget of the screen with this id."""
        found = {id(w.__self__): w.__self__ for w in [self.screen.ids.get(name)] if w is not None}
        assert len(found) == 1, f"no id {name!r} on {self.screen.name}: {sorted(self.screen.ids)}"
        return next(iter(found.values()))

    # Hands

    def touch(self, widget: Widget) -> None:
        """Press the middle of a widget; it must be in sight, so a page is scrolled to it first."""
        self.settle(0.06)
        self.bring_into_sight(widget)
        x, y = widget.to_window(*widget.center)
        assert 0 <= x <= Window.width, f"{widget} is beside the window"
        assert 0 <= y <= Window.height, f"{widget} is off the window at {y}"
        touch = Finger(x, y)
        EventLoop.post_dispatch_input("begin", touch)
        self.frames(2)
        EventLoop.post_dispatch_input("end", touch)
        self.settle()

    def press(self, text: str, kind: str = "") -> None:
        """Touch the one thing that carries these words."""
        self.touch(self.find(text, kind))

    def press_id(self, name: str) -> None:
        """Touch the widget with an id."""
        self.touch(self.id(name))

    def choose(self, code: str, inside: Widget | None = None) -> None:
        """Touch the one segment of a code."""
        found = [w for w in self.every(inside) if isinstance(w, Segment) and w.code == code]
        assert len(found) == 1, f"{len(found)} segments for {code!r}"
        self.touch(found[0])

    def pad(self, digits: str) -> None:
        """Press keys of the number pad."""
        self.settle(0.1)
        pads = [w for w in self.every() if isinstance(w, NumberPad)]
        assert len(pads) == 1, f"{len(pads)} number pads"
        for digit in digits:
            self.touch(pads[0].key(digit))

    def slide(self, dx: float, dy: float = 0) -> None:
        """Slide a thumb over the middle of the screen, by dp."""
        touch = Finger(Window.width / 2, Window.height * 0.45)
        EventLoop.post_dispatch_input("begin", touch)
        self.frames(1)
        for step in range(1, 6):
            x = Window.width / 2 + dp(dx) * step / 5
            y = Window.height * 0.45 + dp(dy) * step / 5
            touch.slide(x, y)
            self.frames(1)
        EventLoop.post_dispatch_input("end", touch)
        self.settle()

    def type(self, field: Widget, text: str) -> None:
        """Touch a field and type, key by key, as the keyboard would."""
        writing = field.ids.writing.__self__ if "writing" in field.ids else field
        self.touch(writing)
        assert writing.focus, f"{writing} did not take the focus"
        for key in text:
            Window.dispatch("on_textinput", key)
        self.settle(0.2)

    def put_down(self) -> None:
        """Close the keyboard."""
        for widget in self.every():
            if getattr(widget, "focus", None) is True:
                widget.focus = False
        self.frames()

    def leave_form(self) -> None:
        """Forget what stands on the form and go back."""
        self.app.phone.store.drop_draft(self.screen.key)
        self.screen.go_back()
        self.settle(0.1)

    def bring_into_sight(self, widget: Widget) -> None:
        """Scroll the page a widget stands on, as a thumb would."""
        parent = widget.parent
        while parent is not None and parent is not Window:
            if type(parent).__name__ == "Page":
                if parent.ids.column.height > parent.height:
                    parent.scroll_to(widget, padding=dp(8), animate=False)
                self.frames(3)
                return
            parent = parent.parent

    # Eyes

    def shot(self, path: Path) -> Path:
        """A picture of the screen."""
        self.put_down()
        self.settle(0.15)
        save_picture(path)
        return path


READ = {"Text", "OneLine", "Label", "Fitted"}
PRESSED = {
    "MainButton",
    "QuietButton",
    "Row",
    "RecycledHeading",
    "RecycledRow",
    "Segment",
    "Toggle",
    "PressCard",
    "VillageRow",
    "Pressable",
}


def _labels(widget: Widget) -> set[str]:
    said = {getattr(widget, name, "") for name in ("text", "title")}
    if type(widget).__name__ == "Pressable":
        said |= {getattr(child, "text", "") for child in widget.children}
    return said
