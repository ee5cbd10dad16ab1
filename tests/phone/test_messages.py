"""Every text and sign a screen names exists, in both languages, and none is kept for nothing."""

import csv
import re
from pathlib import Path
from string import Formatter

import mobile
import shared.text
from mobile.widgets.icons import ICONS

ROOM = Path(mobile.__file__).parent
SOURCES = [
    path
    for path in sorted([*ROOM.rglob("*.py"), *ROOM.rglob("*.kv")])
    if not {"store", "syncing", "simulation"} & set(path.parts) and path.name != "icons.py"
]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)


def messages(path):
    with path.open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


OURS = messages(ROOM / "messages.csv")


def test_every_key_named_in_a_screen_is_written():
    named = set(re.findall(r"""(?:words\.t|counted)\(\s*["']([a-z_]+\.[a-z0-9_.]+)["']""", CODE))
    known = set(OURS) | set(messages(Path(shared.text.__file__).with_name("messages.csv")))
    assert named <= known, sorted(named - known)
    assert len(named) > 150


def test_no_text_is_kept_for_nothing():
    families = set(re.findall(r"""[f]["']([a-z_]+\.[a-z_]*)\{""", CODE))
    quoted = set(re.findall(r"""["']([a-z_]+\.[a-z0-9_]+)["']""", CODE))
    unused = [
        key
        for key in OURS
        if key not in quoted
        and key.removesuffix(".one") not in quoted
        and not any(key.startswith(family) for family in families)
    ]
    assert unused == []


def test_both_languages_name_the_same_figures():
    for key, row in OURS.items():
        figures = [{name for _, name, _, _ in Formatter().parse(row[lang]) if name} for lang in ("vi", "en")]
        assert figures[0] == figures[1], key


def test_every_icon_named_is_in_the_font_and_used():
    quoted = set(re.findall(r"""["']([a-z]+(?:-[a-z0-9]+)*)["']""", CODE))
    assert set(ICONS) <= quoted, sorted(set(ICONS) - quoted)
    named = set(re.findall(r"""icon(?:=|: |_name = )["']([a-z0-9-]+)["']""", CODE))
    assert named <= set(ICONS), sorted(named - set(ICONS))
