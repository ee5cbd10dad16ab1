"""One thing done with a holding: thawed, opened, discarded, put in quarantine or let out of it, handed out."""

from __future__ import annotations

from typing import Any

from mobile.forms.asked import day_parts, day_text
from mobile.screens.base import known
from mobile.screens.describe import expiry_sign, holding_state, lot_name, unit_name
from mobile.screens.pad import PadScreen
from mobile.screens.stock_words import days_of, shortest, why_not_first
from mobile.store import movements, sessions, stock
from mobile.store.stock import HoldingRow
from mobile.widgets.choices import Segments
from mobile.widgets.fields import DayField
from mobile.widgets.lots import LotCard
from mobile.widgets.surfaces import Section
from mobile.widgets.text import Note
from mobile.words import words
from shared.rules.dispatching import Offered, passed_over
from shared.rules.movements import CLOSED_VIAL, OPEN_VIAL
from shared.rules.sessions import vials_needed

ACTION_ICONS = {
    "thaw": "snowflake-melt",
    "open": "bottle-tonic-plus-outline",
    "issue": "archive-arrow-up-outline",
    "quarantine": "archive-lock-outline",
    "release": "lock-open-outline",
    "discard": "trash-can-outline",
}

#: The reason of the movement an action writes; a discarding has the reason that is chosen.
REASON_OF = {
    "thaw": "thawed",
    "open": "opened",
    "issue": "issued",
    "quarantine": "quarantined",
    "release": "released",
}

#: Actions that use stock up: the shortest-dated lot goes first.
BY_EXPIRY = ("open", "issue")


def actions_for(holding: HoldingRow) -> list[str]:
    """What can be done with a holding as it stands."""
    if holding.vials <= 0 and not (holding.doses or 0) > 0:
        return []
    usable = stock.why_not(holding) is None
    lot = holding.lot
    fits = {
        "thaw": holding.state in ("frozen", "chilled") and lot.thaw_days is not None,
        "open": usable and holding.state in ("chilled", "thawed") and lot.doses_per_vial is not None,
        "issue": usable,
        "quarantine": holding.state not in ("quarantined", "opened"),
        "release": holding.state == "quarantined",
        "discard": True,
    }
    return [action for action in ACTION_ICONS if fits[action]]


def discard_reasons(holding: HoldingRow) -> list[str]:
    """Why vials of a holding may be thrown away: opened ones and unopened ones have reasons of their own."""
    if holding.state == "opened":
        return [
            code for code in ("session_end", "six_hours", "open_days", "contaminated") if code in OPEN_VIAL
        ]
    unfit = set()
    if holding.thawed_on is None:
        unfit.add("thaw_limit")
    if holding.lot.vvm_type is None:
        unfit.add("vvm")
    order = ("expired", "thaw_limit", "vvm", "heat", "freeze", "broken", "lost", "theft", "recalled")
    return [code for code in order if code in CLOSED_VIAL - unfit]


