"""Messages in pictures and sound for people who speak another language (R084): which there are, and one being shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.properties import NumericProperty
from kivy.uix.image import Image

from mobile import media
from mobile.phone import Phone
from mobile.screens.base import Screen
from mobile.screens.page import PageScreen
from mobile.store import languages
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.player import Player
from mobile.widgets.surfaces import Section, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.reference import ethnic_groups


def way_to_tell(phone: Phone, household: str = "") -> Row:
    """The line that leads here from another screen."""
    row = Row(icon="account-voice", title=words.t("people.open"), line=words.t("people.open_line"))
    row.bind(on_release=lambda _: phone.nav.go("tell_people", household=household))
    return row


class MessagePicture(Image):
    """A picture as wide as the page."""


class TellPeopleScreen(PageScreen):
    """What can be shown or played, first what the household understands."""

    name = "tell_people"

    def prepare(self, household: str = "", **_: Any) -> None:
        """Know for whom."""
        self.household = household
        self.title = words.t("people.title")

    def show(self) -> None:
        """List the messages."""
        page = self.ids.page
        page.clear()
        spoken = languages.spoken(self.phone.store, self.household) if self.household else []
        if spoken:
            names = ", ".join(ethnic_groups()[code].name for code in spoken)
            page.add(text(words.t("people.speaks", languages=names), tone="muted"))
        found = media.offered(media.messages(), spoken)
        suited = [each for each in found if each.language in (*spoken, "")]
        others = [each for each in found if each not in suited]
        page.add(*(self._row(each) for each in suited))
        if others:
            page.add(Section(text=words.t("people.others")))
        page.add(*(self._row(each) for each in others))

    def _row(self, message: media.Message) -> Row:
        language = ethnic_groups()[message.language].name if message.language else words.t("people.wordless")
        pages = words.counted("people.pages", len(message.pages))
        row = Row(
            icon="volume-high" if message.sounds else "image-multiple-outline",
            icon_tone="brand",
            title=message.title(words.lang),
            line=f"{language} · {pages}",
        )
        row.bind(on_release=lambda _: self.phone.nav.go("tell_message", message=message.id))
        return row


class TellMessageScreen(Screen):
    """One message, a page at a time, for the family to look at and listen to."""

    name = "tell_message"
    live = False
    at = NumericProperty(0)

    def prepare(self, message: str, **_: Any) -> None:
        """Open it at its first page."""
        self.message = next(each for each in media.messages() if each.id == message)
        self.title = self.message.title(words.lang)
        self.player = Player()
        self.player.fbind("playing", lambda *_: self._foot())
        self.player.when_over = self._go_on
        self._mute = False

    def show(self) -> None:
        """Draw the page."""
        page, shown = self.ids.page, self.message.pages[self.at]
        page.clear()
        page.add(MessagePicture(source=str(shown.picture)))
        page.add(text(shown.text(words.lang), "heading"))
        if self._mute:
            page.add(Note(text=words.t("people.mute"), icon="volume-off", tone="warn"))
        licence = words.t("people.source", source=self.message.source, licence=self.message.licence)
        page.add(text(licence, "small", "muted"))
        page.scroll_y = 1
        dots = self.ids.dots
        dots.answered, dots.current = [at <= self.at for at in range(len(self.message.pages))], self.at
        self.ids.previous.disabled = self.at == 0
        self.ids.next.disabled = self._last
        self._foot()

    def turn(self, by: int) -> None:
        """Another page; what plays is stopped."""
        self.player.stop()
        self.at = max(0, min(len(self.message.pages) - 1, self.at + by))
        self.show()

    def act(self) -> None:
        """The main action: listen where there is something to hear, else look at the next page."""
        if self.player.playing:
            self.player.stop()
        elif self._sound is not None:
            self._listen()
        elif self._last:
            self.phone.nav.back()
        else:
            self.turn(1)

    def on_parent(self, _: Any, parent: Any) -> None:
        """Be quiet when another screen comes in front, and when this one is put away."""
        if parent is None:
            self.player.stop()

    @property
    def _sound(self) -> Path | None:
        return None if self._mute else self.message.pages[self.at].sound

    @property
    def _last(self) -> bool:
        return self.at == len(self.message.pages) - 1

    def _listen(self) -> None:
        if self._sound is not None and not self.player.play(self._sound):
            self._mute = True
            self.show()

    def _foot(self) -> None:
        main = self.ids.main
        if self._sound is not None:
            code, main.icon = ("stop", "stop") if self.player.playing else ("listen", "play")
        else:
            code, main.icon = ("done", "check") if self._last else ("next", "chevron-right")
        main.text = words.t(f"people.{code}")

    def _go_on(self) -> None:
        """The next page by itself when one was heard to its end."""
        if not self._last:
            self.turn(1)
            self._listen()


load_rules(__file__)
