"""One search over everything on the phone: people and houses, by name, number or place, as you type."""

from typing import Any

from kivy.properties import StringProperty

from mobile.screens.list_rows import person_item
from mobile.screens.listing import ListingScreen
from mobile.store import registers, worklists
from mobile.widgets.loading import load_rules
from mobile.words import words

#: Rows shown at once: who is not among them is found by typing more.
MOST = 50


class SearchScreen(ListingScreen):
    """Search, what is looked for, and in which village."""

    name = "search"
    only = StringProperty("people")

    def prepare(self, village: str = "", only: str = "people", **_: Any) -> None:
        """Know what to look for first."""
        self.look_in(village)
        self.title = words.t("search.title")
        self.only = only
        self.ids.filter.options = [
            (code, words.t(f"search.{code}"), "") for code in ("people", "due", "houses")
        ]

    def show(self) -> None:
        """List what matches."""
        query = self.ids.search.text
        rows = self._houses(query) if self.only == "houses" else self._people(query)
        self.fill(rows, words.t(f"search.none_{self.only}"), words.t("search.none_do"))

    def list_anew(self) -> None:
        """See ListingScreen."""
        self.search("")

    def search(self, _: str) -> None:
        """List what matches, from the top."""
        self.show()
        self.ids.rows.scroll_y = 1

    def choose(self, only: str) -> None:
        """Look for people, for those due, or for houses."""
        self.only = only
        self.search("")

    def open(self, key: str) -> None:
        """The page of what was found."""
        if self.only == "houses":
            self.phone.nav.go("household", household=key)
        else:
            self.phone.nav.go("person", person=key)

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
        return [person_item(row, today, self.where(row.village_id)) for row in found]

    def _houses(self, query: str) -> list[dict[str, Any]]:
        store, place = self.phone.store, self.village or None
        found = registers.households(store, place, query, limit=MOST)
        count = registers.household_count(store, place, query) if len(found) == MOST else len(found)
        self._count("count.households", len(found), count)
        return self.house_items(found)

    def _count(self, key: str, shown: int, count: int) -> None:
        if count > shown:
            self.counted = words.t("search.more", shown=words.number(shown), count=words.number(count))
        else:
            self.counted = words.counted(key, count)


load_rules(__file__)
