"""The conclusion of a screening: what the answers propose and why, what is chosen, until when and for what reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from mobile.forms.asked import day_parts, day_text
from mobile.screens.describe import reason_options
from mobile.screens.stock_words import by_language
from mobile.theme import theme
from mobile.widgets.choices import ChoiceField, Segments
from mobile.widgets.fields import DayField, TextField
from mobile.widgets.picking import PickField
from mobile.widgets.surfaces import Column, Section
from mobile.widgets.text import Note
from mobile.words import words
from shared.records.screening import OUTCOMES
from shared.rules.screening import Proposed

if TYPE_CHECKING:
    from mobile.screens.screening import ScreeningScreen

REASON_GROUPS = {"deferred": "deferral", "contraindicated": "contraindication"}
SIGNS = {
    "eligible": ("check-circle-outline", "good"),
    "caution": ("alert-outline", "warn"),
    "deferred": ("clock-outline", "warn"),
    "contraindicated": ("cancel", "late"),
}
#: Days of waiting offered at one tap, beside the day the form proposes.
WAITS = (7, 14, 28)
#: A day that is typed.
ANOTHER = "another"
#: So many reasons stand on the page; more are picked from a list.
FEW = 5


class Conclusion(Column):
    """Drawn anew at every answer. `outcome`, `until` (ISO) and `reason` are what would be recorded."""

    def __init__(self, screen: ScreeningScreen, day: date) -> None:
        super().__init__(spacing=theme.s12)
        self._screen, self._day = screen, day
        self._typing = False
        self.draw()

    @property
    def _proposed(self) -> Proposed | None:
        return self._screen.proposed()

    @property
    def outcome(self) -> str | None:
        """The conclusion chosen, else the one proposed."""
        proposed = self._proposed
        return self._screen.data["outcome"] or (proposed.outcome if proposed else None)

    @property
    def until(self) -> str | None:
        """The day of a deferral: chosen, else proposed."""
        if self.outcome != "deferred":
            return None
        proposed = self._proposed
        return self._screen.data["until"] or (
            proposed.until.isoformat() if proposed and proposed.until else None
        )

    @property
    def reason(self) -> str | None:
        """The reason of a deferral or a contraindication: chosen, else the one of what was proposed."""
        if self.outcome not in REASON_GROUPS:
            return None
        proposed = self._proposed
        own = proposed.reason if proposed and proposed.outcome == self.outcome else None
        return self._screen.data["reason"] or own

    def draw(self) -> None:
        """Show it as it stands."""
        self.clear_widgets()
        self.add_widget(Section(text=words.label("screening", "outcome")))
        outcome, proposed = self.outcome, self._proposed
        if proposed is not None and proposed.outcome is not None:
            self.add_widget(self._why(proposed))
        self.add_widget(
            Segments(
                columns=1,
                options=[(code, words.option("screening", "outcome", code), "") for code in OUTCOMES],
                chosen=[outcome] if outcome else [],
                tones={code: tone for code, (_, tone) in SIGNS.items()},
                when_pick=lambda code: self._conclude(code),
            )
        )
        if outcome == "deferred":
            self._ask_until()
        if outcome in REASON_GROUPS:
            self._ask_reason(REASON_GROUPS[outcome])
        if self._screen.data["outcome"] or self._screen.data["note"]:
            self._ask_note()

    def _why(self, proposed: Proposed) -> Note:
        outcome = str(proposed.outcome)
        icon, tone = SIGNS[outcome]
        document = words.t(f"screening.document.{self._screen.form}")
        if not proposed.because:
            return Note(text=words.t("screening.nothing_against", document=document), icon=icon, tone=tone)
        labels = {item.code: by_language(item.label_vi, item.label_en) for item in self._screen.asked}
        said = words.t(
            "screening.because",
            outcome=words.option("screening", "outcome", outcome),
            because="; ".join(labels[code] for code in proposed.because),
            document=document,
        )
        return Note(text=said, icon=icon, tone=tone)

    def _conclude(self, code: str) -> None:
        self._typing = False
        self._screen.conclude(outcome=code, until=None, reason=None)

    def _ask_until(self) -> None:
        proposed = self._proposed
        days: dict[str, str] = {}
        if proposed is not None and proposed.until is not None:
            days[proposed.until.isoformat()] = words.t(
                "screening.proposed_day", day=words.day(proposed.until)
            )
        for wait in WAITS:
            day = self._day + timedelta(days=wait)
            days.setdefault(day.isoformat(), words.t("screening.wait", weeks=wait // 7, day=f"{day:%d/%m}"))
        until = self.until
        typed = self._typing or (until is not None and until not in days)
        field = ChoiceField(
            label=words.label("screening", "deferred_until"),
            options=[
                *((day, said, "") for day, said in days.items()),
                (ANOTHER, words.t("screening.another"), ""),
            ],
            value=ANOTHER if typed else until or "",
        )
        field.when_edit = self._until
        self.add_widget(field)
        if typed:
            self.add_widget(self._typed_day(until))

    def _typed_day(self, until: str | None) -> DayField:
        field = DayField(names=[words.t("form.day"), words.t("form.month"), words.t("form.year")])
        field.day, field.month, field.year = day_parts(until)

        def edited() -> None:  # only kept: drawing anew would take the keyboard away
            self._screen.data["until"] = day_text(field.day, field.month, field.year, "day")
            self._screen.keep(self._screen.data)

        field.when_edit = edited
        return field

    def _until(self, code: str) -> None:
        self._typing = code == ANOTHER
        self._screen.conclude(until=None if self._typing else code, outcome=self.outcome, reason=self.reason)

    def _ask_reason(self, group: str) -> None:
        options = reason_options(group, self._day)
        label, chosen = words.label("screening", "reason"), self.reason or ""
        field: Any
        if len(options) <= FEW:
            field = ChoiceField(
                label=label, options=[(code, said, "") for code, said in options], value=chosen
            )
        else:
            field = PickField(label=label, options=options, value=chosen, empty=words.t("form.pick"))
            field.when_open = lambda: self._screen.pick(label, options, field.value, field.take)
        field.when_edit = lambda code: self._screen.conclude(
            reason=code, outcome=self.outcome, until=self.until
        )
        self.add_widget(field)

    def _ask_note(self) -> None:
        field = TextField(
            label=words.t("form.optional", label=words.label("screening", "note")), longest=300, long=True
        )
        field.text = self._screen.data["note"]

        def edited(said: str) -> None:
            self._screen.data["note"] = said
            self._screen.keep(self._screen.data)

        field.when_edit = edited
        self.add_widget(field)
