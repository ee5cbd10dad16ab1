"""A process of the real app that somebody writes in, one touch after the other, and that waits to be killed.

Run as ``python -m tests.phone.killed HOME SCREEN PARAMS SEED``: it opens the form, and after every touch tells in one
line of JSON what stands on the screen, then waits for a line on its standard input before it goes on.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random
from typing import Any

from shared.clock import FixedClock
from tests.mobile.phones import PIN, TODAY
from tests.phone.harness import Harness

TYPED = ("Lowf", "Tru", "hooj", "xa")
DIGITS = ("7", "12", "2022")
#: A finger now and then meets a question before a number: what is chosen shows what else is asked.
PREFERRED = {"Segment": 3, "VvmStage": 2, "Toggle": 2, "Writing": 3, "Pressable": 2, "Row": 2}


def open_form(home: Path, screen: str, params: dict[str, str]) -> Harness:
    """The app on a phone that was set up before, unlocked, on a form. It never syncs."""
    harness = Harness(home, FixedClock(TODAY))
    phone = harness.app.phone
    phone.sync = phone.sync_soon = lambda: None
    phone.unlock(PIN)
    harness.app.stage.start(screen, **params)
    harness.settle()
    harness.at(screen)
    return harness


def standing(harness: Harness) -> list[list[Any]]:
    """What stands on the form: every value of everything that takes one, with the words above it."""
    found = []
    for widget in harness.every(harness.screen):
        value = _value(widget)
        if value not in (None, "", [], [""]) and not _inside(widget, "SearchField"):
            found.append([type(widget).__name__, _words_above(widget), value])
    return found


class Hand:
    """Somebody who touches one field after the other, in an order the seed decides."""

    def __init__(self, harness: Harness, seed: int) -> None:
        self.harness, self.chance = harness, Random(seed)
        self._done: set[str] = set()

    def touch(self) -> str:
        """One touch, or one word typed; answers what was done."""
        harness, form = self.harness, self.harness.screen.name
        fields = [w for w in harness.every(harness.screen) if _may_touch(w)]
        assert fields, f"nothing can be given on {form}: {harness.texts()}"
        fresh = [w for w in fields if _name(w) not in self._done] or fields
        field = self.chance.choices(fresh, [PREFERRED[type(w).__name__] for w in fresh])[0]
        done = _name(field)
        self._done.add(done)
        if type(field).__name__ == "Writing":
            words = DIGITS if field.digits_only else TYPED
            harness.type(field, self.chance.choice(words)[: int(field.longest)])
        else:
            harness.touch(field)
        if harness.screen.name == "pick":
            rows = [w for w in harness.every() if type(w).__name__ == "RecycledRow"]
            harness.touch(self.chance.choice(rows[:3]))
        harness.settle()
        harness.at(form)
        return done


def _may_touch(widget: Any) -> bool:
    name = type(widget).__name__
    if widget.disabled or _inside(widget, "SearchField"):
        return False
    if name == "Pressable":
        return _inside(widget, "PickField") or (
            _inside(widget, "Stepper") and widget is not widget.parent.ids.number.__self__
        )
    if name == "Row":
        return str(widget.icon).startswith("radiobox")
    return name in ("Segment", "VvmStage", "Toggle", "Writing")


def _value(widget: Any) -> Any:
    name = type(widget).__name__
    if name == "Writing":
        return widget.text
    if name == "Segments":
        return sorted(widget.chosen)
    if name == "Toggle":
        return bool(widget.active)
    if name == "Row":
        return widget.icon == "radiobox-marked" if widget.icon.startswith("radiobox") else None
    if name == "Dots":
        return [*widget.answered, widget.current]
    if name in ("Stepper", "PickField", "VvmPicker"):
        return widget.value or (0 if widget.value == 0 and name == "Stepper" else "")
    return None


def _name(widget: Any) -> str:
    return f"{type(widget).__name__} {_words_above(widget)!r}"


def _words_above(widget: Any) -> str:
    while widget is not None and widget.parent is not widget:
        for name in ("label", "title", "text"):
            if type(widget).__name__ != "Writing" and getattr(widget, name, ""):
                return str(getattr(widget, name))
        widget = widget.parent
    return ""


def _inside(widget: Any, name: str) -> bool:
    above = widget.parent
    while above is not None and above.parent is not above:
        if type(above).__name__ == name:
            return True
        above = above.parent
    return False


def main(home: str, screen: str, params: str, seed: str) -> None:
    """Touch, tell, wait; until the process is killed."""
    harness = open_form(Path(home), screen, json.loads(params))
    hand = Hand(harness, int(seed))
    done = "opened"
    while True:
        print(json.dumps({"did": done, "stands": standing(harness)}, ensure_ascii=False), flush=True)
        if not sys.stdin.readline():
            return
        done = hand.touch()


if __name__ == "__main__":
    main(*sys.argv[1:])
