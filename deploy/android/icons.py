"""Draws the app's icons, a house with a tick as on the server's pages: `python deploy/android/icons.py [FOLDER]`.

icon.png (512), foreground.png and background.png (432, adaptive: the mark stays within the middle 66 of 108 units),
presplash.png (512). The same pixels on every machine, so a test can tell that the kept files are these.
"""

from __future__ import annotations

import struct
import sys
import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent / "icons"
BRAND, WHITE = (0x0B, 0x5A, 0x60), (0xFF, 0xFF, 0xFF)

#: The mark's lines in a square of 32, as in favicon.svg.
ROOF = ((6.0, 15.5), (16.0, 7.0), (26.0, 15.5))
WALLS = ((8.5, 14.0), (8.5, 25.0), (23.5, 25.0), (23.5, 14.0))
TICK = ((12.5, 19.5), (15.2, 22.2), (20.0, 17.2))
LINE = 2.4
#: Samples of a pixel's side.
FINE = 3

Mask = NDArray[np.float64]


def draw(folder: Path = HERE) -> None:
    """Write the four pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "icon.png", _painted(512, _rounded(512, 7 / 32), _mark(512, 1.0)))
    _write(folder / "foreground.png", _painted(432, np.zeros((432, 432)), _mark(432, 0.8)))
    _write(folder / "background.png", _painted(432, np.ones((432, 432)), np.zeros((432, 432))))
    _write(folder / "presplash.png", _painted(512, _rounded(512, 7 / 32, 0.5), _mark(512, 0.5)))


def _painted(size: int, ground: Mask, mark: Mask) -> NDArray[np.uint8]:
    """White lines on the brand's colour, clear around it: size × size × RGBA."""
    alpha = np.maximum(ground, mark)
    picture = np.zeros((size, size, 4))
    for channel in range(3):
        mixed = BRAND[channel] * (1 - mark) + WHITE[channel] * mark
        picture[:, :, channel] = np.where(alpha > 0, mixed, 0)
    picture[:, :, 3] = alpha * 255
    return np.rint(picture).astype(np.uint8)


def _mark(size: int, share: float) -> Mask:
    """How much of each pixel the lines cover, the square of 32 filling `share` of the picture."""
    x, y = _grid(size)
    x, y = ((each / size - 0.5) / share * 32 + 16 for each in (x, y))
    far = np.full(x.shape, np.inf)
    for line in (ROOF, WALLS, TICK):
        for (ax, ay), (bx, by) in pairwise(line):
            dx, dy = bx - ax, by - ay
            along = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
            far = np.minimum(far, np.hypot(x - ax - along * dx, y - ay - along * dy))
    return _averaged(far <= LINE / 2, size)


def _rounded(size: int, radius: float, share: float = 1.0) -> Mask:
    """A square with round corners in the middle; `radius` in parts of its side."""
    x, y = (np.abs(each / size - 0.5) / share for each in _grid(size))
    inner = 0.5 - radius
    corner = np.hypot(np.maximum(x - inner, 0), np.maximum(y - inner, 0)) <= radius
    return _averaged(corner, size)


def _grid(size: int) -> tuple[Mask, Mask]:
    at = (np.arange(size * FINE) + 0.5) / FINE
    x, y = np.meshgrid(at, at)
    return x, y


def _averaged(inside: NDArray[np.bool_], size: int) -> Mask:
    averaged: Mask = inside.reshape(size, FINE, size, FINE).mean(axis=(1, 3))
    return averaged


def _write(path: Path, picture: NDArray[np.uint8]) -> None:
    height, width, _ = picture.shape
    lines = b"".join(b"\0" + row.tobytes() for row in picture)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, data) for name, data in parts))


def _part(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
