"""One dose: what the rule says, the screening, the vaccine and the lot to take first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mobile.forms.asked import asked
from mobile.screens.base import known
from mobile.screens.describe import (
    advice_text,
    dose_name,
    outcome_name,
    person_line,
    reason_options,
)
from mobile.screens.filling import FormScreen
from mobile.screens.lot_choice import BY_HAND, LotChoice
from mobile.store import registers, stock
from mobile.store.stock import HoldingRow
from mobile.widgets.buttons import Toggle
from mobile.widgets.choices import Segments
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, Section, text
from mobile.widgets.text import Note
from mobile.words import words
from shared.faults import fault
from shared.rules.dispatching import Offered, passed_over
from shared.rules.schedule import NextDose
from shared.rules.vaccine_choice import proposed_vaccines

#: Results of the screening that are a dose, and those that are not: these are recorded as what was found.
GIVEN = ("eligible", "caution")
NOT_GIVEN = ("deferred", "contraindicated")
REASON_GROUPS = {"deferred": "deferral", "contraindicated": "contraindication"}


class DoseScreen(FormScreen):
    """The dose of one person in a session; `corrects` names a dose that is being put right."""

    name = "dose"
    kind = "dose"

    def prepare(self, session: str, person: str, corrects: str = "", **_: Any) -> None:
        """Propose the dose, the vaccine and the lot; take up a draft."""
        store = self.phone.store
        self.session, self.person = session, person
        self.key = f"dose:{session}:{person}"
        self.held = known(stock.session(store, session))
        self.found = known(registers.person(store, person))
        self.title = self.found.row.full_name
        self.holdings = self._holdings()
        kept = self.kept()
        self.data: dict[str, Any] = kept or self._proposed(self.found.advice)
        self._resumed = kept is not None
        self._choosing = False
        if corrects:
            self.data["corrects"] = corrects

    def show(self) -> None:
        """Draw what has been chosen so far."""
        page, today, row = self.ids.page, self.phone.clock.today(), self.found.row
        page.clear()
        if self._resumed:
            self.note_kept(page)
        card = Card()
        card.add_widget(text(row.full_name, "heading", bold=True))
        card.add_widget(text(person_line(row), "small", "muted"))
        last = next((d for d in self.found.doses if not d.voided), None)
        if last:
            name = words.option("dose", "dose_type", last.dose_type)
            said = words.t("dose.last", dose=name, day=words.day(last.given_on))
            card.add_widget(text(said, "small", "muted"))
        page.add(card)
        advice = self.found.advice
        due = advice.is_due(today)
        page.add(
            Note(
                text=advice_text(advice, today),
                icon="check-circle-outline" if due else "clock-outline",
                tone="good" if due else "warn",
            )
        )
        page.add(Section(text=words.label("dose", "screening")))
        page.add(self._screening())
        if self.data.get("screening") in NOT_GIVEN:
            self._reasons()
        else:
            self._dose()
        self._foot()

    def save(self) -> None:
        """Write the dose, or why there is none today."""
        given = self.data.get("screening") not in NOT_GIVEN
        if given and self._asks_why() and not self.data.get("fefo_code"):
            self.refused([fault("field.missing", "fefo_code")])
            return
        written: list[str] = []
        if self.saved(lambda: written.append(self._record() if given else self._record_no_dose())):
            data, nav = dict(self.data), self.phone.nav
            nav.back()
            if given:
                said = words.t("dose.saved", dose=dose_name(data["dose_type"]), name=self.title)
                nav.say(said, action=words.t("form.undo"), when_action=lambda: self._again(written[0], data))
            else:
                nav.say(words.t("dose.not_given", name=self.title))

    def choose(self, **values: Any) -> None:
        """Take an answer, keep it, and draw again."""
        self.data |= values
        self.keep(self.data)
        self._resumed = False
        scroll = self.ids.page.scroll_y
        self.show()
        self.ids.page.scroll_y = scroll

    def _again(self, entry: str, data: dict[str, Any]) -> None:
        self.phone.store.save_draft(self.key, self.kind, data | {"corrects": entry})
        self.phone.nav.go("dose", session=self.session, person=self.person, corrects=entry)

    def _record(self) -> str:
        data = self.data
        by_hand = data.get("lot") == BY_HAND
        body = {
            "session": self.session,
            "vaccine": data.get("vaccine"),
            "dose_type": data.get("dose_type"),
            "screening": data.get("screening"),
            "lot": None if by_hand else data.get("lot"),
            "lot_number": (data.get("lot_number") or "").strip() or None if by_hand else None,
            "fefo_code": data.get("fefo_code") if self._asks_why() else None,
            "at_home": True if data.get("at_home") else None,
        }
        entry = self.phone.store.record(
            "dose",
            subject=self.person,
            place=self.held.site_id,
            body=body,
            corrects=data.get("corrects"),
            draft=self.key,
        )
        return entry.id

    def _record_no_dose(self) -> str:
        outcome = {
            "person": self.person,
            "outcome": self.data["screening"],
            "reason": self.data.get("reason"),
        }
        body = {
            "visit_type": "facility",
            "outcomes": [{name: value for name, value in outcome.items() if value}],
        }
        row = self.found.row
        return self.phone.store.record(
            "visit", subject=row.household_id, place=row.village_id, body=body, draft=self.key
        ).id

    def _holdings(self) -> list[HoldingRow]:
        """Usable vaccine of the site, first expired first; what was taken to this session before the rest."""
        store = self.phone.store
        held = [h for h in stock.holdings(store, self.held.site_id) if h.lot.vaccine and stock.usable(h)]
        lines = stock.session_values(store, self.session).get("lots") or []
        taken = {line["lot"]: line["vials_taken"] for line in lines}
        held = [h for h in held if h.lot.id in taken] if taken else held
        first: dict[str, HoldingRow] = {}
        at_hand: dict[str, int] = {}
        for h in held:
            first.setdefault(h.lot.id, h)
            if not taken or h.state == "opened":
                at_hand[h.lot.id] = at_hand.get(h.lot.id, 0) + (h.doses or 0)
        for lot, vials in taken.items():
            if lot in first:
                at_hand[lot] = at_hand.get(lot, 0) + vials * (first[lot].lot.doses_per_vial or 1)
        given = stock.doses_by_lot(store, self.session)
        self.left = {lot: doses - given.get(lot, 0) for lot, doses in at_hand.items()}
        return list(first.values())

    def _out_of_turn(self, fitting: Sequence[HoldingRow]) -> list[str]:
        """Lots that a lot of the same item stands before, with doses left for this session."""
        found: list[str] = []
        for chosen in fitting:
            offered = [
                Offered(h.lot.id, h.lot.item_id, h.expires_on, max(self.left[h.lot.id], h is chosen))
                for h in fitting
            ]
            found += passed_over(offered, {chosen.lot.id: 1})
        return found

    def _asks_why(self) -> bool:
        """Whether the lot chosen is out of turn."""
        return self.data.get("lot") in self._out_of_turn(self._fitting(self.data.get("dose_type")))

    def _proposed(self, advice: NextDose) -> dict[str, Any]:
        data: dict[str, Any] = {"dose_type": advice.dose_type, "at_home": self.held.session_type == "mobile"}
        first = next(iter(self._fitting(advice.dose_type)), None)
        if first is not None:
            data |= {"lot": first.lot.id, "vaccine": first.lot.vaccine}
        return data

    def _fitting(self, dose_type: str | None) -> list[HoldingRow]:
        codes = [str(h.lot.vaccine) for h in self.holdings]
        had = self.found.immunisation or {}
        row, today = self.found.row, self.phone.clock.today()
        order = proposed_vaccines(
            codes, dose_type or "", row.birth_date, had.get("last_vaccine"), today, self.found.openings
        )
        return sorted(
            (h for h in self.holdings if h.lot.vaccine in order),
            key=lambda h: (self.left[h.lot.id] <= 0, order.index(str(h.lot.vaccine))),
        )

    def _screening(self) -> Segments:
        options = [(code, words.option("dose", "screening", code), "") for code in GIVEN]
        options += [(code, outcome_name(code), "") for code in NOT_GIVEN]
        chosen = self.data.get("screening")
        return Segments(
            columns=1,
            options=options,
            chosen=[chosen] if chosen else [],
            tones={"eligible": "good", "caution": "warn", "deferred": "warn", "contraindicated": "late"},
            when_pick=lambda code: self.choose(screening=code),
        )

    def _reasons(self) -> None:
        group = REASON_GROUPS[self.data["screening"]]
        self.ids.page.add(Section(text=words.t("dose.why_not")))
        options = [(code, said, "") for code, said in reason_options(group, self.phone.clock.today())]
        chosen = self.data.get("reason")
        self.ids.page.add(
            Segments(
                columns=1,
                options=options,
                chosen=[chosen] if chosen else [],
                when_pick=lambda code: self.choose(reason=code),
            )
        )

    def _dose(self) -> None:
        page, data = self.ids.page, self.data
        page.add(Section(text=words.label("dose", "dose_type")))
        if data.get("dose_type") and not self._choosing:
            row = Row(
                icon="needle",
                icon_tone="brand",
                title=dose_name(data["dose_type"]),
                line=words.t("dose.change"),
            )
            row.bind(on_release=lambda _: self._choose_type())
            page.add(row)
        else:
            page.add(self._types())
        page.add(Section(text=words.t("dose.lot")))
        fitting = self._fitting(data.get("dose_type"))
        today = self.phone.clock.today()
        page.add(
            LotChoice(
                fitting, data, self.choose, self._numbered, self.pick, self._out_of_turn(fitting), today
            )
        )
        home = Toggle(text=words.label("dose", "at_home"), active=bool(data.get("at_home")))
        home.bind(active=lambda _, on: self.choose(at_home=on))
        page.add(home)

    def _choose_type(self) -> None:
        self._choosing = True
        self.choose()

    def _types(self) -> Segments:
        options = [(code, dose_name(code), "") for code, _ in asked("dose", "dose_type", words.lang).options]
        chosen = self.data.get("dose_type")
        return Segments(
            columns=2, options=options, chosen=[chosen] if chosen else [], when_pick=self._chose_type
        )

    def _chose_type(self, code: str) -> None:
        self._choosing = False
        self.choose(dose_type=code)

    def _numbered(self, number: str) -> None:
        self.data["lot_number"] = number
        self.keep(self.data)

    def _foot(self) -> None:
        main = self.ids.main
        if self.data.get("screening") in NOT_GIVEN:
            main.text = words.t("dose.save_none", outcome=outcome_name(self.data["screening"]).lower())
        else:
            main.text = words.t("dose.save")


load_rules(__file__)