class StockActionScreen(PadScreen):
    """How many, when, and why."""

    name = "stock_action"
    kind = "stock_movement"

    def prepare(self, site: str, holding: str, action: str, **_: Any) -> None:
        """Ask what the action needs; take up a draft."""
        self.site, self.action = site, action
        self.key = f"stock:{action}:{holding}"
        self.held = known(stock.holding(self.phone.store, site, holding))
        self.title = words.t(f"action.{action}")
        kept = self.kept()
        self.data: dict[str, Any] = kept or self._begun()
        if kept is not None:
            self.note_kept(self.ids.page)
        self.make_foot(ACTION_ICONS[action])
        self._fill()

    def save(self) -> None:
        """Write the movement."""
        written: list[str] = []

        def write() -> None:
            entry = self.phone.store.record(
                "stock_movement", subject=self.held.lot.id, place=self.site, body=self._body(), draft=self.key
            )
            written.append(entry.id)

        if not self.saved(write):
            return
        nav = self.phone.nav
        nav.back()
        nav.say(
            words.t("action.saved", done=words.option("stock_movement", "reason", self._reason())),
            action=words.t("action.undo"),
            when_action=lambda: self._undo(written[0]),
        )

    def name_of(self, key: str) -> str:
        """The lot."""
        return self.held.lot.lot_number

    def foot_main(self) -> None:
        """Say what will be written; nothing can be before all is answered."""
        many = words.number(self.data["many"]) if self.data["many"] else ""
        unit = words.t("action.doses") if self._by_doses else unit_name(self.held.lot)
        self.main.text = words.t(f"action.save_{self.action}", many=f"{many} {unit}".strip())
        if self._passes_over() and not self.data["fefo"]:
            self.main.text = words.t("action.why_first")
        self.main.disabled = not self._whole()

    @property
    def _by_doses(self) -> bool:
        return self.held.state == "opened" and self.held.doses is not None

    def _begun(self) -> dict[str, Any]:
        whole = self.held.doses if self._by_doses else self.held.vials
        reasons = discard_reasons(self.held)
        return {
            "many": 1 if self.action in ("thaw", "open") else whole,
            "day": self.phone.clock.today().isoformat(),
            "reason": reasons[0] if self.action == "discard" and self.held.state == "opened" else "",
            "state": "thawed" if self.held.thawed_on else "chilled",
            "fefo": "",
            "values": {},
        }

    def _fill(self) -> None:
        page, held, action = self.ids.page, self.held, self.action
        sign = expiry_sign(held)
        card = LotCard(
            title=lot_name(held.lot),
            lot=held.lot.lot_number,
            line=holding_state(held),
            chip=sign.text,
            chip_icon=sign.icon,
            chip_tone=sign.tone,
        )
        most = (held.doses if self._by_doses else held.vials) or 0
        unit = words.t("action.doses") if self._by_doses else unit_name(held.lot)
        card.note = words.t("count.book", vials=words.number(most), unit=unit)
        card.stepper.least, card.stepper.most = 0, max(0, most)
        card.stepper.value = self.data["many"]
        card.stepper.when_edit = self._took
        self.number("many", card.stepper)
        page.add(card)
        if action == "discard":
            reasons = [
                (code, words.option("stock_movement", "reason", code), "") for code in discard_reasons(held)
            ]
            page.add(Section(text=words.t("action.why")), self._choice(reasons, "reason"))
        if action == "release":
            states = ("thawed",) if held.thawed_on else ("chilled", "frozen")
            options = [(code, words.option("stock_movement", "state", code), "") for code in states]
            page.add(Section(text=words.t("action.into")), self._choice(options, "state"))
        if action in ("thaw", "open"):
            page.add(self._day())
        if action == "open":
            page.add(Note(text=words.t("action.open_lead"), tone="brand"))
        names = ("document", "note") if action == "issue" else ("note",)
        self.form = self.make_form(names, self._noted)
        page.add(self.form)
        self.form.fill(self.data["values"])
        self._fefo: list[Any] = []
        self._again()

    def _choice(self, options: list[tuple[str, str, str]], name: str) -> Segments:
        chosen = self.data[name]
        found = Segments(columns=1, options=options, chosen=[chosen] if chosen else [])

        def pick(code: str) -> None:
            self.data[name] = code
            found.chosen = [code]
            self._kept()

        found.when_pick = pick
        return found

    def _day(self) -> DayField:
        label = "thawed_on" if self.action == "thaw" else "opened_on"
        field = DayField(
            label=words.label("stock_movement", label),
            names=[words.t("form.day"), words.t("form.month"), words.t("form.year")],
            today=self.phone.clock.today(),
        )
        field.day, field.month, field.year = day_parts(self.data["day"])

        def edited() -> None:
            self.data["day"] = day_text(field.day, field.month, field.year, "day") or ""
            self._kept()

        field.when_edit = edited
        return field

    def _took(self, many: int | None) -> None:
        self.data["many"] = many or 0
        self._kept()
        self._again()

    def _noted(self, values: dict[str, Any]) -> None:
        self.data["values"] = dict(values)
        self._kept()

    def _kept(self) -> None:
        self.keep(self.data)
        self.tell()

    def _again(self) -> None:
        """Ask why not the shortest-dated lot, when another one is taken."""
        for widget in self._fefo:
            self.ids.page.ids.column.remove_widget(widget)
        self._fefo = []
        if self._passes_over():
            self._fefo = why_not_first(
                self.ids.page, self.data["fefo"], self.phone.clock.today(), self._because
            )
        self.tell()

    def _because(self, code: str) -> None:
        self.data["fefo"] = code
        self._kept()
        self._again()

    def _passes_over(self) -> bool:
        if self.action not in BY_EXPIRY or not self.data["many"]:
            return False
        held = shortest(self.phone.store, self.site, self.held)
        offered = [Offered(h.id, h.lot.item_id, h.expires_on, h.vials) for h in held]
        return bool(passed_over(offered, {self.held.id: self.data["many"]}))

    def _whole(self) -> bool:
        return bool(
            self.data["many"]
            and (self.action != "discard" or self.data["reason"])
            and (self.data["fefo"] or not self._passes_over())
        )

    def _reason(self) -> str:
        return str(self.data["reason"]) if self.action == "discard" else REASON_OF[self.action]

    def _body(self) -> dict[str, Any]:
        held, many = self.held, int(self.data["many"])
        per_vial = held.lot.doses_per_vial or 1
        if self._by_doses:
            left = (held.doses or 0) - many
            amounts = {"vials": min(0, vials_needed(left, per_vial) - held.vials), "doses": -many}
        else:
            amounts = {"vials": -many}
        body = {"state": held.state, **days_of(held), **amounts, "reason": self._reason(), **self.form.body()}
        if self.action in ("thaw", "open"):
            state = "thawed" if self.action == "thaw" else "opened"
            body |= {"to_state": state, f"to_{state}_on": self.data["day"] or None}
        if self.action == "open":
            under_way = sessions.under_way(self.phone.store, self.site)
            body |= {"doses": -many * per_vial, "session": under_way.id if under_way else None}
        if self.action == "quarantine":
            body |= {"to_state": "quarantined"}
        if self.action == "release":
            body |= {"to_state": self.data["state"]}
            body |= {"to_thawed_on": body["thawed_on"]} if self.data["state"] == "thawed" else {}
        if self._passes_over():
            body |= {"fefo_code": self.data["fefo"]}
        return body

    def _undo(self, entry: str) -> None:
        movements.reverse(self.phone.store, self.site, entry)
        self.phone.nav.refresh()
        self.phone.nav.say(words.t("reversal.saved"))
