"""Forms with numbers of vials: − and +, or a tap on the number opens the pad at the foot."""

from __future__ import annotations

from mobile.screens.filling import FormScreen
from mobile.widgets.buttons import MainButton, QuietButton
from mobile.widgets.loading import load_rules
from mobile.widgets.numbers import NumberPad, Stepper, after_key
from mobile.widgets.surfaces import text
from mobile.words import words


class PadScreen(FormScreen):
    """Subclasses call `make_foot`, then `number` for every stepper, and say what `save` does."""

    def make_foot(self, icon: str) -> None:
        """The main action, and the pad that takes its place while a number is typed."""
        self.wanted = ""
        self.steppers: dict[str, Stepper] = {}
        self.pad = NumberPad(when_key=self.key_pressed)
        self.done = QuietButton(text=words.t("count.done"), icon="check")
        self.done.bind(on_release=lambda _: self.want(self.wanted))
        self.main = MainButton(icon=icon)
        self.main.bind(on_release=lambda _: self.save())

    def number(self, key: str, stepper: Stepper) -> None:
        """Let a tap on a number open the pad for it."""
        self.steppers[key] = stepper
        stepper.when_tap = lambda: self.want(key)

    def save(self) -> None:
        """What the main action does."""
        raise NotImplementedError

    def name_of(self, key: str) -> str:
        """What a number is of, as it stands above the pad."""
        raise NotImplementedError

    def foot_main(self) -> None:
        """Say on the main action what it will do."""
        raise NotImplementedError

    def want(self, key: str) -> None:
        """Open the pad for a number, or close it."""
        self.wanted = "" if self.wanted == key else key
        for name, stepper in self.steppers.items():
            stepper.wanted = name == self.wanted
        self._fresh = True
        self.tell()
        if self.wanted:
            self.ids.page.show(self.steppers[self.wanted])

    def key_pressed(self, code: str) -> None:
        """A key of the pad; the first digit replaces what stood there."""
        stepper = self.steppers[self.wanted]
        before = None if self._fresh and code.isdigit() else stepper.value
        self._fresh = False
        stepper.put(after_key(before, code))

    def tell(self) -> None:
        """Draw the foot: the pad while a number is typed, else the main action."""
        foot = self.ids.foot
        foot.clear_widgets()
        if self.wanted:
            number = self.steppers[self.wanted].shown
            shown = words.t("count.now", lot=self.name_of(self.wanted), vials=number)
            foot.add_widget(text(shown, bold=True, halign="center"))
            foot.add_widget(self.pad)
            foot.add_widget(self.done)
        else:
            self.foot_main()
            foot.add_widget(self.main)


load_rules(__file__)
