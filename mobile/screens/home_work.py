"""The home screen's work of the day: houses to knock at, and the lists of who waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from kivy.uix.widget import Widget

from mobile.phone import Phone
from mobile.screens.describe import dose_name
from mobile.store import houses, worklists
from mobile.store.houses import House, Lane
from mobile.store.views import VillageSummary
from mobile.store.worklists import Said
from mobile.theme import theme
from mobile.widgets.buttons import QuietButton
from mobile.widgets.lists import Row
from mobile.widgets.surfaces import Section
from mobile.widgets.text import Chip
from mobile.widgets.today import Chips, VillageRow
from mobile.words import words
from shared.reference import DOSE_TYPES

#: So few villages stand with their lanes; of more only those with the most to do.
FEW_VILLAGES = 2
FIRST_VILLAGES = 4
#: Lanes of a village that stand on the home screen; the village's screen has them all.
FIRST_LANES = 3


def to_knock(
    phone: Phone,
    villages: Sequence[VillageSummary],
    found: Sequence[House],
    every: bool,
    show_every: Callable[[], None],
) -> list[Widget]:
    """My villages with the houses to go to: with their lanes when they are few, else the first of them."""
    if not villages:
        return []
    waiting = Counter(house.village_id for house in houses.to_knock(found))
    done = {village.id for village in villages} - {
        each.village_id for each in found if each.state != "reviewed"
    }
    title = words.counted("count.to_knock", waiting.total()) if waiting else words.t("home.villages")
    aside = words.t("home.of", count=words.number(len(found))) if waiting else ""
    widgets: list[Widget] = [Section(text=title, aside=aside)]
    if len(villages) <= FEW_VILLAGES:
        lanes = houses.lanes(found)
        for village in villages:
            widgets.append(_village(phone, village, waiting[village.id], village.id in done))
            widgets += _lanes(phone, [lane for lane in lanes if lane.village_id == village.id])
        return widgets
    first = sorted(villages, key=lambda village: (-waiting[village.id], -village.due))
    widgets += [
        _village(phone, village, waiting[village.id], village.id in done)
        for village in (villages if every else first[:FIRST_VILLAGES])
    ]
    if not every and len(villages) > FIRST_VILLAGES:
        more = QuietButton(
            text=words.t("home.every_village", count=words.number(len(villages))), icon="chevron-down"
        )
        more.bind(on_release=lambda _: show_every())
        widgets.append(more)
    return widgets


def lists(phone: Phone, found: Sequence[House], stood: Mapping[str, Said]) -> list[Widget]:
    """Who waits: due, to be seen again, with an appointment, unable to come, against a dose. Nobody, no row."""
    store, today = phone.store, phone.clock.today()
    due = worklists.due_by_dose(store)
    revisits = [house for house in found if house.state == "revisit"]
    ripe = sum(house.to_knock for house in revisits)
    said = stood.values()
    days = [each.appointment_on for each in said if each.appointment_on is not None]
    against = [each.outcome for each in said if each.outcome in ("hesitant", "refused")]
    at_home = worklists.cannot_come_count(store, stood)
    rows = [
        _list(phone, "due", "needle", sum(due.values()), _by_dose(due)),
        _list(
            phone,
            "revisits",
            "calendar-clock",
            len(revisits),
            words.t("home.revisits_now", count=words.number(ripe)),
        ),
        _list(
            phone,
            "appointments",
            "calendar-clock",
            len(days),
            words.t(
                "home.appointments_now",
                today=words.number(sum(day == today for day in days)),
                missed=words.number(sum(day < today for day in days)),
            ),
        ),
        _list(phone, "cannot_come", "home-heart", at_home, words.t("home.cannot_come_do")),
        _list(
            phone,
            "refusals",
            "account-question-outline",
            len(against),
            words.t(
                "home.refusals_by",
                hesitant=words.number(against.count("hesitant")),
                refused=words.number(against.count("refused")),
            ),
        ),
    ]
    waiting = [row for row in rows if row is not None]
    return [Section(text=words.t("home.people")), *waiting] if waiting else []


def _village(phone: Phone, village: VillageSummary, waiting: int, done: bool) -> VillageRow:
    homes = words.counted("count.households", village.households)
    row = VillageRow(title=village.name, line=f"{homes} · {words.counted('count.people', village.people)}")
    chips = Chips()
    if village.due:
        chips.add_widget(Chip(text=words.counted("count.due", village.due), icon="needle", tone="brand"))
    if waiting:
        knock = words.counted("count.to_knock", waiting)
        chips.add_widget(Chip(text=knock, icon="door", tone="warn"))
    elif done and village.households:
        chips.add_widget(Chip(text=words.t("lane.done"), icon="check", tone="good"))
    if chips.children:
        row.add_widget(chips)
    row.bind(on_release=lambda _: phone.nav.go("village", village=village.id))
    return row


def _lanes(phone: Phone, lanes: Sequence[Lane]) -> list[Row]:
    """The lanes with the most houses to go to; none for a village without lanes."""
    waiting = [lane for lane in lanes if lane.to_knock and any(each.name for each in lanes)]
    rows = []
    for lane in sorted(waiting, key=lambda lane: -lane.to_knock)[:FIRST_LANES]:
        row = Row(
            icon="walk",
            title=lane.name or words.t("lane.none"),
            line=words.counted("count.households", len(lane.houses)),
            chip=words.counted("count.to_knock", lane.to_knock),
            chip_icon="door",
            chip_tone="warn",
            stacked=theme.large,
        )
        row.bind(
            on_release=lambda _, lane=lane: phone.nav.go(
                "village", village=lane.village_id, only="to_knock", lane=lane.name
            )
        )
        rows.append(row)
    return rows


def _list(phone: Phone, of: str, icon: str, count: int, line: str) -> Row | None:
    if not count:
        return None
    row = Row(icon=icon, icon_tone="brand", title=words.counted(f"home.{of}", count), line=line)
    row.bind(on_release=lambda _: phone.nav.go("worklist", of=of))
    return row


def _by_dose(due: dict[str, int]) -> str:
    """Mũi 3: 8 · Mũi 2: 4."""
    order = [dose for dose in DOSE_TYPES if dose in due]
    return " · ".join(f"{dose_name(dose)}: {words.number(due[dose])}" for dose in order)
