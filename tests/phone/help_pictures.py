"""Draws the pictures of `mobile/help` again: each screen as a walk meets it, with the numbers of its steps on it.

``make help-pictures``, or ``python -m tests.phone.help_pictures visit home`` for some. The `mark` of a step says where
its number stands: ``#id`` of the screen, ``Class``, or ``Class:2`` for the second in sight. The `mark` of step 0 is the
name of the picture the walk takes; without one it is the first picture of the screen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.phone.harness import Harness  # isort: skip  Kivy is set up before anything below imports it

from kivy import kivy_data_dir
from kivy.core.window import Window

from mobile import guidance
from mobile.picture import save_picture
from shared.clock import FixedClock
from tests.mobile.phones import TODAY
from tests.phone import test_pictures as pictures
from tests.phone.layout import Box
from tests.phone.village import set_up
from tests.phone.walks import Walk

#: The pictures that are kept, in pixels: one for a dp.
SIZE = (360, 640)
COLOURS = 16
#: The diameter of a number, in pixels of the window, which has two for a dp.
DISC = 60
INK, PAPER = "#15272b", "#ffffff"
FONT = ImageFont.truetype(str(Path(kivy_data_dir) / "fonts" / "Roboto-Bold.ttf"), 38)


class HelpPictures(pictures.Pictures):
    """Takes the picture of each screen's help when its walk comes by."""

    def __init__(self, phone: Harness, lang: str, folder: Path, wanted: set[str]) -> None:
        super().__init__(phone, lang, False, folder)
        self.wanted = wanted

    def take(self, name: str, screen: str) -> None:
        """Keep the picture if it is the one the help of the screen asks for."""
        self.phone.at(screen)
        purpose, *steps = guidance.pages().get(screen, (None,))
        if screen not in self.wanted or purpose is None or (purpose.mark or name) != name:
            return
        self.wanted.discard(screen)
        self.phone.app.stage.unsay()
        self.phone.app.stage._undo.drop()
        self.phone.put_down()
        self.phone.settle(0.15)
        save_picture(self.folder / "screen.png")
        with Image.open(self.folder / "screen.png") as file:
            drawn = file.convert("RGB")
        for step in steps:
            if not step.mark:
                continue
            place = marked(self.phone, step.mark)
            if place is None:
                self.wrong.append(f"{self.lang} {screen}: {step.mark} is not to be seen")
            else:
                draw_number(drawn, step.number, *place)
        keep_small(drawn.resize(SIZE, Image.Resampling.BOX), guidance.picture(screen, self.lang))


def keep_small(picture: Image.Image, path: Path) -> None:
    """Write a PNG of few colours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=4, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def marked(phone: Harness, mark: str) -> tuple[float, float] | None:
    """The top right corner of what a mark names, in pixels from the window's top left; None when it is not in sight."""
    name, _, number = mark.partition(":")
    if name.startswith("#"):
        found = [phone.screen.ids[name[1:]].__self__]
    else:
        found = [w for w in phone.every() if name in {kind.__name__ for kind in type(w).__mro__}]
    boxes = [Box.of(w) for w in found if w.width > 0 and w.height > 0]
    seen = sorted((-box.top, box.left, box.right) for box in boxes if 0 <= box.top <= Window.height + 2)
    if len(seen) < int(number or 1):
        return None
    below, _, right = seen[int(number or 1) - 1]
    return right, Window.height + below


def draw_number(drawn: Image.Image, number: int, right: float, top: float) -> None:
    """A disc with a number, its middle near that corner and whole inside the window."""
    radius = DISC / 2
    x = min(max(right - radius / 3, radius), drawn.width - radius)
    y = min(max(top + radius / 3, radius), drawn.height - radius)
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=INK, outline=PAPER, width=4)
    pen.text((x, y), str(number), fill=PAPER, font=FONT, anchor="mm")


def draw(screens: Iterable[str]) -> list[str]:
    """Draw the pictures of these screens in both languages; answers what could not be drawn."""
    wrong: list[str] = []
    for lang in ("vi", "en"):
        wanted = set(screens)
        for walk in pictures.every_walk():
            if not wanted:
                break
            with tempfile.TemporaryDirectory(prefix="tungnha-help-") as folder:
                wrong += _take(Path(folder), lang, wanted, walk)
        wrong += [f"{lang} {screen}: no walk takes this picture" for screen in sorted(wanted)]
    return wrong


def _take(folder: Path, lang: str, wanted: set[str], walk: Walk) -> list[str]:
    clock = FixedClock(TODAY)
    if walk.role is not None:
        set_up(folder / "phone", walk.role, clock, **walk.phone)
    phone = Harness(folder / "phone", clock)
    walker = HelpPictures(phone, lang, folder, wanted)
    try:
        walk.go(walker)
    except Exception as error:  # noqa: BLE001 the other walks go on
        walker.wrong.append(f"{lang} {walk.go.__name__}: {type(error).__name__} {error}"[:300])
    finally:
        phone.close()
    return walker.wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("screens", nargs="*", help="screens to draw; all of them when none is named")
    undrawn = draw(parser.parse_args().screens or list(guidance.pages()))
    print(*undrawn, sep="\n")
    sys.exit(1 if undrawn else 0)
