"""The households of a village, found as you type."""

from typing import Any

from kivy.properties import StringProperty

from mobile.screens.base import Screen
from mobile.screens.describe import household_line, household_sign
from mobile.store import places, registers
from mobile.store.views import HouseholdRow
from mobile.theme import theme
from mobile.widgets.loading import load_rules
from mobile.words import words

#: Households fetched at once; more come as the list is scrolled.
PAGE = 100


class VillageScreen(Screen):
    """Search, a filter, the list, and a way to add a household."""

    name = "village"
    only = StringProperty("all")
    counted = StringProperty("")

    def prepare(self, village: str, only: str = "all", **_: Any) -> None:
        """Know the village."""
        self.village = village
        self.only = only
        self.offer(self.phone.may("household"))
        self._shown: list[HouseholdRow] = []
        self._whole = False
        self.title = places.name(self.phone.store, village)
        self.ids.rows.fbind("scroll_y", self._scrolled)
        self.ids.filter.options = [
            ("all", words.t("village.all"), ""),
            ("unvisited", words.t("village.unvisited"), ""),
        ]

    def show(self) -> None:
        """List the households again, as far as they were listed."""
        self._fetch(max(PAGE, len(self._shown)))

    def search(self, _: str) -> None:
        """List what matches, from the top."""
        self._fetch(PAGE)
        self.ids.rows.scroll_y = 1

    def choose(self, only: str) -> None:
        """Show all households, or those nobody visited."""
        self.only = only
        self.search("")

    def open(self, household: str) -> None:
        """A household's page."""
        self.phone.nav.go("household", household=household)

    def add(self) -> None:
        """Register a household here."""
        self.phone.nav.go("household_form", village=self.village)

    def _fetch(self, limit: int) -> None:
        store, query = self.phone.store, self.ids.search.text
        if self.only == "unvisited" and not query:
            self._shown = registers.unvisited_households(store, self.village, limit=limit)
            count = next((v.unvisited for v in registers.villages(store) if v.id == self.village), 0)
        else:
            self._shown = registers.households(store, self.village, query, limit=limit)
            count = registers.household_count(store, self.village, query)
        self._whole = len(self._shown) >= count
        self.counted = words.counted("count.households", count)
        self.ids.empty.title = words.t("village.none_found" if query else f"village.none_{self.only}")
        self.ids.empty.text = words.t("village.none_found_do" if query else f"village.none_{self.only}_do")
        self._fill()

    def _fill(self) -> None:
        self.ids.rows.fill([_row(row) for row in self._shown], self.open)
        self.ids.empty.opacity = 0 if self._shown else 1

    def _scrolled(self, _: Any, scroll_y: float) -> None:
        if scroll_y < 0.1 and not self._whole:
            self._fetch(len(self._shown) + PAGE)


def _row(row: HouseholdRow) -> dict[str, Any]:
    sign = household_sign(row)
    return {
        "key": row.id,
        "title": row.head_name,
        "line": household_line(row),
        "chip": sign.text,
        "chip_icon": sign.icon,
        "chip_tone": sign.tone,
        "stacked": theme.large,
    }


load_rules(__file__)
