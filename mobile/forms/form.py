"""A form of widgets for some fields of a kind; it keeps what is typed and shows faults beside their fields."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from kivy.uix.widget import Widget

from mobile.forms.asked import Asked, asked, beside, body_of, day_parts, day_text, number_of
from mobile.theme import theme
from mobile.widgets.choices import ChoiceField, ManyField
from mobile.widgets.fields import DayField, FieldBox, TextField
from mobile.widgets.picking import PickField
from mobile.widgets.surfaces import Column
from mobile.words import words
from shared.faults import Fault

#: Opens a searchable list: (title, options, chosen code, what to do with the code picked).
Picker = Callable[[str, Sequence[tuple[str, str]], str, Callable[[str], None]], None]


class Form(Column):
    """Fields one under the other. `values` holds what the worker gave, as the record's body will.

    `on_change(values)` is called at every change (L13), never while the form is filled by `fill`.
    """

    def __init__(
        self,
        kind: str,
        names: Sequence[str],
        picker: Picker,
        on_change: Callable[[dict[str, Any]], None],
        things: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        today: date | None = None,
    ) -> None:
        """`things` are the (id, words) that a field which names another thing is picked from; `today` is offered where
        a day is often today.
        """
        super().__init__(spacing=theme.s24)
        self.kind = kind
        self._things = things or {}
        self._today = today
        self.values: dict[str, Any] = {}
        self.fields: dict[str, FieldBox] = {}
        self._picker = picker
        self._on_change = on_change
        self._filling = False
        for name in names:
            if name != "birth_precision":
                self._make(name)

    def fill(self, values: dict[str, Any]) -> None:
        """Show kept values."""
        self._filling = True
        self.values = dict(values)
        for name, field in self.fields.items():
            value = values.get(name)
            if isinstance(field, DayField):
                field.precision = values.get("birth_precision") or "day" if name == "birth_date" else "day"
                field.day, field.month, field.year = day_parts(value)
            elif isinstance(field, ManyField):
                field.values = list(value or [])
            elif isinstance(field, TextField):
                field.text = "" if value is None else str(value)
            elif isinstance(value, bool):
                field.value = YES if value else NO
            else:
                field.value = value or ""
        if "birth_precision" in self.fields:
            self.fields["birth_precision"].value = values.get("birth_precision") or "day"
        self._filling = False

    def body(self) -> dict[str, Any]:
        """The values as a record's body: tidied, None where nothing was given."""
        return body_of(self.values)

    def show_faults(self, faults: Iterable[Fault]) -> tuple[list[str], Widget | None]:
        """Put each fault beside its field; answers the words that have none, and the first field at fault."""
        shown, general = beside(faults, self.fields, self.kind, words.lang)
        first = None
        for name, field in self.fields.items():
            field.fault = shown.get(name, "")
            if field.fault and first is None:
                first = field
        return general, first

    def offer(self, name: str, offered: bool) -> None:
        """Show a field, or put it away; what was given in it stays."""
        field = self.fields[name]
        if offered and field.parent is None:
            order = list(self.fields)
            after = [f for f in order[order.index(name) + 1 :] if self.fields[f].parent is self]
            index = self.children.index(self.fields[after[0]]) + 1 if after else 0
            self.add_widget(field, index=index)
        elif not offered and field.parent is self:
            self.remove_widget(field)

    def put(self, name: str, value: Any) -> None:
        """Keep a value and tell about it."""
        if self._filling or self.values.get(name) == value:
            return
        self.values[name] = value
        if name in self.fields:
            self.fields[name].fault = ""
        self._on_change(self.values)

    def _make(self, name: str) -> None:
        question = asked(self.kind, name, words.lang)
        if name in self._things:
            question = replace(question, form="pick", options=tuple(self._things[name]))
        if name == "birth_date":
            self._make_precision()
        field = self._widget(question)
        field.name = name
        self.fields[name] = field
        self.add_widget(field)

    def _make_precision(self) -> None:
        question = asked(self.kind, "birth_precision", words.lang)
        field = ChoiceField(
            label=asked(self.kind, "birth_date", words.lang).label,
            value="day",
            options=[(code, words.t(f"birth.{code}"), "") for code, _ in question.options],
        )
        field.when_edit = self._precise
        self.fields["birth_precision"] = field
        self.add_widget(field)

    def _precise(self, code: str) -> None:
        self.fields["birth_date"].precision = code
        self.put("birth_precision", code)

    def _widget(self, question: Asked) -> FieldBox:
        name = question.name
        label = question.label if question.required else words.t("form.optional", label=question.label)
        if question.form == "day":
            return self._day(question, label)
        if question.form == "flag":
            answers = [(YES, words.t("form.yes"), ""), (NO, words.t("form.no"), "")]
            flag = ChoiceField(label=label, options=answers, may_clear=True)
            flag.when_edit = lambda code: self.put(name, None if not code else code == YES)
            return flag
        if question.form == "choice":
            options = [(code, text, "") for code, text in question.options]
            field = ChoiceField(label=label, options=options, may_clear=not question.required)
            field.when_edit = lambda code: self.put(name, code or None)
            return field
        if question.form == "many":
            many = ManyField(label=label, options=[(code, text, "") for code, text in question.options])
            many.when_edit = lambda codes: self.put(name, codes or None)
            return many
        if question.form == "pick":
            pick = PickField(label=label, options=list(question.options), empty=words.t("form.pick"))
            pick.when_edit = lambda code: self.put(name, code or None)
            pick.when_open = lambda: self._picker(question.label, question.options, pick.value, pick.take)
            return pick
        kind = "number" if question.form == "number" else "plain" if name in PLAIN else "text"
        text = TextField(label=label, kind=kind, longest=question.longest, long=question.form == "long_text")
        number = question.form == "number"
        text.when_edit = lambda value: self.put(name, number_of(value) if number else value)
        return text

    def _day(self, question: Asked, label: str) -> DayField:
        name = question.name
        field = DayField(
            label="" if name == "birth_date" else label,
            names=[words.t("form.day"), words.t("form.month"), words.t("form.year")],
            today=self._today if name in OFTEN_TODAY else None,
        )
        field.when_edit = lambda: self.put(
            name, day_text(field.day, field.month, field.year, field.precision)
        )
        return field


#: The two answers to a question that nobody answered beforehand.
YES, NO = "yes", "no"

#: Days that are most often the day of writing.
OFTEN_TODAY = frozenset(
    {"came_on", "residence_since", "onset_on", "received_on", "thawed_on", "opened_on", "from_on"}
)

#: Fields of signs rather than words: Vietnamese is not composed in them.
PLAIN = frozenset({"phone", "guardian_phone", "id_number"})
