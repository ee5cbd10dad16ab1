"""Where a household stands: asked of the device by a tap, never demanded; no record waits for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kivy.clock import mainthread

from mobile.phone import Phone
from mobile.platform.location import Position
from mobile.theme import theme
from mobile.widgets.buttons import QuietButton
from mobile.widgets.surfaces import Column, text
from mobile.words import words

#: Farther off than this, a position no longer tells one house from its neighbours.
ROUGH_M = 50


def position_words(values: Mapping[str, Any]) -> str:
    """Vị trí: 22.39580, 103.45430. Nothing when there is none."""
    if values.get("lat_e6") is None or values.get("lon_e6") is None:
        return ""
    lat, lon = (f"{values[name] / 1_000_000:.5f}" for name in ("lat_e6", "lon_e6"))  # as maps take them
    return words.t("position.at", lat=lat, lon=lon)


class PositionField(Column):
    """What position is known, and a button that asks for it; `when_found` is given lat_e6, lon_e6 and accuracy_m."""

    def __init__(self, phone: Phone, when_found: Callable[[dict[str, int]], None], **kwargs: Any) -> None:
        super().__init__(spacing=theme.s8, **kwargs)
        self._phone, self._when_found = phone, when_found
        self.words = text("", "small")
        self.button = QuietButton(text=words.t("position.ask"), icon="crosshairs-gps")
        self.button.bind(on_release=lambda _: self.ask())
        self.add_widget(text(words.t("position.title"), "small", bold=True))
        self.add_widget(self.words)
        self.add_widget(self.button)

    def tell(self, values: Mapping[str, Any]) -> None:
        """Show what stands on the form."""
        said = position_words(values) or words.t("position.none")
        accuracy = values.get("accuracy_m")
        if accuracy is not None:
            said += f" · {words.t('position.accuracy', metres=words.number(accuracy))}"
        rough = accuracy is not None and accuracy > ROUGH_M
        if rough:
            said += f"\n{words.t('position.rough')}"
        self.words.text, self.words.tone = said, "warn" if rough else "ink"

    def ask(self) -> None:
        """Ask the device; the form goes on meanwhile."""
        self.button.disabled = True
        self.words.text, self.words.tone = words.t("position.asking"), "muted"
        self._phone.device.location.ask(mainthread(self._found))

    def _found(self, position: Position | None) -> None:
        self.button.disabled = False
        if position is None:
            self.words.text, self.words.tone = words.t("position.not_found"), "warn"
            return
        self._when_found(
            {"lat_e6": position.lat_e6, "lon_e6": position.lon_e6, "accuracy_m": position.accuracy_m}
        )
