"""One search over everything on the phone: people and houses, by name, number or place, as you type."""

from typing import Any

from kivy.properties import StringProperty

from mobile.screens.base import Screen
from mobile.screens.list_rows import house_item, person_item
from mobile.store import places, registers, worklists
from mobile.widgets.loading import load_rules
from mobile.words import words

#: Rows shown at once: who is not among them is found by typing more.
MOST = 50


class SearchScreen(Screen):
    """Search, what is looked for, and in which village."""

    name = "search"
    only = StringProperty("people")
    village = StringProperty("")
    counted = StringProperty("")

    def prepare(self, village: str = "", only: str = "people", **_: Any) -> None:
        """Know where to look first."""
        self.title = words.t("search.title")
        self.village, self.only = village, only
        self._villages = {each.id: each.name for each in places.my_villages(self.phone.store)}
        self.ids.filter.options = [
            (code, words.t(f"search.{code}"), "") for code in ("people", "due", "houses")
        ]
        # Held here: what is taken off the screen would be gone otherwise.
        self.village_button = self.ids.where.__self__
        if len(self._villages) < 2:
            self.ids.head.remove_widget(self.village_button)

    def show(self) -> None:
        """List what matches."""
        self.village_button.text = words.t(
            "search.village", village=self._villages.get(self.village) or words.t("search.every_village")
        )
        query = self.ids.search.text
        rows = self._houses(query) if self.only == "houses" else self._people(query)
        self.ids.rows.fill(rows, self.open)
        self.ids.empty.opacity = 0 if rows else 1
        self.ids.empty.title, self.ids.empty.text = (
            words.t(f"search.none_{self.only}"),
            words.t("search.none_do"),
        )

    def search(self, _: str) -> None:
        """List what matches, from the top."""
        self.show()
        self.ids.rows.scroll_y = 1

    def choose(self, only: str) -> None:
        """Look for people, for those due, or for houses."""
        self.only = only
        self.search("")

    def choose_village(self) -> None:
        """Pick the village to look in, or all of them."""
        every = words.t("search.every_village")
        options = [("", every[:1].upper() + every[1:]), *self._villages.items()]
        self.phone.nav.go(
            "pick",
            title=words.t("list.village"),
            options=options,
            chosen=self.village,
            take=self._take_village,
        )

    def open(self, key: str) -> None:
        """The page of what was found."""
        if self.only == "houses":
            self.phone.nav.go("household", household=key)
        else:
            self.phone.nav.go("person", person=key)

    def _take_village(self, village: str) -> None:
        self.village = village
        self.search("")

    def _people(self, query: str) -> list[dict[str, Any]]:
        store, place = self.phone.store, self.village or None
        if self.only == "due":
            found = worklists.due(store, place, query=query, limit=MOST)
            count = worklists.due_count(store, place, query=query) if len(found) == MOST else len(found)
        else:
            found = registers.people(store, place, query, limit=MOST)
            count = registers.people_count(store, place, query) if len(found) == MOST else len(found)
        self._count("count.people", len(found), count)
        today = self.phone.clock.today()
        return [person_item(row, today, self._where(row.village_id)) for row in found]

    def _houses(self, query: str) -> list[dict[str, Any]]:
        store, place = self.phone.store, self.village or None
        found = registers.households(store, place, query, limit=MOST)
        count = registers.household_count(store, place, query) if len(found) == MOST else len(found)
        self._count("count.households", len(found), count)
        today = self.phone.clock.today()
        return [
            house_item(row, today, " · ".join(filter(None, (row.lane, self._where(row.village_id)))))
            for row in found
        ]

    def _where(self, village: str) -> str:
        """The village of a row, where the list is of several."""
        return "" if self.village or len(self._villages) < 2 else self._villages.get(village, "")

    def _count(self, key: str, shown: int, count: int) -> None:
        if count > shown:
            self.counted = words.t("search.more", shown=words.number(shown), count=words.number(count))
        else:
            self.counted = words.counted(key, count)


load_rules(__file__)
