"""A household of the register to pick, searched as the lists are: by head, member, lane or number, without accents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mobile.screens.base import Screen
from mobile.screens.describe import household_line
from mobile.store import places, registers
from mobile.widgets.loading import load_rules
from mobile.words import words

#: More are found by typing another letter.
MOST_LISTED = 50


class PickHouseholdScreen(Screen):
    """Households of my villages but for one; picking returns to the form."""

    name = "pick_household"
    live = False

    def prepare(self, but_for: str, take: Callable[[str], None], **_: Any) -> None:
        """Know what to offer."""
        self.title = words.t("pick_household.title")
        self._but_for, self._take = but_for, take

    def show(self) -> None:
        """List the first."""
        self.search("")

    def search(self, _: str) -> None:
        """List what holds every word."""
        store = self.phone.store
        names = {each.id: each.name for each in places.my_villages(store)}
        found = registers.households(store, None, self.ids.search.text, limit=MOST_LISTED)
        self.ids.rows.fill(
            [
                {
                    "key": row.id,
                    "title": row.head_name,
                    "line": " · ".join(
                        filter(None, [names.get(row.village_id, ""), row.lane, household_line(row)])
                    ),
                }
                for row in found
                if row.id != self._but_for
            ],
            self.pick,
        )

    def pick(self, household: str) -> None:
        """Give the household to the form and return to it."""
        self.phone.nav.back()
        self._take(household)


load_rules(__file__)
