"""Which vaccine and lot a dose came from: the first to expire is proposed, another may be taken or written down."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from mobile.forms.asked import asked
from mobile.forms.form import Picker
from mobile.screens.describe import expiry_sign, holding_line, lot_name, reason_options
from mobile.store.stock import HoldingRow
from mobile.theme import theme
from mobile.widgets.choices import ChoiceField
from mobile.widgets.fields import TextField
from mobile.widgets.lists import Row
from mobile.widgets.picking import PickField
from mobile.widgets.surfaces import Column, text
from mobile.words import words

#: A lot that stands in no list, its number written by hand.
BY_HAND = "by_hand"


class LotChoice(Column):
    """A row a lot, first expired first, and one for a number written by hand.

    `choose(**values)` takes an answer and draws again; `write(number)` only keeps what is typed.
    """

    def __init__(
        self,
        holdings: Sequence[HoldingRow],
        data: Mapping[str, Any],
        choose: Callable[..., None],
        write: Callable[[str], None],
        picker: Picker,
        out_of_turn: Collection[str],
        today: date,
    ) -> None:
        """`out_of_turn`: lots that something earlier of the same item stands before; taking one asks why (R009)."""
        super().__init__(spacing=theme.s12)
        self._data, self._choose, self._write, self._picker = data, choose, write, picker
        self._today = today
        for index, holding in enumerate(holdings):
            self.add_widget(self._lot(holding, first=index == 0))
            if holding.lot.id == data.get("lot") and holding.lot.id in out_of_turn:
                self.add_widget(self._why())
        if not holdings:
            self.add_widget(text(words.t("dose.no_lot"), tone="muted"))
        self._by_hand()

    def _lot(self, holding: HoldingRow, *, first: bool) -> Row:
        sign = expiry_sign(holding)
        row = self._row(
            holding.lot.id,
            title=lot_name(holding.lot),
            line=f"{holding.lot.lot_number} · {holding_line(holding)}",
            chip=words.t("dose.first", left=sign.text) if first else sign.text,
            chip_icon=sign.icon,
            chip_tone="brand" if first and sign.tone == "muted" else sign.tone,
            stacked=True,
        )
        row.bind(on_release=lambda _: self._choose(lot=holding.lot.id, vaccine=holding.lot.vaccine))
        return row

    def _row(self, code: str, **shown: Any) -> Row:
        chosen = self._data.get("lot") == code
        icon = "radiobox-marked" if chosen else "radiobox-blank"
        return Row(icon=icon, icon_tone="brand" if chosen else "muted", leads=False, **shown)

    def _why(self) -> ChoiceField:
        reasons = asked("dose", "fefo_code", words.lang)
        options = [(code, said, "") for code, said in reason_options("fefo_override", self._today)]
        field = ChoiceField(label=reasons.label, options=options, value=self._data.get("fefo_code") or "")
        field.when_edit = lambda code: self._choose(fefo_code=code)
        return field

    def _by_hand(self) -> None:
        row = self._row(BY_HAND, title=words.t("dose.by_hand"), line=words.t("dose.by_hand_line"))
        row.bind(on_release=lambda _: self._choose(lot=BY_HAND))
        self.add_widget(row)
        if self._data.get("lot") != BY_HAND:
            return
        vaccine = asked("dose", "vaccine", words.lang)
        pick = PickField(label=vaccine.label, options=list(vaccine.options), empty=words.t("form.pick"))
        pick.value = self._data.get("vaccine") or ""
        pick.when_edit = lambda code: self._choose(vaccine=code)
        pick.when_open = lambda: self._picker(vaccine.label, vaccine.options, pick.value, pick.take)
        number = TextField(label=words.label("dose", "lot_number"), kind="plain", longest=40)
        number.text = self._data.get("lot_number") or ""
        number.when_edit = self._write
        self.add_widget(pick)
        self.add_widget(number)
