"""A long list to pick one thing from, with search."""

from collections.abc import Callable, Sequence
from typing import Any

from mobile.screens.base import Screen
from mobile.widgets.loading import load_rules
from shared.text.folding import search_key


class PickScreen(Screen):
    """Options, the chosen one first seen; picking one returns to the form."""

    name = "pick"
    live = False

    def prepare(
        self,
        title: str,
        options: Sequence[tuple[str, str]],
        chosen: str,
        take: Callable[[str], None],
        **_: Any,
    ) -> None:
        """Know what to offer."""
        self.title = title
        self._options = [(code, text, search_key(text)) for code, text in options]
        self._chosen = chosen
        self._take = take

    def show(self) -> None:
        """List everything."""
        self.search("")

    def search(self, _: str) -> None:
        """List what holds every word."""
        wanted = search_key(self.ids.search.text).split()
        self.ids.rows.fill(
            [
                {
                    "key": code,
                    "title": text,
                    "icon": "check" if code == self._chosen else "",
                    "icon_tone": "brand",
                }
                for code, text, key in self._options
                if all(word in key for word in wanted)
            ],
            self.pick,
        )

    def pick(self, code: str) -> None:
        """Give the code to the form and return to it."""
        self.phone.nav.back()
        self._take(code)


load_rules(__file__)
