"""What to do at once when somebody takes badly after a dose: a few sentences, those of one's own role only."""

from __future__ import annotations

from mobile.theme import theme
from mobile.widgets.surfaces import Card, Strip, text
from mobile.widgets.text import Icon
from mobile.words import words

#: Lines by whether the worker gives doses: who does not has no adrenaline and no session to stop.
VACCINATING = ("lay", "adrenaline", "call", "stop")
VISITING = ("lay", "call_station", "stay")
ICONS = {
    "lay": "bed-outline",
    "adrenaline": "needle",
    "call": "phone-outline",
    "stop": "hand-back-right-off-outline",
    "call_station": "phone-outline",
    "stay": "account-clock-outline",
}


def first_aid(vaccinating: bool) -> Card:
    """The steps, each with its sign."""
    card = Card(fill=theme.wash("late"), edge=theme.late, spacing=theme.s12)
    card.add_widget(text(words.t("first_aid.title"), bold=True, tone="late"))
    for step in VACCINATING if vaccinating else VISITING:
        line = Strip(spacing=theme.s12)
        line.add_widget(Icon(name=ICONS[step], tone="late", pos_hint={"top": 1}))
        line.add_widget(text(words.t(f"first_aid.{step}"), pos_hint={"top": 1}))
        card.add_widget(line)
    return card
