"""The real app off the screen, its frames measured one by one. Imported after `mobile.app.prepare`."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent
from kivy.uix.widget import Widget

from mobile.picture import frame
from mobile.shell import TungNhaApp
from mobile.widgets.numbers import NumberPad
from shared.clock import Clock

#: A frame of a phone, and how long a worker looks at a screen, in seconds.
FRAME_S = 1 / 60
LOOKED_AT_S = 3.5


class Finger(MotionEvent):
    """A touch, in pixels of the window."""

    _ids = itertools.count(1)

    def __init__(self, x: float, y: float) -> None:
        super().__init__("bench", f"finger{next(self._ids)}", _share(x, y))
        self.profile = ["pos"]
        self.is_touch = True
        self.type_id = "touch"

    def depack(self, args: dict[str, float]) -> None:
        """Where it is."""
        self.sx, self.sy = args["x"], args["y"]
        super().depack(args)

    def slide(self, x: float, y: float) -> None:
        """Move it."""
        self.move(_share(x, y))
        EventLoop.post_dispatch_input("update", self)


class Hands:
    """A worker with the app of one phone."""

    def __init__(self, home: Path, clock: Clock) -> None:
        self.app = TungNhaApp(home, clock=clock)
        self.stage = self.app.build()
        EventLoop.ensure_window()
        EventLoop.status = "started"
        Window.add_widget(self.stage)
        self.rest(0.2)

    def close(self) -> None:
        """End the app."""
        self.app.on_stop()

    def rest(self, seconds: float) -> list[float]:
        """Let the app run at a phone's pace; answers how late each frame was done, in seconds.

        A frame that is due while another thread holds the interpreter is as late as one that works long.
        """
        late = []
        due, until = time.perf_counter(), time.perf_counter() + seconds
        while due < until:
            frame()
            late.append(time.perf_counter() - due)
            due = max(due + FRAME_S, time.perf_counter())
            time.sleep(max(0.0, due - time.perf_counter()))
        return late

    def rest_until(self, happened: Callable[[], bool], seconds: float = 120.0) -> list[float]:
        """As `rest`, until something is true. Raises TimeoutError."""
        until = time.perf_counter() + seconds
        late = self.rest(FRAME_S)
        while not happened():
            if time.perf_counter() > until:
                raise TimeoutError("the app did not get there")
            late += self.rest(FRAME_S)
        return late

    def touch(self) -> None:
        """Move a finger that presses nothing: somebody is there."""
        EventLoop.post_dispatch_input("update", Finger(1, 1))

    def look(self) -> None:
        """Touch, and look at the screen for a while."""
        self.touch()
        self.rest(LOOKED_AT_S)

    def unlock(self, pin: str) -> None:
        """Give all digits but the last; the caller measures what the last one does."""
        pad = next(widget for widget in self.every(self.stage) if isinstance(widget, NumberPad))
        for digit in pin:
            pad.key(digit).dispatch("on_release")
            frame()

    def every(self, root: Widget) -> Iterator[Any]:
        """A widget and all below it."""
        yield root
        for child in root.children:
            yield from self.every(child)

    def flick(self, length: float, frames: int) -> list[float]:
        """Slide a finger up the middle of the screen; seconds of work in each frame, and in those after it."""
        x, y = Window.width / 2, Window.height * 0.3
        finger = Finger(x, y)
        EventLoop.post_dispatch_input("begin", finger)
        taken = []
        for step in range(frames * 2):
            started = time.thread_time()
            if step < frames:
                finger.slide(x, y + length * (step + 1) / frames)
            elif step == frames:
                EventLoop.post_dispatch_input("end", finger)
            frame()
            taken.append(time.thread_time() - started)
            time.sleep(FRAME_S / 4)
        return taken


def _share(x: float, y: float) -> dict[str, float]:
    return {"x": x / Window.width, "y": y / Window.height}
