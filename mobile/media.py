"""Messages in pictures and sound for people who speak another language (R084): data in `mobile/messages_media`.

A folder a message: `meta.csv` (one row: title_vi, title_en, language, source, licence) and `pages.csv` (picture,
sound, vi, en; the files stand beside it). `language` is a code of the ethnic groups, or "" for pictures without words.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.reference import ethnic_groups

FOLDER = Path(__file__).with_name("messages_media")
META = ["title_vi", "title_en", "language", "source", "licence"]
PAGE = ["picture", "sound", "vi", "en"]


@dataclass(frozen=True, slots=True)
class MediaPage:
    """One picture with what is said to it; `sound` is None where the worker tells it. The words are the worker's."""

    picture: Path
    sound: Path | None
    vi: str
    en: str

    def text(self, lang: str) -> str:
        """Its words in "en", else in Vietnamese."""
        return self.en if lang == "en" else self.vi


@dataclass(frozen=True, slots=True)
class Message:
    """A message of some pages."""

    id: str
    title_vi: str
    title_en: str
    language: str
    source: str
    licence: str
    pages: tuple[MediaPage, ...]

    def title(self, lang: str) -> str:
        """Its name in "en", else in Vietnamese."""
        return self.title_en if lang == "en" else self.title_vi

    @property
    def sounds(self) -> bool:
        """Whether something can be heard."""
        return any(page.sound for page in self.pages)


def messages(folder: Path = FOLDER) -> list[Message]:
    """Every message of a folder, by the names of their own folders. ValueError, with the file's name, for one that is
    made wrongly.
    """
    return [_message(each) for each in sorted(folder.iterdir()) if each.is_dir()]


def offered(found: Iterable[Message], languages: Sequence[str]) -> list[Message]:
    """Messages in the order they are offered: in these languages, then in pictures alone, then in the others."""
    order = [*languages, ""]
    return sorted(
        found, key=lambda each: order.index(each.language) if each.language in order else len(order)
    )


def _message(folder: Path) -> Message:
    meta = _rows(folder / "meta.csv", META)
    if len(meta) != 1 or not all(meta[0][name] for name in META if name != "language"):
        raise ValueError(f"{folder / 'meta.csv'}: one row, with nothing left out but the language")
    if meta[0]["language"] and meta[0]["language"] not in ethnic_groups():
        raise ValueError(f"{folder / 'meta.csv'}: {meta[0]['language']!r} is no code of the ethnic groups")
    pages = tuple(_page(folder, row) for row in _rows(folder / "pages.csv", PAGE))
    if not pages:
        raise ValueError(f"{folder / 'pages.csv'}: no page")
    return Message(id=folder.name, pages=pages, **meta[0])


def _page(folder: Path, row: dict[str, str]) -> MediaPage:
    files = [folder / row[name] for name in ("picture", "sound") if row[name]]
    missing = [file for file in files if not file.is_file()]
    if missing or not row["picture"] or not (row["vi"] and row["en"]):
        raise ValueError(f"{folder / 'pages.csv'}: {missing or 'a page without a picture or without words'}")
    return MediaPage(
        folder / row["picture"], folder / row["sound"] if row["sound"] else None, row["vi"], row["en"]
    )


def _rows(path: Path, columns: list[str]) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != columns:
            raise ValueError(f"{path}: the columns are {', '.join(columns)}")
        return list(reader)
