"""What screens with a form share: drafts kept at every change, faults beside their fields, leaving without loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from mobile.forms.asked import said
from mobile.forms.form import Form
from mobile.screens.base import Screen
from mobile.words import words
from shared.faults import Fault, Refused


class FormScreen(Screen):
    """A screen that is written on. What stands on it is kept under `key` until it is saved or thrown away."""

    live = False
    kind = ""
    key = StringProperty("")

    def keep(self, data: dict[str, Any]) -> None:
        """Keep what stands on the screen."""
        self.phone.store.save_draft(self.key, self.kind, data)

    def kept(self) -> dict[str, Any] | None:
        """What stood on the screen when it was left, if it was not saved."""
        return self.phone.store.draft(self.key)

    def make_form(
        self,
        names: Sequence[str],
        on_change: Callable[[dict[str, Any]], None],
        things: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    ) -> Form:
        """A form for fields of this screen's kind; `things`: what a field that names another thing is picked from."""
        return Form(self.kind, names, self.pick, on_change, things, self.phone.clock.today())

    def pick(
        self, title: str, options: Sequence[tuple[str, str]], chosen: str, take: Callable[[str], None]
    ) -> None:
        """Open a long list."""
        self.phone.nav.go("pick", title=title, options=options, chosen=chosen, take=take)

    def saved(self, save: Callable[[], Any], form: Form | None = None) -> bool:
        """Save; on a refusal show each fault where it belongs and stay."""
        try:
            save()
        except Refused as refused:
            self.refused(refused.faults, form)
            return False
        return True

    def refused(self, faults: Iterable[Fault], form: Form | None = None) -> None:
        """Show faults beside their fields, the others at the foot; go to the first."""
        faults = list(faults)
        if form is None:
            general, first = [said(found, self.kind, words.lang) for found in faults], None
        else:
            general, first = form.show_faults(faults)
        if first is not None:
            self.ids.page.show(first)
            general = general or [words.t("form.look")]
        self.phone.nav.say(" ".join(general), tone="late")

    def note_kept(self, page: Widget) -> None:
        """Say that a draft was taken up again, with a way to start over."""
        from mobile.widgets.drafts import DraftNote

        note = DraftNote(text=words.t("form.kept"), action=words.t("form.start_over"))
        note.when_action = self.start_over
        page.add_widget(note)

    def start_over(self) -> None:
        """Open the screen anew without the draft."""
        self.phone.store.drop_draft(self.key)
        self.phone.nav.swap(self.name, **self.params)
