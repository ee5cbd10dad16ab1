"""Lists of who waits for somebody: due, to be visited again, with an appointment, unable to come, against a dose."""

from collections.abc import Callable
from datetime import date
from typing import Any

from kivy.properties import StringProperty

from mobile.screens.describe import Sign, dose_name, outcome_name, person_sign, reason_name
from mobile.screens.list_rows import item, person_item
from mobile.screens.listing import ListingScreen, every
from mobile.store import sessions, worklists
from mobile.store.worklists import Waiting
from mobile.widgets.loading import load_rules
from mobile.words import words

#: People fetched at once; more come as the list is scrolled.
PAGE = 100
#: What an appointment that nobody kept looks like, and the others.
MISSED, TODAY, LATER = ("calendar-alert", "late"), ("calendar-clock", "brand"), ("calendar-clock", "muted")
#: The sign of who is against a dose.
AGAINST = {
    "hesitant": ("account-question-outline", "warn"),
    "refused": ("hand-back-right-off-outline", "late"),
}


class WorklistScreen(ListingScreen):
    """One list (`of`: due, revisits, appointments, cannot_come, refusals), of a village or of all."""

    name = "worklist"
    of = StringProperty("due")
    dose = StringProperty("")

    def prepare(self, of: str, village: str = "", dose: str = "", **_: Any) -> None:
        """Know which list."""
        self.look_in(village)
        self.of, self.dose = of, dose
        self.title = words.t(f"list.{of}")
        self._limit = PAGE
        self._whole = True
        self.dose_button = self.ids.which.__self__  # held: it may be taken off the screen
        if of != "due":
            self.ids.head.remove_widget(self.dose_button)
        self.ids.rows.fbind("scroll_y", self._scrolled)

    def show(self) -> None:
        """List everybody again, as far as they were listed."""
        dose = dose_name(self.dose) if self.dose else words.t("search.every_village")
        self.dose_button.text = words.t("list.dose", dose=dose)
        listed = {
            "due": self._due,
            "revisits": self._revisits,
            "appointments": self._appointments,
            "cannot_come": self._cannot_come,
            "refusals": self._refusals,
        }
        self.fill(listed[self.of](), words.t(f"list.none_{self.of}"), words.t(f"list.none_{self.of}_do"))

    def list_anew(self) -> None:
        """See ListingScreen."""
        self._limit = PAGE
        self.show()

    def choose_dose(self) -> None:
        """Pick the dose to list, with how many are due for each."""
        found = worklists.due_by_dose(self.phone.store, self.village or None)
        options = [("", every())] + [
            (dose, words.t("list.dose_count", dose=dose_name(dose), count=words.number(count)))
            for dose, count in sorted(found.items())
        ]
        self.phone.nav.go(
            "pick", title=words.t("list.which_dose"), options=options, chosen=self.dose, take=self._take_dose
        )

    def open(self, key: str) -> None:
        """What is to be done next: the house of who is to be talked to; who is to be given a dose is screened while a
        session is under way, else their page.
        """
        household, _, person = key.partition(" ")
        me = self.phone.me
        held = sessions.under_way(self.phone.store, me.site) if me.site and self.phone.may("dose") else None
        if not person:
            self.phone.nav.go("household", household=household)
        elif held is None:
            self.phone.nav.go("person", person=person)
        else:
            self.phone.nav.go("screening", session=held.id, person=person)

    def _take_dose(self, dose: str) -> None:
        self.dose = dose
        self.list_anew()

    def _scrolled(self, _: Any, scroll_y: float) -> None:
        if scroll_y < 0.1 and not self._whole:
            self._limit += PAGE
            self.show()

    # The lists

    def _due(self) -> list[dict[str, Any]]:
        store, place, dose = self.phone.store, self.village or None, self.dose or None
        found = worklists.due(store, place, dose, limit=self._limit)
        self._whole = len(found) < self._limit
        self.counted = words.counted("count.people", worklists.due_count(store, place, dose))
        today = self.phone.clock.today()
        return [
            person_item(row, today, self.where(row.village_id)) | {"key": f"{row.household_id} {row.id}"}
            for row in found
        ]

    def _revisits(self) -> list[dict[str, Any]]:
        found = worklists.revisits(self.phone.store, self.village or None)
        self.counted = words.counted("count.households", len(found))
        return self.house_items(found)

    def _appointments(self) -> list[dict[str, Any]]:
        today = self.phone.clock.today()
        return self._people(worklists.appointments, lambda each: _appointment(each, today), _nothing)

    def _cannot_come(self) -> list[dict[str, Any]]:
        today = self.phone.clock.today()
        return self._people(worklists.cannot_come, lambda each: person_sign(each.person, today), _why_at_home)

    def _refusals(self) -> list[dict[str, Any]]:
        rows = self._people(worklists.refusals, _against, _why_not)
        return [row | {"key": row["key"].partition(" ")[0]} for row in rows]

    def _people(
        self,
        listed: Callable[..., list[Waiting]],
        sign: Callable[[Waiting], Sign],
        why: Callable[[Waiting], str],
    ) -> list[dict[str, Any]]:
        found = listed(self.phone.store, self.village or None)
        self.counted = words.counted("count.people", len(found))
        return [
            item(
                f"{each.person.household_id} {each.person.id}",
                each.person.full_name,
                " · ".join(filter(None, (why(each) or _aged(each), self.where(each.person.village_id)))),
                sign(each),
                stacked=True,
            )
            for each in found
        ]


def _appointment(waiting: Waiting, today: date) -> Sign:
    """The day, and whether it has gone by."""
    day = waiting.said.appointment_on if waiting.said else None
    left = (day - today).days if day else 0
    icon, tone = MISSED if left < 0 else LATER if left else TODAY
    return Sign(words.t("list.appointment", day=words.day(day)[:5], left=words.days_left(left)), icon, tone)


def _against(waiting: Waiting) -> Sign:
    """What they said."""
    outcome = waiting.said.outcome if waiting.said else "hesitant"
    return Sign(outcome_name(outcome), *AGAINST[outcome])


def _why_not(waiting: Waiting) -> str:
    """Why they said so."""
    return reason_name("refusal", waiting.said.reason if waiting.said else None)


def _why_at_home(waiting: Waiting) -> str:
    """Why they cannot come, and whether somebody is to bring them."""
    reason = waiting.person.cannot_come
    parts = [words.option("person", "cannot_come", reason)] if reason else []
    if waiting.said is not None and waiting.said.transport:
        parts.append(words.t("list.transport"))
    return " · ".join(parts)


def _aged(waiting: Waiting) -> str:
    return words.t(f"age.{waiting.person.birth_precision}", years=waiting.person.age)


def _nothing(_: Waiting) -> str:
    return ""


load_rules(__file__)
