"""A village, lane by lane: which houses are to be gone to, which are done, found as you type."""

from typing import Any

from kivy.properties import StringProperty

from mobile.screens.base import Screen
from mobile.screens.describe import Sign
from mobile.screens.list_rows import house_item
from mobile.store import houses, places, registers
from mobile.store.houses import House, Lane
from mobile.widgets.loading import load_rules
from mobile.words import words

#: Houses fetched at once; more come as the list is scrolled.
PAGE = 100
#: So many houses stand open under their lanes; of more the lanes are opened one by one.
OPEN_AT_ONCE = 30
#: How the key of a lane's row begins.
LANE = "lane:"


class VillageScreen(Screen):
    """Search, a filter, lanes with their houses, and a way to add a household."""

    name = "village"
    only = StringProperty("all")

    def prepare(self, village: str, only: str = "all", lane: str | None = None, **_: Any) -> None:
        """Know the village; `lane` is the one that is gone through."""
        self.village = village
        self.only = only
        self.offer(self.phone.may("household"))
        self._limit = PAGE
        self._whole = False
        found = houses.houses(self.phone.store, village)
        few = len(found) <= OPEN_AT_ONCE and lane is None
        self._opened = {each.name for each in houses.lanes(found)} if few else {lane}
        self.title = places.name(self.phone.store, village)
        self.ids.rows.fbind("scroll_y", self._scrolled)

    def show(self) -> None:
        """List the houses again, as far as they were listed."""
        found = houses.houses(self.phone.store, self.village)
        self._lanes = houses.lanes(found)
        self.ids.filter.options = [
            (code, words.t(f"village.{code}", count=words.number(len(_kept(found, code)))), "")
            for code in ("to_knock", "revisit", "all")
        ]
        self._fill()

    def search(self, _: str) -> None:
        """List what matches, from the top."""
        self._limit = PAGE
        self._fill()
        self.ids.rows.scroll_y = 1

    def choose(self, only: str) -> None:
        """Show the houses to go to, those that asked to come again, or all."""
        self.only = only
        self.search("")

    def open(self, key: str) -> None:
        """A household's page, or a lane's houses."""
        if not key.startswith(LANE):
            self.phone.nav.go("household", household=key)
            return
        self._opened ^= {key.removeprefix(LANE)}
        self._fill()

    def add(self) -> None:
        """Register a household here."""
        self.phone.nav.go("household_form", village=self.village)

    def _fill(self) -> None:
        query = self.ids.search.text
        rows = self._found(query) if query else self._by_lane()
        self.ids.rows.fill(rows, self.open)
        why = "none_found" if query else f"none_{self.only}"
        self.ids.empty.title, self.ids.empty.text = words.t(f"village.{why}"), words.t(f"village.{why}_do")
        self.ids.empty.opacity = 0 if rows else 1

    def _found(self, query: str) -> list[dict[str, Any]]:
        """What matches, in one list; each row says its lane."""
        found = registers.households(self.phone.store, self.village, query, limit=self._limit)
        self._whole = len(found) < self._limit
        today = self.phone.clock.today()
        return [house_item(row, today, row.lane) for row in found]

    def _by_lane(self) -> list[dict[str, Any]]:
        """Each lane and, where it is opened, its houses; a village without lanes has no rows for them."""
        lanes = [
            Lane(lane.village_id, lane.name, tuple(_kept(lane.houses, self.only))) for lane in self._lanes
        ]
        lanes = [lane for lane in lanes if lane.houses]
        plain = all(not lane.name for lane in self._lanes)
        rows: list[dict[str, Any]] = []
        room = self._limit
        for lane in lanes:
            opened = plain or lane.name in self._opened
            if not plain:
                rows.append(_lane_item(lane, opened))
            if opened and room > 0:
                shown = [house.id for house in lane.houses[:room]]
                today = self.phone.clock.today()
                rows += [house_item(row, today) for row in registers.household_rows(self.phone.store, shown)]
                room -= len(lane.houses)
        self._whole = room >= 0
        return rows

    def _scrolled(self, _: Any, scroll_y: float) -> None:
        if scroll_y < 0.1 and not self._whole:
            self._limit += PAGE
            self._fill()


def _kept(found: list[House] | tuple[House, ...], only: str) -> list[House]:
    if only == "all":
        return list(found)
    return houses.to_knock(found) if only == "to_knock" else [each for each in found if each.state == only]


def _lane_item(lane: Lane, opened: bool) -> dict[str, Any]:
    """A lane: how many houses, and how many of them are to be gone to."""
    homes = words.counted("count.households", len(lane.houses))
    sign = _lane_sign(lane)
    return {
        "key": LANE + lane.name,
        "title": f"{lane.name or words.t('lane.none')} · {homes}",
        "opened": opened,
        "chip": sign.text,
        "chip_icon": sign.icon,
        "chip_tone": sign.tone,
    }


def _lane_sign(lane: Lane) -> Sign:
    if lane.to_knock:
        return Sign(words.t("lane.left", count=words.number(lane.to_knock)), "door", "warn")
    again = sum(house.state == "revisit" for house in lane.houses)
    if again:
        return Sign(words.t("village.revisit", count=words.number(again)), "calendar-clock", "muted")
    return Sign(words.t("lane.done"), "check", "good")


load_rules(__file__)
