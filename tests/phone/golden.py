"""The kept pictures of every screen: `golden/<language>/<name>.png`, half as large as they are drawn, few colours.

``GOLDEN=keep`` keeps the pictures of a run instead of comparing them (`make golden`); `python -m tests.phone.golden`
lays them out on one sheet for the guide. Whoever keeps new pictures has looked at them.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

FOLDER = Path(__file__).parent / "golden"
IMAGES = Path(__file__).parents[2] / "docs" / "images"

#: Pictures of the guides, and the kept ones they are.
GUIDES = {
    "phone-enrol": "enrol",
    "phone-home": "home-village-worker",
    "phone-village": "village",
    "phone-visit": "visit-reason",
    "phone-person": "person",
    "phone-lookalike": "person-form-alike",
    "phone-messages": "messages",
    "phone-outbox": "outbox",
    "phone-dose": "dose-eligible",
    "phone-screening": "screening",
    "phone-observation": "observation-running",
    "phone-count": "count-pad",
    "phone-stock": "stock",
    "phone-receipt": "receipt",
    "phone-report": "report",
    "phone-help": "help",
    "phone-accounts": "accounts-two",
    "phone-practice": "practice-home",
}

#: Pictures are compared by squares of so many pixels; another graphics driver draws edges a little otherwise.
SQUARE = 8
#: A square differs when its colours do by this much on the average, of 255.
FAR = 20
#: So many squares may differ: a word or a chip is more.
MOST = 3
#: Few enough for small files, and no square of a kept picture is far from what was drawn.
COLOURS = 48


def keeping() -> bool:
    """Whether this run keeps its pictures."""
    return os.environ.get("GOLDEN") == "keep"


def wrong(shot: Path, lang: str, name: str) -> str:
    """What is wrong with a picture beside the kept one, "" for nothing; keeps it where pictures are kept."""
    kept = FOLDER / lang / f"{name}.png"
    seen = _halved(shot)
    if keeping():
        kept.parent.mkdir(parents=True, exist_ok=True)
        seen.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            kept, optimize=True
        )
        return ""
    if not kept.exists():
        return "no picture is kept (make golden, and look at it)"
    with Image.open(kept) as file:
        before = file.convert("RGB")
    if before.size != seen.size:
        return f"{seen.size} beside {before.size} of the kept picture"
    far = differing(seen, before)
    return f"differs from the kept picture in {far} squares" if far > MOST else ""


def differing(one: Image.Image, other: Image.Image) -> int:
    """In how many squares two pictures of one size differ."""
    apart = ImageChops.difference(one, other).convert("L")
    width, height = apart.size
    squares = apart.resize((width // SQUARE, height // SQUARE), Image.Resampling.BOX)
    return sum(count for value, count in enumerate(squares.histogram()) if value >= FAR)


def stale(lang: str, taken: set[str]) -> set[str]:
    """Kept pictures that no walk takes any more; removed where pictures are kept."""
    found = {file for file in (FOLDER / lang).glob("*.png") if file.stem not in taken}
    if keeping():
        for file in found:
            file.unlink()
        return set()
    return {file.name for file in found}


def sheet(lang: str, columns: int = 12, width: int = 150) -> Image.Image:
    """The kept pictures of a language side by side, each under its name; one of each screen's beginning."""
    files = sorted(
        file
        for file in (FOLDER / lang).glob("*.png")
        if "~" not in file.stem and not file.stem.endswith("-2")
    )
    gap, title = 12, 18
    height = width * 640 // 360
    rows = -(-len(files) // columns)
    made = Image.new("RGB", (columns * (width + gap) + gap, rows * (height + title + gap) + gap), "#e4e9e8")
    pen, font = ImageDraw.Draw(made), ImageFont.load_default(12)
    for number, file in enumerate(files):
        x = gap + number % columns * (width + gap)
        y = gap + number // columns * (height + title + gap)
        pen.text((x, y), file.stem[:28], fill="#15272b", font=font)
        with Image.open(file) as picture:
            made.paste(
                picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS), (x, y + title)
            )
    return made


def _halved(shot: Path) -> Image.Image:
    with Image.open(shot) as file:
        picture = file.convert("RGB")
    return picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.BOX)


if __name__ == "__main__":
    sheet("vi").quantize(32, dither=Image.Dither.NONE).save(IMAGES / "phone-all.png", optimize=True)
    for guide, name in GUIDES.items():
        shutil.copyfile(FOLDER / "vi" / f"{name}.png", IMAGES / f"{guide}.png")
