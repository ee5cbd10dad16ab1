"""A day ahead in one tap: tomorrow, in three days, in a week, or any other."""

from datetime import date, timedelta
from typing import Any

from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty

from mobile.forms.asked import day_parts, day_text
from mobile.widgets.choices import Segments
from mobile.widgets.fields import DayField, FieldBox
from mobile.widgets.loading import load_rules
from mobile.words import words

#: How many days ahead the quick choices are.
AHEAD = (1, 3, 7)
OTHER = "other"


class QuickDays(FieldBox):
    """`value` is the ISO day, or "" while there is none; a second tap takes it back. `when_edit(day or None)`."""

    value = StringProperty("")
    options = ListProperty([])
    typing = BooleanProperty(False)
    today: date = ObjectProperty(date.min)
    when_edit = ObjectProperty(lambda day: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        ahead = [(days, self.today + timedelta(days=days)) for days in AHEAD]
        self._quick = [day.isoformat() for _, day in ahead]
        quick = [
            (f"{day:%Y-%m-%d}", words.t(f"days.in_{days}", day=f"{day:%d/%m}"), "") for days, day in ahead
        ]
        self.typing = bool(self.value) and self.value not in self._quick
        self._segments = Segments(options=[*quick, (OTHER, words.t("days.other"), "")], when_pick=self._pick)
        self._day = DayField(names=[words.t("form.day"), words.t("form.month"), words.t("form.year")])
        self._day.day, self._day.month, self._day.year = day_parts(self.value if self.typing else None)
        self._day.when_edit = self._typed
        self.ids.place.add_widget(self._segments)
        self._show()

    def _pick(self, code: str) -> None:
        if code == OTHER:
            self.typing = not self.typing
            self.value = ""
        else:
            self.typing = False
            self.value = "" if self.value == code else code
        self._show()
        self.when_edit(self.value or None)

    def _typed(self) -> None:
        self.value = day_text(self._day.day, self._day.month, self._day.year, "day") or ""
        self.when_edit(self.value or None)

    def _show(self) -> None:
        self._segments.chosen = [OTHER] if self.typing else [self.value]
        if self.typing and self._day.parent is None:
            self.ids.place.add_widget(self._day)
        elif not self.typing and self._day.parent is not None:
            self.ids.place.remove_widget(self._day)


load_rules(__file__)
