"""A choice from a long list: shown on the form, picked on a screen with search."""

from kivy.properties import ListProperty, ObjectProperty, StringProperty

from mobile.widgets.fields import FieldBox
from mobile.widgets.loading import load_rules


class PickField(FieldBox):
    """One of many options. `when_open` opens the list; `take` is given the code picked there."""

    options = ListProperty([])
    value = StringProperty("")
    empty = StringProperty("")
    when_edit = ObjectProperty(lambda code: None)
    when_open = ObjectProperty(lambda: None)

    def words_of(self, code: str) -> str:
        """The words of a code; the invitation to pick when there is none."""
        return dict(self.options).get(code, code) or self.empty

    def take(self, code: str) -> None:
        """Keep the code that was picked."""
        self.value = code
        self.when_edit(code)


load_rules(__file__)
