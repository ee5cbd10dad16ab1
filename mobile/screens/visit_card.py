"""One member of the household on a card: the outcome in one tap, and only what must be asked besides."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mobile.forms.visit_sheet import MAY_EXPLAIN, VisitSheet
from mobile.screens.describe import (
    OUTCOME_REASONS,
    OUTCOME_SIGNS,
    outcome_name,
    person_line,
    person_sign,
    reason_name,
    reason_options,
)
from mobile.store.views import PersonRow
from mobile.theme import theme
from mobile.widgets.buttons import QuietButton, Toggle
from mobile.widgets.choices import Option, Segments
from mobile.widgets.quick_days import QuickDays
from mobile.widgets.surfaces import Card, Column, Section, text
from mobile.widgets.text import Chip
from mobile.words import words

#: What a parent may answer, with its sign and tone; nobody met is an answer too.
ANSWERS = {
    "agree": ("check-circle-outline", "good"),
    "considering": ("account-question-outline", "warn"),
    "decline": ("hand-back-right-off-outline", "late"),
    "unreached": ("door", "warn"),
}


class MemberCard(Column):
    """The card of the member shown. `changed(move)` is called after each answer; `move` when the answer leads on."""

    def __init__(self, sheet: VisitSheet, changed: Callable[[bool], None]) -> None:
        super().__init__(spacing=theme.s12)
        self.sheet, self._changed = sheet, changed
        self.member = sheet.members[sheet.at]
        self._head()
        if sheet.asking == "consent":
            self._consent()
        elif sheet.asking:
            self._reasons()
        else:
            self._outcome()

    def _head(self) -> None:
        sign = person_sign(self.member, self.sheet.today)
        card = Card()
        card.add_widget(text(self.member.full_name, "heading", bold=True))
        card.add_widget(text(person_line(self.member), "small", "muted"))
        card.add_widget(Chip(text=sign.text, icon=sign.icon, tone=sign.tone))
        self.add_widget(card)

    def _outcome(self) -> None:
        sheet, given = self.sheet, self.sheet.outcomes.get(self.member.id, {})
        here = [code for code in OUTCOME_SIGNS if not (sheet.met and code == "absent")]
        options = [(code, outcome_name(code), OUTCOME_SIGNS[code][0]) for code in here]
        outcomes = Segments(
            columns=1 if theme.large else 2,
            tones={code: tone for code, (_, tone) in OUTCOME_SIGNS.items()},
            options=options,
            chosen=[given["outcome"]] if given else [],
            when_pick=lambda code: self._move(lambda: sheet.give(code)),
        )
        self.add_widget(outcomes)
        if reason := given.get("reason"):
            said = reason_name(OUTCOME_REASONS[given["outcome"]], reason)
            self.add_widget(text(words.t("visit.because", reason=said), "small", "muted"))
        if given and "reached" in given:
            self.add_widget(Section(text=words.t("visit.guardian")))
            self.add_widget(self._answers(_answer(given)))
        if sheet.invited(self.member):
            self._arrangement(given.get("appointment_on") or "", bool(given.get("transport_need")))

    def _arrangement(self, day: str, transport: bool) -> None:
        sheet, person = self.sheet, self.member.id
        days = QuickDays(label=words.t("visit.appointment"), today=sheet.today, value=day)
        days.when_edit = lambda chosen: self._stay(lambda: sheet.arrange([person], appointment_on=chosen))
        toggle = Toggle(text=words.t("visit.needs_transport"), active=transport)
        toggle.bind(
            active=lambda _, on: self._stay(lambda: sheet.arrange([person], transport_need=on or None))
        )
        self.add_widget(days)
        self.add_widget(toggle)

    def _consent(self) -> None:
        sheet = self.sheet
        self.add_widget(Section(text=words.t("visit.guardian")))
        self.add_widget(self._answers(_answer(sheet.outcomes.get(self.member.id, {}))))
        self._quiet(words.t("visit.no_guardian"), "", lambda: sheet.consent(""))
        self._other()

    def _answers(self, chosen: str) -> Segments:
        options: list[Option] = [
            (code, words.option("visit", "consent", code), icon) for code, (icon, _) in ANSWERS.items()
        ]
        options[-1] = ("unreached", words.t("visit.guardian_unreached"), ANSWERS["unreached"][0])
        return Segments(
            columns=1 if theme.large else 2,
            options=options,
            tones={code: tone for code, (_, tone) in ANSWERS.items()},
            chosen=[chosen] if chosen else [],
            when_pick=lambda code: self._move(lambda: self.sheet.consent(code)),
        )

    def _reasons(self) -> None:
        sheet = self.sheet
        group = OUTCOME_REASONS[sheet.asking]
        self.add_widget(Section(text=words.t(f"visit.why_{sheet.asking}")))
        given = sheet.outcomes.get(self.member.id, {})
        chosen = given["reason"] if given.get("outcome") == sheet.asking and given.get("reason") else ""
        self.add_widget(
            Segments(
                columns=1,
                options=[(code, said, "") for code, said in reason_options(group, sheet.today)],
                chosen=[chosen] if chosen else [],
                when_pick=lambda code: self._move(lambda: sheet.explain(code)),
            )
        )
        if sheet.asking in MAY_EXPLAIN:
            self._quiet(words.t("visit.no_reason"), "", lambda: sheet.explain(""))
        self._other()

    def _other(self) -> None:
        self._quiet(words.t("visit.other_outcome"), "arrow-left", lambda: self.sheet.go_to(self.sheet.at))

    def _quiet(self, label: str, icon: str, do: Callable[[], None]) -> None:
        button = QuietButton(text=label, icon=icon, tone="brand" if icon else "ink")
        button.bind(on_release=lambda _: self._move(do))
        self.add_widget(button)

    def _move(self, do: Callable[[], None]) -> None:
        do()
        self._changed(True)

    def _stay(self, do: Callable[[], None]) -> None:
        do()
        self._changed(False)


def names_of(people: Sequence[PersonRow]) -> list[Option]:
    """People as options."""
    return [(person.id, person.full_name, "") for person in people]


def answer_name(given: dict[str, object]) -> str:
    """What the parent said, in words; "" when nobody was asked."""
    answer = _answer(given)
    return words.t(f"visit.guardian_{answer}") if answer else ""


def _answer(given: dict[str, object]) -> str:
    if "reached" not in given:
        return ""
    return str(given.get("consent") or "") if given["reached"] else "unreached"
