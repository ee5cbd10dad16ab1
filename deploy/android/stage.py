"""Lays out what goes onto the phone in build/android/app: `python deploy/android/stage.py [FOLDER]`.

mobile/ and shared/ with their data, but for what only a desktop runs; `main.py` where python-for-android looks for it,
and `version.py` with the version of pyproject.toml.
"""

from __future__ import annotations

import shutil
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "build" / "android" / "app"
PACKAGES = ("mobile", "shared")
#: Commands, simulations and measurements stay at the desk.
LEFT_OUT = ("mobile/cli.py", "mobile/main.py", "mobile/bench", "mobile/simulation", "shared/command.py")


def stage(place: Path = PLACE) -> list[Path]:
    """Lay the app out in `place`, whatever was there before; answers its files, relative to `place`."""
    if place.exists():
        shutil.rmtree(place)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, place / package, ignore=_left_out)
    shutil.copyfile(ROOT / "mobile" / "main.py", place / "main.py")
    shutil.copyfile(ROOT / "LICENSE", place / "LICENSE")
    shutil.copyfile(ROOT / "NOTICE", place / "NOTICE")
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    (place / "version.py").write_text(
        f'"""Of this build."""\n\n__version__ = "{version}"\n', encoding="utf-8"
    )
    return sorted(file.relative_to(place) for file in place.rglob("*") if file.is_file())


def _left_out(folder: str, names: list[str]) -> set[str]:
    at = Path(folder).relative_to(ROOT)
    return {name for name in names if (at / name).as_posix() in LEFT_OUT or name == "__pycache__"}


if __name__ == "__main__":
    print(f"{len(stage(Path(sys.argv[1]) if len(sys.argv) > 1 else PLACE))} files")
