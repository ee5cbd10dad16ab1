"""Screens to read: a page that scrolls, and one main action at the thumb when there is one."""

from __future__ import annotations

from collections.abc import Callable

from mobile.screens.base import Screen
from mobile.widgets.bars import BottomBar
from mobile.widgets.buttons import MainButton
from mobile.widgets.loading import load_rules


class PageScreen(Screen):
    """A page. `show` clears it and fills it anew."""

    def offer_main(self, text: str, icon: str, do: Callable[[], None]) -> None:
        """Put the main action at the foot, instead of the one there was."""
        self.offer(False)
        main = MainButton(text=text, icon=icon)
        main.bind(on_release=lambda _: do())
        foot = BottomBar()
        foot.add_widget(main)
        self.add_widget(foot)
        self.main = main


load_rules(__file__)
