"""Two records side by side, and the verdict whether they are of one person; it can be taken back (L18)."""

from __future__ import annotations

from typing import Any

from mobile.screens.base import known
from mobile.screens.describe import dose_name
from mobile.screens.filling import FormScreen
from mobile.screens.recorded import birth_words, may_read, value_words
from mobile.store import places, registers, undoing
from mobile.store.lookalikes import decide
from mobile.store.views import PersonPage
from mobile.theme import theme
from mobile.widgets.choices import ChoiceField
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, Column, Hairline, Strip, text
from mobile.widgets.text import Note
from mobile.words import words

#: What is set side by side.
COMPARED = (
    "full_name", "birth_date", "sex", "id_kind", "id_number", "phone", "guardian_name", "relation", "residence",
)  # fmt: skip
FIELDS = ("verdict", "checked_by", "note")
SAME = "same"


class SamePersonScreen(FormScreen):
    """What the records say, what differs, and one person or two."""

    name = "same_person"
    kind = "same_person"

    def prepare(self, one: str, other: str, **_: Any) -> None:
        """Show both; the draft of the verdict stands."""
        store = self.phone.store
        self.sides = [known(registers.person(store, each)) for each in (one, other)]
        self.key = f"same_person:{one}:{other}"
        self.title = words.t("same_person.title")
        draft = self.kept()
        if draft is not None:
            self.note_kept(self.ids.page)
        self.ids.page.add(self._compared(), Note(text=words.t("same_person.lead"), icon="undo-variant"))
        self.form = self.make_form(FIELDS, self._changed)
        self.keeps = ChoiceField(
            label=words.t("same_person.keep"),
            options=[(side.row.id, self._record(n, side), "") for n, side in enumerate(self.sides, start=1)],
        )
        self.keeps.when_edit = lambda person: self.form.put("keep", person)
        self.form.fill(draft or {"keep": one})
        self.ids.page.add(self.form)
        self._offer()
        self.ids.main.text = words.t("form.save")

    def save(self) -> None:
        """Write the verdict, and open the record that stays."""
        one, other = (side.row.id for side in self.sides)
        draft = (self.key, self.kind, dict(self.form.values))
        body = self.form.body()
        written: list[str] = []

        def write() -> None:
            written.append(decide(self.phone.store, one, other, body, draft=self.key).id)

        if not self.saved(write, self.form):
            return
        nav = self.phone.nav
        if body["verdict"] == SAME:
            nav.back()
            nav.swap("person", person=body["keep"])
        else:
            nav.back()

        def undo() -> None:
            undoing.take_back(self.phone.store, *written, draft=draft)
            nav.go("same_person", one=one, other=other)

        nav.say(
            words.t(f"same_person.saved_{body['verdict']}"), action=words.t("form.undo"), when_action=undo
        )

    def _changed(self, values: dict[str, Any]) -> None:
        self.keep(values)
        self._offer()

    def _offer(self) -> None:
        """Which record is kept is asked where they are one."""
        self.keeps.value = self.form.values.get("keep") or ""
        asked = self.form.values.get("verdict") == SAME
        if asked and self.keeps.parent is None:
            below = self.form.children.index(self.form.fields["verdict"])
            self.form.add_widget(self.keeps, index=below)
        elif not asked and self.keeps.parent is not None:
            self.form.remove_widget(self.keeps)

    def _compared(self) -> Card:
        card = Card(spacing=theme.s8)
        if not theme.large:
            heads = Strip()
            for number in ("1", "2"):
                heads.add_widget(text(words.t("same_person.number", number=number), "small", bold=True))
            card.add_widget(heads)
        for name in COMPARED:
            values = [side.values.get(name) for side in self.sides]
            if any(values) and may_read(self.phone, name):
                said = [self._said(side, name) for side in self.sides]
                self._line(card, words.label("person", name), said)
        homes = [f"{s.row.head_name} · {places.name(self.phone.store, s.row.village_id)}" for s in self.sides]
        self._line(card, words.label("person", "household"), homes)
        self._line(card, words.t("same_person.doses"), [_doses(side) for side in self.sides])
        return card

    @staticmethod
    def _line(card: Card, label: str, said: list[str]) -> None:
        differs = said[0] != said[1]
        if card.children:
            card.add_widget(Hairline())
        column = Column(spacing=theme.s4)
        name = words.t("same_person.differs", field=label) if differs else label
        column.add_widget(text(name, "small", "warn" if differs else "muted"))
        pair = Column() if theme.large else Strip()
        for number, value in enumerate(said, start=1):
            if theme.large:
                value = f"{words.t('same_person.number', number=number)}: {value}"
            pair.add_widget(text(value, "small", bold=differs, pos_hint={"top": 1}))
        column.add_widget(pair)
        card.add_widget(column)

    def _said(self, side: PersonPage, name: str) -> str:
        if name == "birth_date":
            return birth_words(side.values[name], side.values.get("birth_precision"))
        return value_words(self.phone, "person", name, side.values.get(name))

    def _record(self, number: int, side: PersonPage) -> str:
        number_said = words.t("same_person.number", number=number)
        return words.t("same_person.record", number=number_said, head=side.row.head_name)


def _doses(side: PersonPage) -> str:
    standing = [dose for dose in reversed(side.doses) if not dose.voided]
    return ", ".join(f"{dose_name(d.dose_type)} {words.day(d.given_on)}" for d in standing) or "–"


load_rules(__file__)
