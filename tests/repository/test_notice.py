"""What stands in the repository and is not ours is named, and so is its licence."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VENDORED = sorted(
    folder
    for parent in ("server/web/static/vendor", "mobile/assets", "tests/browser/vendor")
    for folder in (ROOT / parent).glob("*-[0-9]*")
)


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.name)
def test_vendored_folder_has_its_licence_and_is_named(folder: Path) -> None:
    assert (folder / "LICENSE").stat().st_size > 200
    assert f"In: {folder.relative_to(ROOT)}\n" in (ROOT / "NOTICE").read_text(encoding="utf-8")
