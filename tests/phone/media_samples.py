"""Makes the two sample messages of `mobile/messages_media` again: pictures drawn here, words spoken by eSpeak NG.

``python -m tests.phone.media_samples`` draws the pictures; with ``--voice espeak-ng`` (or a path to that program)
the sounds are spoken too. The words are those of the messages' own pages.csv.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import wave
from array import array
from pathlib import Path

from mobile import media
from mobile.app import prepare

if "kivy.metrics" in sys.modules:
    raise ImportError("run this on its own: Kivy takes its density when it is first imported")
prepare("640x480", offscreen=True, density=1)

from kivy.core.text import Label as CoreLabel  # noqa: E402
from kivy.core.window import Window  # noqa: E402, F401  opens the drawing
from kivy.graphics import Color, Ellipse, Fbo, Rectangle, RoundedRectangle, SmoothLine  # noqa: E402
from PIL import Image  # noqa: E402

from mobile.theme import colour  # noqa: E402
from mobile.widgets.loading import ICON_FONT  # noqa: E402

SIZE = (640, 480)
COLOURS = 16
SKY, GROUND, WALL, ROOF = colour("#e1eeee"), colour("#cfe3d6"), colour("#fbeed8"), colour("#8a5200")
INK, TEAL, GREEN, RED, WHITE = (
    colour("#15272b"),
    colour("#0b5c63"),
    colour("#1c6b3f"),
    colour("#a8281f"),
    colour("#ffffff"),
)
PERSON, FAMILY, NEEDLE = 0xF0004, 0xF1823, 0xF0391
SHIELD, VIRUS, HOSPITAL = 0xF0498, 0xF13B7, 0xF02E1
HOT, CUP, BED, CALL, DATE, WALK = 0xF050F, 0xF01AB, 0xF0099, 0xF03F6, 0xF00EF, 0xF0583
HAPPY, ARROW, VOICE = 0xF01F5, 0xF0055, 0xF0B23


def icon(code: int, x: float, y: float, size: float, tint: tuple[float, ...] = INK) -> None:
    """A sign with its middle at x, y."""
    label = CoreLabel(text=chr(code), font_size=size, font_name=str(ICON_FONT))
    label.refresh()
    Color(*tint)
    Rectangle(
        texture=label.texture,
        pos=(x - label.texture.width / 2, y - label.texture.height / 2),
        size=label.texture.size,
    )


def ground(sky: tuple[float, ...] = SKY) -> None:
    Color(*sky)
    Rectangle(pos=(0, 0), size=SIZE)
    Color(*GROUND)
    Rectangle(pos=(0, 0), size=(SIZE[0], 110))


def house(x: float, y: float) -> None:
    Color(*WALL)
    Rectangle(pos=(x, y), size=(190, 130))
    Color(*ROOF)
    for step in range(60):
        Rectangle(pos=(x - 25 + step * 2, y + 130 + step), size=(240 - step * 4, 1.5))
    Rectangle(pos=(x + 75, y), size=(44, 86))


def disc(x: float, y: float, size: float, tint: tuple[float, ...] = WHITE) -> None:
    Color(*tint)
    Ellipse(pos=(x - size / 2, y - size / 2), size=(size, size))


def visit() -> None:
    """A health worker comes to a family's house."""
    ground()
    house(400, 100)
    icon(FAMILY, 320, 150, 130)
    icon(WALK, 110, 165, 170, TEAL)
    icon(ARROW, 215, 150, 60, TEAL)
    disc(150, 380, 130)
    icon(NEEDLE, 150, 380, 90, TEAL)


def injection() -> None:
    """A needle, and what it keeps away."""
    ground()
    disc(320, 270, 340)
    icon(SHIELD, 320, 270, 300, GREEN)
    icon(PERSON, 320, 275, 150, WHITE)
    for x, y in ((70, 380), (90, 200), (560, 400), (570, 210)):
        icon(VIRUS, x, y, 90, RED)


def waiting() -> None:
    """Half an hour at the station."""
    ground()
    icon(HOSPITAL, 140, 180, 190, TEAL)
    icon(PERSON, 330, 155, 140)
    disc(500, 290, 220)
    Color(*GREEN)
    Ellipse(pos=(410, 200), size=(180, 180), angle_start=0, angle_end=180)
    Color(*INK)
    SmoothLine(circle=(500, 290, 100), width=6)
    SmoothLine(points=(500, 290, 500, 365), width=6)
    SmoothLine(points=(500, 290, 500, 225), width=6)


def at_home() -> None:
    """A little fever: rest, drink; if it gets bad, call and go."""
    ground()
    for x, code in ((90, HOT), (240, CUP), (390, BED)):
        disc(x, 360, 140)
        icon(code, x, 360, 100, TEAL)
    disc(550, 360, 140)
    icon(HAPPY, 550, 360, 100, GREEN)
    Color(*WHITE)
    RoundedRectangle(pos=(60, 40), size=(520, 170), radius=[24])
    Color(*RED)
    SmoothLine(rounded_rectangle=(60, 40, 520, 170, 24), width=4)
    icon(HOT, 130, 125, 110, RED)
    icon(CALL, 270, 125, 100, RED)
    icon(ARROW, 390, 125, 70, RED)
    icon(HOSPITAL, 500, 125, 120, RED)


def next_time() -> None:
    """A day to come again."""
    ground()
    disc(180, 290, 260)
    icon(DATE, 180, 290, 190, TEAL)
    icon(ARROW, 350, 270, 80, TEAL)
    icon(NEEDLE, 490, 330, 150, TEAL)
    icon(FAMILY, 490, 160, 130)


def calling() -> None:
    """Somebody asks a family to come."""
    ground()
    disc(150, 270, 230)
    icon(VOICE, 150, 270, 170, TEAL)
    house(410, 100)
    icon(FAMILY, 330, 155, 130)


DRAWN = {
    "tranh-tiem-chung": {
        "1.png": visit,
        "2.png": injection,
        "3.png": waiting,
        "4.png": at_home,
        "5.png": next_time,
    },
    "moi-di-tiem": {"1.png": calling, "2.png": waiting, "3.png": at_home},
}


def draw_all() -> None:
    """Every picture of both samples."""
    for message, pictures in DRAWN.items():
        for name, draw in pictures.items():
            fbo = Fbo(size=SIZE, with_stencilbuffer=True)
            with fbo:
                draw()
            fbo.draw()
            upright = (
                Image.frombytes("RGBA", SIZE, fbo.pixels)
                .convert("RGB")
                .transpose(Image.Transpose.FLIP_TOP_BOTTOM)
            )
            few = upright.quantize(
                COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=4, dither=Image.Dither.NONE
            )
            few.save(media.FOLDER / message / name, optimize=True)


def speak_all(voice: str) -> None:
    """Every sound, as 16-bit mono of 11,025 Hz."""
    for message in media.messages():
        for page in message.pages:
            if page.sound is not None:
                _speak(voice, page.vi, page.sound)


def _speak(voice: str, said: str, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        subprocess.run([voice, "-v", "vi", "-s", "135", "-w", str(spoken), said], check=True)
        with wave.open(str(spoken)) as file:
            samples = array("h", file.readframes(file.getnframes()))
    halved = array("h", ((a + b) // 2 for a, b in zip(samples[::2], samples[1::2], strict=False)))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 11025, 0, "NONE", ""))
        file.writeframes(halved.tobytes())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voice", help="the program espeak-ng, to speak the sounds again")
    given = parser.parse_args()
    draw_all()
    if given.voice:
        speak_all(given.voice)
