"""Rules are read once: a .kv loaded twice would build every widget of it twice."""

from pathlib import Path

from kivy.core.text import LabelBase
from kivy.lang import Builder

FOLDER = Path(__file__).resolve().parent.parent
ICON_FONT = FOLDER / "assets" / "mdi-7.4.47" / "materialdesignicons-webfont.ttf"

_loaded: set[Path] = set()


def load_rules(module_file: str) -> None:
    """Load the .kv beside a module, unless it was loaded before."""
    path = Path(module_file).with_suffix(".kv").resolve()
    if path not in _loaded:
        Builder.load_file(str(path), rulesonly=True)
        _loaded.add(path)


LabelBase.register(name="Icons", fn_regular=str(ICON_FONT))
