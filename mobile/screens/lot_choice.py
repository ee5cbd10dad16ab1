"""Which vaccine and lot a dose came from: the first to expire is proposed, another may be taken or written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.forms.asked import asked
from mobile.screens.describe import expiry_sign, lot_name, reason_options, unit_name, vaccine_name
from mobile.store.dosing import LotAtHand
from mobile.theme import theme
from mobile.widgets.buttons import QuietButton
from mobile.widgets.choices import ChoiceField
from mobile.widgets.fields import TextField
from mobile.widgets.lists import Row
from mobile.widgets.picking import PickField
from mobile.widgets.surfaces import Column, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.rules.sessions import spare_of_a_vial

if TYPE_CHECKING:
    from mobile.screens.dose import DoseScreen

#: A lot that stands in no list, its number written by hand.
BY_HAND = "by_hand"


class LotChoice(Column):
    """A row a lot, first expired first, and one for a number written by hand; under the one chosen, its vials."""

    def __init__(
        self,
        lots: Sequence[LotAtHand],
        data: Mapping[str, Any],
        screen: DoseScreen,
        out_of_turn: Collection[str],
        day: date,
    ) -> None:
        """`out_of_turn`: lots that something earlier of the same item stands before; taking one asks why (R009)."""
        super().__init__(spacing=theme.s12)
        self._data, self._screen, self._day = data, screen, day
        for index, lot in enumerate(lots):
            self.add_widget(self._lot(lot, first=index == 0))
            if lot.first.lot.id == data.get("lot"):
                if lot.first.lot.id in out_of_turn:
                    self.add_widget(self._why())
                self._vials(lot)
        if not lots:
            self.add_widget(text(words.t("dose.no_lot"), tone="muted"))
        self._by_hand()

    def left_out(self, why: Mapping[str, str]) -> None:
        """Say which vaccine at hand is not offered, and why: the age, the dose, no opening yet, or mixing (R093)."""
        for code, reason in why.items():
            said = words.t(f"dose.unfit_{reason}", vaccine=vaccine_name(code))
            self.add_widget(text(said, "small", "muted"))

    def _lot(self, lot: LotAtHand, *, first: bool) -> Row:
        sign = expiry_sign(lot.first)
        row = self._row(
            lot.first.lot.id,
            title=lot_name(lot.first.lot),
            line=f"{lot.first.lot.lot_number} · {self._left(lot)}",
            chip=words.t("dose.first", left=sign.text) if first else sign.text,
            chip_icon=sign.icon,
            chip_tone="brand" if first and sign.tone == "muted" else sign.tone,
            stacked=True,
        )
        row.bind(
            on_release=lambda _: self._screen.choose(lot=lot.first.lot.id, vaccine=lot.first.lot.vaccine)
        )
        return row

    def _left(self, lot: LotAtHand) -> str:
        """What is at hand of a lot: doses in an open vial, and vials that are not opened."""
        item = lot.first.lot
        if item.doses_per_vial is None:
            return f"{words.number(lot.sealed)} {unit_name(item)}"
        sealed = words.t("dose.sealed", vials=words.number(lot.sealed), unit=unit_name(item))
        if not lot.opened:
            return sealed
        return f"{words.counted('dose.in_open', lot.opened)} · {sealed}"

    def _vials(self, lot: LotAtHand) -> None:
        """Beside the lot chosen: opening a vial when none is open, with what it would leave when few still wait."""
        per_vial = lot.first.lot.doses_per_vial
        if per_vial is None or lot.opened or lot.sealed <= 0 or self._screen.held.closed:
            return
        waiting = self._screen.waiting()
        if spare := spare_of_a_vial(waiting, per_vial):
            said = words.t(
                "dose.few",
                waiting=words.number(waiting),
                doses=words.number(per_vial),
                spare=words.number(spare),
            )
            self.add_widget(Note(text=said, icon="alert-outline", tone="warn"))
        button = QuietButton(text=words.t("dose.open_vial"), icon="bottle-tonic-plus-outline")
        button.bind(on_release=lambda _: self._screen.open_vial(lot))
        self.add_widget(button)

    def _row(self, code: str, **shown: Any) -> Row:
        chosen = self._data.get("lot") == code
        icon = "radiobox-marked" if chosen else "radiobox-blank"
        return Row(icon=icon, icon_tone="brand" if chosen else "muted", leads=False, **shown)

    def _why(self) -> ChoiceField:
        reasons = asked("dose", "fefo_code", words.lang)
        options = [(code, said, "") for code, said in reason_options("fefo_override", self._day)]
        field = ChoiceField(label=reasons.label, options=options, value=self._data.get("fefo_code") or "")
        field.when_edit = lambda code: self._screen.choose(fefo_code=code)
        return field

    def _by_hand(self) -> None:
        row = self._row(BY_HAND, title=words.t("dose.by_hand"), line=words.t("dose.by_hand_line"))
        row.bind(on_release=lambda _: self._screen.choose(lot=BY_HAND))
        self.add_widget(row)
        if self._data.get("lot") != BY_HAND:
            return
        screen, vaccine = self._screen, asked("dose", "vaccine", words.lang)
        pick = PickField(label=vaccine.label, options=list(vaccine.options), empty=words.t("form.pick"))
        pick.value = self._data.get("vaccine") or ""
        pick.when_edit = lambda code: screen.choose(vaccine=code)
        pick.when_open = lambda: screen.pick(vaccine.label, vaccine.options, pick.value, pick.take)
        number = TextField(label=words.label("dose", "lot_number"), kind="plain", longest=40)
        number.text = self._data.get("lot_number") or ""
        number.when_edit = lambda said: screen.write(lot_number=said)
        self.add_widget(pick)
        self.add_widget(number)
