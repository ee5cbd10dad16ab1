"""What a session is: its unit, villages, team, vehicle, cold box, lots, and the phones that record for it."""

from __future__ import annotations

from typing import Any

from mobile.screens.base import known
from mobile.screens.describe import lot_name, unit_name
from mobile.screens.page import PageScreen
from mobile.screens.session_words import session_title
from mobile.store import dosing, places, sessions, stock
from mobile.theme import theme
from mobile.widgets.lists import Row
from mobile.widgets.surfaces import Card, Column, Section, text
from mobile.words import words


class SessionDetailsScreen(PageScreen):
    """A page to read; the main action changes it, for a session takes out more vials or gets another driver."""

    name = "session_details"

    def prepare(self, session: str, **_: Any) -> None:
        """Know the session."""
        self.session = session

    def show(self) -> None:
        """Fill the page."""
        store, page = self.phone.store, self.ids.page
        self.held = held = known(sessions.session(store, self.session))
        values = sessions.session_values(store, self.session)
        self.title = session_title(store, held)
        page.clear()
        card = Card(spacing=theme.s12)
        pairs = {
            words.label("session", "session_type"): words.option(
                "session", "session_type", held.session_type
            ),
            words.t("session_form.unit"): places.name(store, held.site_id),
            words.label("session", "villages"): ", ".join(
                places.name(store, village) for village in values.get("villages") or []
            ),
            words.label("session", "team"): ", ".join(values.get("team") or []),
            words.label("session", "vehicle"): values.get("vehicle"),
            words.label("session", "cold_box"): values.get("cold_box"),
            words.label("session", "note"): values.get("note"),
        }
        for label, said in pairs.items():
            if said:
                card.add_widget(_pair(label, said))
        page.add(card)
        self._lots(values.get("lots") or [])
        self._phones()
        if not held.closed and self.phone.may("session"):
            self.offer_main(words.t("session_details.change"), "pencil-outline", self.change)
        else:
            self.offer(False)

    def change(self) -> None:
        """Correct or complete the session."""
        self.phone.nav.go("session_form", session=self.session)

    def _lots(self, lines: list[dict[str, Any]]) -> None:
        store, page = self.phone.store, self.ids.page
        page.add(Section(text=words.label("session", "lots")))
        if not lines:
            page.add(text(words.t("session_details.no_lots"), tone="muted"))
        given = sessions.doses_by_lot(store, self.session)
        at_hand = {
            each.first.lot.id: each for each in dosing.lots_at_hand(store, self.session, self.held.site_id)
        }
        for line in lines:
            lot = stock.lot(store, line["lot"])
            if lot is None:
                continue
            vials = f"{words.number(line['vials_taken'])} {unit_name(lot)}"
            said = words.t("session_details.taken", vials=vials, doses=words.number(given.get(lot.id, 0)))
            found = at_hand.get(lot.id)
            left = words.counted("session_details.left", max(0, found.left)) if found else ""
            row = Row(title=f"{lot_name(lot)}\N{NO-BREAK SPACE}· {lot.lot_number}", line=said, leads=False)
            row.chip, row.stacked = left, True
            page.add(row)

    def _phones(self) -> None:
        """How many doses each side recorded; doses of another phone come with a sync, and nothing waits for them."""
        held, page = self.held, self.ids.page
        page.add(Section(text=words.t("session_details.phones")))
        here, elsewhere = (
            words.counted("session.doses", held.mine),
            words.counted("session.doses", held.doses - held.mine),
        )
        page.add(
            Row(
                icon="check", icon_tone="good", title=words.t("session_details.here"), line=here, leads=False
            ),
            Row(
                icon="cellphone-link",
                icon_tone="brand",
                title=words.t("session_details.elsewhere"),
                line=elsewhere,
                leads=False,
            ),
            text(words.t("session_details.join_lead"), "small", "muted"),
        )
        another = Row(icon="plus", icon_tone="brand", title=words.t("session_details.another"))
        another.bind(on_release=lambda _: self.phone.nav.go("session_form"))
        page.add(another)


def _pair(label: str, said: str) -> Column:
    pair = Column()
    pair.add_widget(text(label, "small", "muted"))
    pair.add_widget(text(said))
    return pair
