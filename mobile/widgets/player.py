"""Plays a sound file. A phone without a way to play says so, and pictures and words do without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.event import EventDispatcher
from kivy.properties import BooleanProperty, ObjectProperty


class Player(EventDispatcher):
    """One sound at a time. `playing` tells whether it is heard; `when_over()` is called when one ends by itself."""

    playing = BooleanProperty(False)
    when_over: Callable[[], None] = ObjectProperty(lambda: None)

    def __init__(self) -> None:
        super().__init__()
        self._sound: Any = None

    def play(self, path: Path) -> bool:
        """Play from the beginning; False when this phone cannot play the file."""
        from kivy.core.audio import SoundLoader  # it opens the sound device: only for those who listen

        self.stop()
        sound = SoundLoader.load(str(path))
        if sound is None or sound.length <= 0:
            return False
        self._sound = sound
        sound.fbind("on_stop", self._stopped)
        sound.play()
        self.playing = True
        return True

    def stop(self) -> None:
        """Be quiet."""
        sound, self._sound = self._sound, None
        self.playing = False
        if sound is not None:
            sound.stop()
            sound.unload()

    def _stopped(self, sound: Any) -> None:
        if sound is self._sound:  # it came to its end; nobody stopped it
            self.stop()
            self.when_over()
