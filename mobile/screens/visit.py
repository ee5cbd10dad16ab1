"""A visit, door to door: one member a card, an outcome for each in one tap or two, a summary before saving."""

from __future__ import annotations

from typing import Any

from kivy.clock import mainthread
from kivy.metrics import dp
from kivy.properties import NumericProperty

from mobile.forms.visit_sheet import VisitSheet
from mobile.platform.location import Position
from mobile.screens.base import known
from mobile.screens.filling import FormScreen
from mobile.screens.visit_card import MemberCard
from mobile.screens.visit_summary import VisitSummary
from mobile.store import registers
from mobile.store.undoing import take_back
from mobile.widgets.buttons import MainButton, QuietButton
from mobile.widgets.loading import load_rules
from mobile.words import words

MORE = ("communication", "note")
#: How far a thumb slides to the next card.
SWIPE = 60


class VisitScreen(FormScreen):
    """Cards, then a summary. Everything given is kept at once; `met` is a person met at a health facility, about whom
    alone is asked (R060).
    """

    name = "visit"
    kind = "visit"
    at = NumericProperty(0)

    def prepare(self, household: str, met: str = "", **_: Any) -> None:
        """Take up the draft, or begin."""
        self.household, self.met = household, met
        self.key = f"visit:{household}:{met}" if met else f"visit:{household}"
        page = known(registers.household(self.phone.store, household))
        self.title = words.t("visit.met_title") if met else page.row.head_name
        self.village = page.row.village_id
        kept = self.kept()
        self._resumed = kept is not None
        self._gone = False
        self._touch_x: float | None = None
        self._shown: MemberCard | VisitSummary | None = None
        self.sheet = VisitSheet(page.members, self.phone.clock.today(), kept, met)
        self.members = self.sheet.members
        self.form = self.make_form(MORE, self._more_changed)
        self.form.fill({name: self.sheet.data["more"].get(name) for name in MORE})
        self.summary_button = QuietButton(icon="clipboard-list-outline")
        self.summary_button.bind(on_release=lambda _: self.go_to(len(self.members)))
        self.together = QuietButton(icon="account-check-outline")
        self.together.bind(on_release=lambda _: self.review_together())
        self.main = MainButton(icon="check")
        self.main.bind(on_release=lambda _: self.save())
        if not met and "position" not in self.sheet.data:
            self.phone.device.location.ask(self._found)

    def show(self) -> None:
        """Draw the card, or the summary."""
        page, sheet = self.ids.page, self.sheet
        page.clear()
        self.at = sheet.at
        self.ids.dots.answered = [m.id in sheet.outcomes for m in self.members]
        self.ids.dots.current = self.at
        self.ids.previous.disabled = self.at == 0
        self.ids.next.disabled = self.at >= len(self.members)
        summary = self.at >= len(self.members)
        if self._resumed:
            self.note_kept(page)
        if summary:
            self._shown = VisitSummary(sheet, self.form, self.go_to, self._keep)
        else:
            self._shown = MemberCard(sheet, self._answered)
        page.add(self._shown)
        self._foot()
        page.scroll_y = 1

    def leave(self) -> None:
        """What comes later is not for this visit: another screen may have taken up the draft."""
        self._gone = True

    def go_to(self, at: int) -> None:
        """Show another card, or the summary at the end."""
        self.sheet.go_to(max(0, min(at, len(self.members))))
        self._resumed = False
        if self.sheet.outcomes:
            self._keep()
        self.show()

    def review_together(self) -> None:
        """Those with nothing due are reviewed at once; each can be changed afterwards."""
        self.sheet.review_together()
        self._answered(True)

    def tell_people(self) -> None:
        """What helps where another language is spoken."""
        self.phone.nav.go("tell_people", household=self.household)

    def save(self) -> None:
        """Write the visit, and what the register says of it; while somebody has no outcome, go to them instead."""
        left = self.sheet.left()
        if left:
            self.go_to(next(i for i, m in enumerate(self.members) if m.id in left))
            return
        if wrong := self.sheet.wrong_day():
            self.go_to(wrong[0])
            self.refused([wrong[1]])
            return
        written: list[str] = []
        if self.saved(lambda: written.extend(self._record()), self.form):
            data, nav = dict(self.sheet.data), self.phone.nav
            nav.back()
            undo = words.t("form.undo")
            nav.say(words.t("visit.saved"), action=undo, when_action=lambda: self._undo(written, data))

    def _record(self) -> list[str]:
        store, data = self.phone.store, self.sheet.data
        body = {"revisit_on": data["more"].get("revisit_on")} | self.form.body()
        body |= {"visit_type": data["more"]["visit_type"], "outcomes": self.sheet.lines()}
        if position := data.get("position"):
            body |= {"lat_e6": position[0], "lon_e6": position[1]}
        with store.together():
            visit = store.record(
                "visit", subject=self.household, place=self.village, body=body, draft=self.key
            )
            edits = [store.edit("person", person, changes) for person, changes in self.sheet.edits().items()]
        return [visit.id, *(edit.id for edit in edits if edit is not None)]

    def _undo(self, written: list[str], data: dict[str, Any]) -> None:
        take_back(self.phone.store, *written, draft=(self.key, self.kind, data))
        self.phone.nav.go("visit", household=self.household, met=self.met)

    @mainthread
    def _found(self, position: Position | None) -> None:
        """The position came, on any thread: it is kept with what was given, and asks for nothing."""
        if position is None or self._gone:
            return
        self.sheet.data["position"] = [position.lat_e6, position.lon_e6, position.accuracy_m]
        if self.kept() is not None:
            self._keep()
        if isinstance(self._shown, VisitSummary):
            self._shown.show_place()

    def _answered(self, moves: bool) -> None:
        self._keep()
        self._resumed = False
        if moves:
            self.show()
        else:
            self._foot()

    def _keep(self) -> None:
        self.keep(self.sheet.data)

    def _more_changed(self, values: dict[str, Any]) -> None:
        self.sheet.data["more"] = self.sheet.data["more"] | values
        self._keep()

    def _foot(self) -> None:
        sheet, foot = self.sheet, self.ids.foot
        foot.clear_widgets()
        left = len(sheet.left())
        if self.at >= len(self.members):
            self.main.text = words.t("visit.go_on", left=left) if left else words.t("visit.save")
            foot.add_widget(self.main)
        elif together := sheet.together():
            self.together.text = words.t("visit.together", count=words.number(len(together)))
            foot.add_widget(self.together)
        else:
            of = len(sheet.wanted)
            self.summary_button.text = words.t("visit.summary", done=of - left, of=of)
            foot.add_widget(self.summary_button)

    def on_touch_down(self, touch: Any) -> bool:
        """Remember where a slide began."""
        self._touch_x = touch.x if self.ids.page.collide_point(*touch.pos) else None
        return bool(super().on_touch_down(touch))

    def on_touch_up(self, touch: Any) -> bool:
        """A slide sideways shows the next card, or the one before."""
        began, self._touch_x = self._touch_x, None
        on_card = began is not None and self.at < len(self.members) and not self.sheet.asking
        if on_card and abs(touch.x - began) > dp(SWIPE) > abs(touch.y - touch.oy):
            self.go_to(self.at + (1 if touch.x < began else -1))
        return bool(super().on_touch_up(touch))


load_rules(__file__)
