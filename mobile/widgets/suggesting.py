"""Words that were used before, one tap away, beside the field for others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mobile.theme import theme
from mobile.widgets.buttons import QuietButton
from mobile.widgets.choices import Segments
from mobile.widgets.fields import TextField
from mobile.widgets.surfaces import Column, text


class Suggested(Column):
    """One line of text, and what it may be; a tap on a suggestion writes it. `when_edit(text)` tells the form."""

    def __init__(
        self,
        label: str,
        said: str,
        suggestions: Sequence[str],
        longest: int,
        when_edit: Callable[[str], None],
    ) -> None:
        super().__init__(spacing=theme.s8)
        self._when_edit = when_edit
        self.field = TextField(label=label, longest=longest)
        self.field.text = said
        self.field.when_edit = self._edited
        self.add_widget(self.field)
        self.segments = Segments(options=[(each, each, "") for each in suggestions], when_pick=self._take)
        if suggestions:
            self.add_widget(self.segments)
        self._mark(said)

    def _take(self, said: str) -> None:
        self.field.text = "" if self.field.text == said else said

    def _edited(self, said: str) -> None:
        self._mark(said)
        self._when_edit(said)

    def _mark(self, said: str) -> None:
        self.segments.chosen = [said] if said else []


class NamesField(Column):
    """Any number of names: known ones are tapped, another is typed and added. `when_edit(names, typed)` tells the
    form; what is typed and not added yet counts as a name (`all_names`).
    """

    def __init__(
        self,
        label: str,
        known: Sequence[str],
        names: Sequence[str],
        typed: str,
        more: tuple[str, str],
        when_edit: Callable[[list[str], str], None],
    ) -> None:
        """`more`: the words of the field for another name and of its button."""
        super().__init__(spacing=theme.s8)
        self.names = list(names)
        self._known = list(dict.fromkeys([*known, *names]))
        self._when_edit = when_edit
        self.add_widget(text(label, "small", bold=True))
        self.segments = Segments(when_pick=self._tap, columns=1)
        self.add_widget(self.segments)
        self.field = TextField(label=more[0], longest=80)
        self.field.text = typed
        self.field.when_edit = lambda _: self._tell()
        self.add_widget(self.field)
        self.button = QuietButton(text=more[1], icon="account-plus-outline")
        self.button.bind(on_release=lambda _: self._add())
        self.add_widget(self.button)
        self._draw()

    def _draw(self) -> None:
        self.segments.options = [(name, name, "") for name in self._known]
        self.segments.chosen = list(self.names)

    def _tap(self, name: str) -> None:
        self.names = [n for n in self.names if n != name] if name in self.names else [*self.names, name]
        self._draw()
        self._tell()

    def _add(self) -> None:
        name = " ".join(self.field.text.split())
        if not name:
            return
        if name not in self._known:
            self._known.append(name)
        if name not in self.names:
            self.names.append(name)
        self.field.text = ""
        self._draw()
        self._tell()

    def _tell(self) -> None:
        self._when_edit(list(self.names), self.field.text)


def all_names(names: Sequence[str], typed: str) -> list[str]:
    """The names with the one that was typed last, each once."""
    last = " ".join(typed.split())
    return list(dict.fromkeys([*names, *([last] if last else [])]))
