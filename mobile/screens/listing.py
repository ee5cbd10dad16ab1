"""What the screens that list people or houses of my villages have in common: of one village, or of all."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import StringProperty

from mobile.screens.base import Screen
from mobile.screens.list_rows import house_item
from mobile.store import places
from mobile.store.views import HouseholdRow
from mobile.words import words


class ListingScreen(Screen):
    """A list with a button for the village; its rules have `head`, `where`, `rows` and `empty`."""

    village = StringProperty("")
    counted = StringProperty("")

    def look_in(self, village: str) -> None:
        """Begin with a village, "" for all of them."""
        self.village = village
        self._villages = {each.id: each.name for each in places.my_villages(self.phone.store)}
        # Held here: what is taken off the screen would be gone otherwise.
        self.village_button = self.ids.where.__self__
        if len(self._villages) < 2:
            self.ids.head.remove_widget(self.village_button)

    def list_anew(self) -> None:
        """List from the top: another village was chosen."""
        raise NotImplementedError

    def open(self, key: str) -> None:
        """What a row leads to."""
        raise NotImplementedError

    def fill(self, rows: list[dict[str, Any]], empty: str, hint: str) -> None:
        """Show the rows, or the title and the words for none."""
        self.village_button.text = words.t(
            "search.village", village=self._villages.get(self.village) or words.t("search.every_village")
        )
        self.ids.rows.fill(rows, self.open)
        self.ids.empty.opacity = 0 if rows else 1
        self.ids.empty.title, self.ids.empty.text = empty, hint

    def choose_village(self) -> None:
        """Pick the village to look in, or all of them."""
        self.phone.nav.go(
            "pick",
            title=words.t("list.village"),
            options=[("", every()), *self._villages.items()],
            chosen=self.village,
            take=self._take_village,
        )

    def house_items(self, found: Sequence[HouseholdRow]) -> list[dict[str, Any]]:
        """Houses with their lane, and their village where the list is of several."""
        today = self.phone.clock.today()
        return [
            house_item(row, today, " · ".join(filter(None, (row.lane, self.where(row.village_id)))))
            for row in found
        ]

    def where(self, village: str) -> str:
        """The village of a row, where the list is of several."""
        return "" if self.village or len(self._villages) < 2 else self._villages.get(village, "")

    def _take_village(self, village: str) -> None:
        self.village = village
        self.list_anew()


def every() -> str:
    """The choice of all, as a line of its own."""
    said = words.t("search.every_village")
    return said[:1].upper() + said[1:]
