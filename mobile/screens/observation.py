"""The 30 minutes after a dose: who may go, who stays how long still, and how they left (R039)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kivy.clock import Clock

from mobile.screens.base import known
from mobile.screens.describe import dose_name, small
from mobile.screens.page import PageScreen
from mobile.store import observations, stock, undoing
from mobile.store.observations import Ended, Watched
from mobile.theme import theme
from mobile.widgets.surfaces import Card, Column, Empty, Section, text
from mobile.widgets.text import Note
from mobile.widgets.watch import WatchCard
from mobile.words import words
from shared.rules.observation import OBSERVED, whole_minutes

#: How often what is left is drawn anew, in seconds.
STEP_S = 1

#: What may be said of somebody, by how they stand: nothing else is asked first.
WELL, REACTION, LEFT, ON_PAPER, NEWS = "well", "reaction", "left", "on_paper", "news"
PAPER_SIGN = "file-document-outline"
SIGNS = {
    WELL: ("home-heart", "good"),
    REACTION: ("alert-outline", "late"),
    LEFT: ("walk", "warn"),
    ON_PAPER: (PAPER_SIGN, "brand"),
    NEWS: ("pencil-outline", "brand"),
}


class ObservationScreen(PageScreen):
    """A card a person, those whose time is over first; the main action lets all of these go at once."""

    name = "observation"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.cards: dict[str, WatchCard] = {}
        self._over_at: dict[str, float] = {}
        self._opened = ""
        self._ticking = Clock.create_trigger(lambda _: self._tick(), STEP_S, interval=True)
        super().__init__(*args, **kwargs)
        self.fbind("parent", self._shown_or_not)

    def prepare(self, session: str, **_: Any) -> None:
        """Know the session."""
        self.session = session
        self.held = known(stock.session(self.phone.store, session))
        self.title = words.t("observation.title")

    def show(self) -> None:
        """Fill the page."""
        store, page = self.phone.store, self.ids.page
        seen = observations.watched(store, self.session)
        ended = observations.ended(store, self.session)
        now, steady = self.phone.clock.now(), self.phone.clock.steady()
        self._over_at = {each.dose: steady + (each.until - now).total_seconds() for each in seen}
        page.clear()
        if any(each.hour_set for each in seen):
            page.add(Note(text=words.t("observation.hour_set"), icon="clock-alert-outline", tone="warn"))
        self.cards = {each.dose: self._card(each) for each in seen}
        page.add(*self.cards.values())
        if not seen:
            page.add(self._nobody(bool(ended)))
        if ended:
            page.add(Section(text=words.t("observation.ended"), aside=words.number(len(ended))), _left(ended))
        self._offer_all([each for each in seen if not each.still and not each.reaction])
        self._tick()

    def leave(self) -> None:
        """The screen is put away: nothing ticks on."""
        self._ticking.cancel()

    def end_all(self) -> None:
        """Let everybody go whose time is over and who is well."""
        entries = observations.end_all(self.phone.store, self.session)
        self._said(words.counted("observation.all_saved", len(entries)), entries)

    def pick(self, seen: Watched, code: str) -> None:
        """Say how one of them left, or tell of a reaction."""
        self._opened = ""
        if code == NEWS:
            self.phone.nav.go("reaction", reaction=seen.reaction)
            return
        if code == REACTION and not seen.reaction:
            self.phone.nav.go("reaction_form", person=seen.person, dose=seen.dose)
            return
        entry = observations.end(self.phone.store, seen, code)
        result = small(words.option("observation", "result", code))
        self._said(words.t("observation.saved", name=seen.full_name, result=result), [entry])

    def _said(self, said: str, entries: Sequence[str]) -> None:
        """Tell what was recorded, with the way back."""
        nav, store = self.phone.nav, self.phone.store

        def undo() -> None:
            undoing.take_back(store, *entries)
            nav.refresh()

        self.show()
        nav.say(said, action=words.t("form.undo"), when_action=undo)

    def _open(self, dose: str) -> None:
        self._opened = "" if self._opened == dose else dose
        for key, card in self.cards.items():
            card.opened = key == self._opened
        if self._opened:
            Clock.schedule_once(
                lambda _: self.ids.page.show(self.cards[dose]) if dose in self.cards else None
            )

    def _card(self, seen: Watched) -> WatchCard:
        until = words.hour(seen.until)
        given = words.t("observation.until" if seen.by_clock else "observation.by_paper", until=until)
        card = WatchCard(
            key=seen.dose,
            title=seen.full_name or words.t("observation.nameless"),
            line=f"{dose_name(seen.dose_type)} · {given}",
            options=[(code, self._says(code, seen), SIGNS[code][0]) for code in _choices(seen)],
            tones={code: SIGNS[code][1] for code in _choices(seen)},
            opened=seen.dose == self._opened,
            icon="" if seen.by_clock else PAPER_SIGN,
            tone="brand" if seen.by_clock else "muted",
        )
        if seen.reaction:
            serious = words.option("reaction", "severity", "serious")
            card.chip = serious if seen.serious else words.t("observation.reaction")
            card.chip_icon, card.chip_tone = "alert-outline", "late" if seen.serious else "warn"
        elif not seen.still:
            card.chip = words.t("observation.over" if seen.by_clock else "observation.no_clock")
            card.chip_icon, card.chip_tone = (
                ("check", "good") if seen.by_clock else ("clock-outline", "muted")
            )
        card.when_open = lambda: self._open(seen.dose)
        card.when_pick = lambda code: self.pick(seen, code)
        return card

    @staticmethod
    def _says(code: str, seen: Watched) -> str:
        if code == NEWS:
            return words.t("observation.news")
        if code == REACTION:
            return words.t("observation.end_with_reaction" if seen.reaction else "observation.reaction")
        return words.option("observation", "result", code)

    def _nobody(self, some_left: bool) -> Empty:
        title, said = words.t("observation.nobody"), words.t("observation.nobody_do")
        if some_left:
            title, said = words.t("observation.nobody_left"), words.t("observation.nobody_left_do")
        return Empty(icon="account-check-outline", title=title, text=said)

    def _offer_all(self, over: Sequence[Watched]) -> None:
        if over and self.phone.may("observation"):
            self.offer_main(words.counted("observation.all", len(over)), "home-heart", self.end_all)
        else:
            self.offer(False)

    def _shown_or_not(self, _: Any, parent: Any) -> None:
        if parent is None:
            self._ticking.cancel()
        else:
            self._ticking()

    def _tick(self) -> None:
        """Draw what is left, from the steady seconds; who just came to the end moves up."""
        steady = self.phone.clock.steady()
        for dose, card in self.cards.items():
            left = max(0.0, self._over_at[dose] - steady)
            ended = card.share > 0 and left == 0
            card.share = left / OBSERVED.total_seconds()
            card.shown = words.number(whole_minutes(left))
            if not left and card.icon != PAPER_SIGN:
                card.icon, card.tone = "check", "good"
            if ended:
                Clock.schedule_once(lambda _: self._moved_up())
                return

    def _moved_up(self) -> None:
        if self.parent is not None and not self.phone.locked:
            self.show()


def _choices(seen: Watched) -> tuple[str, ...]:
    """What may be said of somebody now, the usual first."""
    if seen.reaction:
        return NEWS, REACTION
    if not seen.by_clock:
        return ON_PAPER, REACTION, LEFT
    return (REACTION, LEFT, ON_PAPER) if seen.still else (WELL, REACTION, LEFT)


def _left(ended: Sequence[Ended]) -> Card:
    """Those who left, with how."""
    card = Card(spacing=theme.s12)
    for each in ended:
        pair = Column()
        pair.add_widget(text(each.full_name or words.t("observation.nameless"), bold=True))
        said = words.option("observation", "result", each.result)
        if each.minutes is not None:
            said = f"{said} · {words.counted('observation.minutes', each.minutes)}"
        pair.add_widget(text(said, "small", "muted"))
        card.add_widget(pair)
    return card
