"""Conflicts put to the worker: two values, who wrote each, and one tap says which holds (L17)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from mobile.phone import Phone
from mobile.screens.recorded import by_words, may_read, value_words
from mobile.store import settling, undoing
from mobile.store.views import ConflictRow
from mobile.widgets.lists import Row
from mobile.widgets.surfaces import Card, text
from mobile.words import words
from shared.faults import Refused


def conflict_cards(phone: Phone, conflicts: Sequence[ConflictRow], settled: Callable[[], None]) -> list[Card]:
    """A card for each field in conflict; `settled` is called after a tap, and after that was undone."""
    seen = sorted((c for c in conflicts if may_read(phone, c.field)), key=lambda c: c.field)
    return [_card(phone, list(rows), settled) for _, rows in groupby(seen, lambda c: c.field)]


def _card(phone: Phone, rows: Sequence[ConflictRow], settled: Callable[[], None]) -> Card:
    first = rows[0]
    card = Card()
    name = words.label(first.kind, first.field)
    card.add_widget(text(words.t("conflict.title", field=name), bold=True, tone="warn"))
    may = phone.may(first.kind)
    card.add_widget(text(words.t("conflict.ask" if may else "conflict.told"), "small", "muted"))
    claims = [(first.shown, first.shown_by), *((row.other, row.other_by) for row in rows)]
    offered: list[Any] = []
    for value, by in claims:
        if value in offered:
            continue
        offered.append(value)
        row = Row(
            icon="radiobox-marked" if value == first.shown else "radiobox-blank",
            icon_tone="brand",
            title=value_words(phone, first.kind, first.field, value),
            line=by_words(by),
            leads=False,
            disabled=not may,
        )
        row.bind(on_release=lambda _, value=value: _settle(phone, first, value, settled))
        card.add_widget(row)
    return card


def _settle(phone: Phone, conflict: ConflictRow, value: Any, settled: Callable[[], None]) -> None:
    try:
        entry = settling.settle(phone.store, conflict, value)
    except Refused as refused:
        phone.nav.say(words.fault(refused.faults[0]), tone="late")
        return
    settled()

    def undo() -> None:
        undoing.take_back(phone.store, entry)
        phone.nav.refresh()

    shown = value_words(phone, conflict.kind, conflict.field, value)
    phone.nav.say(words.t("conflict.settled", shown=shown), action=words.t("action.undo"), when_action=undo)
