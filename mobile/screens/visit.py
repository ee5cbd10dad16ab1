"""A visit, door to door: one member a card, an outcome for each in one tap or two, a summary before saving."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
from kivy.properties import NumericProperty

from mobile.screens.describe import (
    OUTCOME_REASONS,
    OUTCOME_SIGNS,
    outcome_name,
    person_line,
    person_sign,
    reason_name,
    reason_options,
)
from mobile.screens.filling import FormScreen
from mobile.store import registers
from mobile.store.views import PersonRow
from mobile.theme import theme
from mobile.widgets.buttons import MainButton, QuietButton
from mobile.widgets.choices import Segments
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, Section, text
from mobile.widgets.text import Chip, Note
from mobile.words import words
from shared.rules.visits import NEED_REASON, is_asked_about, unanswered

MORE = ("visit_type", "revisit_on", "communication", "note")
#: How far a thumb slides to the next card.
SWIPE = 60


class VisitScreen(FormScreen):
    """Cards, then a summary. Everything given is kept at once; `corrects` names a visit that is being put right."""

    name = "visit"
    kind = "visit"
    at = NumericProperty(0)

    def prepare(self, household: str, corrects: str = "", **_: Any) -> None:
        """Take up the draft, or begin."""
        self.household = household
        self.key = f"visit:{household}"
        page = registers.household(self.phone.store, household)
        self.title = page.row.head_name if page else words.t("household.gone")
        self.village = page.row.village_id if page else ""
        members = page.members if page else []
        self.members = [m for m in members if is_asked_about(m.residence)]
        kept = self.kept()
        self._resumed = kept is not None
        self.data: dict[str, Any] = kept or {"outcomes": {}, "more": {"visit_type": "door_to_door"}}
        if corrects:
            self.data["corrects"] = corrects
        self._asking = ""
        self._touch_x: float | None = None
        self.form = self.make_form(MORE, self._more_changed)
        self.form.fill(self.data["more"])
        left = self._left()
        first = next((i for i, m in enumerate(self.members) if m.id in left), len(self.members))
        self.at = len(self.members) if corrects else first
        self.summary_button = QuietButton(icon="clipboard-list-outline")
        self.summary_button.bind(on_release=lambda _: self.go_to(len(self.members)))
        self.main = MainButton(icon="check")
        self.main.bind(on_release=lambda _: self.save())

    @property
    def outcomes(self) -> dict[str, dict[str, Any]]:
        """What was given so far, by person."""
        given: dict[str, dict[str, Any]] = self.data["outcomes"]
        return given

    def show(self) -> None:
        """Draw the card, or the summary."""
        page = self.ids.page
        page.clear()
        self.ids.dots.answered = [m.id in self.outcomes for m in self.members]
        self.ids.dots.current = self.at
        self.ids.previous.disabled = self.at == 0
        self.ids.next.disabled = self.at >= len(self.members)
        summary = self.at >= len(self.members)
        if self._resumed:
            self.note_kept(page)
        if summary:
            self._summary()
        else:
            self._card(self.members[self.at])
        left = len(self._left())
        self.summary_button.text = words.t(
            "visit.summary", done=len(self.members) - left, of=len(self.members)
        )
        self.main.text = words.t("visit.go_on", left=left) if left else words.t("visit.save")
        self.ids.foot.clear_widgets()
        self.ids.foot.add_widget(self.main if summary else self.summary_button)
        page.scroll_y = 1

    def go_to(self, at: int) -> None:
        """Show another card, or the summary at the end."""
        self.at = max(0, min(at, len(self.members)))
        self._asking = ""
        self._resumed = False
        self.show()

    def give(self, outcome: str) -> None:
        """An outcome for the member shown; some ask for a reason next."""
        person = self.members[self.at].id
        given = {"outcome": outcome}
        if outcome in OUTCOME_REASONS:
            before = self.outcomes.get(person, {})
            if before.get("outcome") == outcome:
                given = before
            self._asking = outcome
            if outcome not in NEED_REASON:
                self._put(person, given)
            self._resumed = False
            self.show()
            return
        self._put(person, given)
        self._next()

    def give_reason(self, reason: str) -> None:
        """The reason for the outcome being asked about; "" for none."""
        given = {"outcome": self._asking} | ({"reason": reason} if reason else {})
        self._put(self.members[self.at].id, given)
        self._next()

    def save(self) -> None:
        """Write the visit; while somebody has no outcome, go to them instead."""
        left = self._left()
        if left:
            self.go_to(next(i for i, m in enumerate(self.members) if m.id in left))
            return
        written: list[str] = []
        if self.saved(lambda: written.append(self._record()), self.form):
            data = dict(self.data)
            nav = self.phone.nav
            nav.back()
            nav.say(
                words.t("visit.saved"),
                action=words.t("form.undo"),
                when_action=lambda: self._again(written[0], data),
            )

    def _record(self) -> str:
        body = self.form.body()
        body["outcomes"] = [{"person": member.id, **self.outcomes[member.id]} for member in self.members]
        entry = self.phone.store.record(
            "visit",
            subject=self.household,
            place=self.village,
            body=body,
            corrects=self.data.get("corrects"),
            draft=self.key,
        )
        return entry.id

    def _again(self, entry: str, data: dict[str, Any]) -> None:
        self.phone.store.save_draft(self.key, self.kind, data | {"corrects": entry})
        self.phone.nav.go("visit", household=self.household, corrects=entry)

    def _left(self) -> list[str]:
        return unanswered((m.id for m in self.members), self.outcomes)

    def _put(self, person: str, given: dict[str, Any]) -> None:
        self.data["outcomes"] = self.outcomes | {person: given}
        self.keep(self.data)

    def _more_changed(self, values: dict[str, Any]) -> None:
        self.data["more"] = dict(values)
        self.keep(self.data)

    def _next(self) -> None:
        after = [i for i, m in enumerate(self.members) if i > self.at and m.id not in self.outcomes]
        before = [i for i, m in enumerate(self.members) if m.id not in self.outcomes]
        self.go_to((after or before or [len(self.members)])[0])

    def _card(self, member: PersonRow) -> None:
        today = self.phone.clock.today()
        sign = person_sign(member, today)
        card = Card()
        card.add_widget(text(member.full_name, "title", bold=True))
        card.add_widget(text(person_line(member), "small", "muted"))
        card.add_widget(Chip(text=sign.text, icon=sign.icon, tone=sign.tone))
        self.ids.page.add(card)
        if self._asking:
            self._reasons(member)
            return
        given = self.outcomes.get(member.id, {})
        self.ids.page.add(
            Segments(
                columns=1 if theme.large else 2,
                tones={code: tone for code, (_, tone) in OUTCOME_SIGNS.items()},
                options=[(code, outcome_name(code), OUTCOME_SIGNS[code][0]) for code in OUTCOME_SIGNS],
                chosen=[given["outcome"]] if given else [],
                when_pick=self.give,
            )
        )
        if reason := given.get("reason"):
            said = reason_name(OUTCOME_REASONS[given["outcome"]], reason)
            self.ids.page.add(text(words.t("visit.because", reason=said), "small", "muted"))

    def _reasons(self, member: PersonRow) -> None:
        group = OUTCOME_REASONS[self._asking]
        self.ids.page.add(Section(text=words.t(f"visit.why_{self._asking}")))
        options = [(code, said, "") for code, said in reason_options(group, self.phone.clock.today())]
        given = self.outcomes.get(member.id, {})
        self.ids.page.add(
            Segments(
                columns=1,
                options=options,
                chosen=[given["reason"]] if given.get("reason") else [],
                when_pick=self.give_reason,
            )
        )
        if self._asking not in NEED_REASON:
            skip = QuietButton(text=words.t("visit.no_reason"), tone="ink")
            skip.bind(on_release=lambda _: self.give_reason(""))
            self.ids.page.add(skip)
        other = QuietButton(text=words.t("visit.other_outcome"), icon="arrow-left")
        other.bind(on_release=lambda _: self.go_to(self.at))
        self.ids.page.add(other)

    def _summary(self) -> None:
        page = self.ids.page
        page.add(text(words.t("visit.check"), "title", bold=True))
        left = self._left()
        if left:
            page.add(
                Note(text=words.t("visit.left", left=len(left)), icon="account-question-outline", tone="warn")
            )
        for index, member in enumerate(self.members):
            page.add(self._summary_row(index, member))
        page.add(Section(text=words.t("visit.more")))
        if self.form.parent is not None:
            self.form.parent.remove_widget(self.form)
        page.add(self.form)

    def _summary_row(self, index: int, member: PersonRow) -> Row:
        given = self.outcomes.get(member.id)
        icon, tone = OUTCOME_SIGNS[given["outcome"]] if given else ("account-question-outline", "warn")
        line = words.t("visit.not_asked")
        if given:
            line = outcome_name(given["outcome"])
            if given.get("reason"):
                line += f" · {reason_name(OUTCOME_REASONS[given['outcome']], given['reason'])}"
        row = Row(
            icon=icon,
            icon_tone=tone,
            title=member.full_name,
            line=line,
            line_tone=tone if not given else "ink",
        )
        row.bind(on_release=lambda _: self.go_to(index))
        return row

    def on_touch_down(self, touch: Any) -> bool:
        """Remember where a slide began."""
        self._touch_x = touch.x if self.ids.page.collide_point(*touch.pos) else None
        return bool(super().on_touch_down(touch))

    def on_touch_up(self, touch: Any) -> bool:
        """A slide sideways shows the next card, or the one before."""
        began, self._touch_x = self._touch_x, None
        on_card = began is not None and self.at < len(self.members) and not self._asking
        if on_card and abs(touch.x - began) > dp(SWIPE) > abs(touch.y - touch.oy):
            self.go_to(self.at + (1 if touch.x < began else -1))
        return bool(super().on_touch_up(touch))


load_rules(__file__)
