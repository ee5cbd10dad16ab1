"""Reports a reaction after a dose, the same hour or days later, and what is learnt of it since."""

from __future__ import annotations

from typing import Any

from mobile.screens.base import known
from mobile.screens.describe import dose_name, person_line
from mobile.screens.filling import FormScreen
from mobile.screens.first_aid import first_aid
from mobile.store import reactions, registers, undoing
from mobile.store.views import PersonPage
from mobile.theme import theme
from mobile.widgets.choices import Segments
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Column, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.records.reaction import SYMPTOMS
from shared.rules.reactions import DANGER_SIGNS, severity_doubted

FIELDS = ("severity", "onset_on", "outcome", "treated_at", "dose", "note")
#: Doses a reaction may be told of: the newest.
MOST_DOSES = 5


class ReactionFormScreen(FormScreen):
    """How bad, which signs, since when, what became of it. A serious event says first what to do now."""

    name = "reaction_form"
    kind = "reaction"

    def prepare(self, person: str, dose: str = "", reaction: str = "", **_: Any) -> None:
        """Fill the form with the draft, with what was told before (`reaction`), or begin after a dose."""
        store = self.phone.store
        self.found = known(registers.person(store, person))
        self.before = known(reactions.reaction(store, reaction)) if reaction else None
        self.key = f"reaction:{person}:{dose}:{reaction}"
        self.title = self.found.row.full_name
        page, kept = self.ids.page, self.kept()
        if kept is not None:
            self.note_kept(page)
        page.add(text(person_line(self.found.row), tone="muted"))
        self.form = self.make_form(FIELDS, self._changed, {"dose": _doses(self.found)})
        self.aid, self.signs = Column(), Column(spacing=theme.s8)
        below = Column(spacing=theme.s8)
        below.add_widget(self.aid)
        below.add_widget(self.signs)
        self.form.add_widget(below, index=self.form.children.index(self.form.fields["severity"]))
        page.add(self.form)
        self.data: dict[str, Any] = kept or (dict(self.before.body) if self.before else self._begun(dose))
        self.form.fill(self.data)
        self._show_signs()
        self._show_aid()

    def save(self) -> None:
        """Write it. A serious event is sent at once and opens what is to be done now."""
        if not self.saved(self._write, self.form):
            return
        nav, entry, key, data = self.phone.nav, self.entry, self.key, dict(self.data)
        store = self.phone.store

        def undo() -> None:
            undoing.take_back(store, entry.id, draft=(key, self.kind, data))
            nav.refresh()

        if self.data.get("severity") == "serious":
            nav.swap("reaction", reaction=entry.id)
            self.phone.sync_soon()
        else:
            nav.back()
        nav.say(
            words.t("reaction_form.saved", name=self.title), action=words.t("form.undo"), when_action=undo
        )

    def sign(self, code: str) -> None:
        """Add a sign, or take it away."""
        had = self.data.get("symptoms") or []
        self.data["symptoms"] = [each for each in had if each != code] if code in had else [*had, code]
        self.keep(self.data)
        self._show_signs()
        self._show_aid()

    def _write(self) -> None:
        body = self.form.body() | {"symptoms": self.data.get("symptoms") or None}
        me, row = self.phone.me, self.found.row
        place = self.before.place if self.before else me.site or row.village_id
        self.entry = self.phone.store.record(
            "reaction",
            subject=row.id,
            place=place,
            body=body,
            corrects=self.before.id if self.before else None,
            draft=self.key,
        )

    def _begun(self, dose: str) -> dict[str, Any]:
        known_doses = _doses(self.found)
        first = dose or (known_doses[0][0] if known_doses else None)
        return {"dose": first, "onset_on": self.phone.clock.today().isoformat()}

    def _changed(self, values: dict[str, Any]) -> None:
        self.data |= values
        self.keep(self.data)
        self._show_aid()

    def _show_aid(self) -> None:
        """What to do now, or that a sign of danger asks for another look at the severity."""
        severity, symptoms = self.data.get("severity"), self.data.get("symptoms") or ()
        self.aid.clear_widgets()
        if severity == "serious":
            self.aid.add_widget(first_aid(self.phone.may("dose")))
        elif severity_doubted(severity, symptoms):
            self.aid.add_widget(Note(text=words.t("reaction_form.danger"), icon="alert-outline", tone="warn"))

    def _show_signs(self) -> None:
        self.signs.clear_widgets()
        common = [code for code in SYMPTOMS if code not in DANGER_SIGNS]
        for title, codes, tone in (("danger_signs", DANGER_SIGNS, "late"), ("signs", common, "brand")):
            self.signs.add_widget(text(words.t(f"reaction_form.{title}"), "small", bold=True))
            self.signs.add_widget(
                Segments(
                    columns=1 if theme.large else 2,
                    options=[(code, words.option("reaction", "symptoms", code), "") for code in codes],
                    chosen=list(self.data.get("symptoms") or ()),
                    tones=dict.fromkeys(codes, tone),
                    when_pick=self.sign,
                )
            )


def _doses(found: PersonPage) -> list[tuple[str, str]]:
    """The doses a reaction may have followed, the newest first."""
    standing = [dose for dose in found.doses if not dose.voided]
    return [
        (dose.id, f"{dose_name(dose.dose_type)} · {words.day(dose.given_on)}")
        for dose in standing[:MOST_DOSES]
    ]


load_rules(__file__)
