"""What to do today: what must not wait, what was begun, whom to go to, what to use, and how far the plan is."""

from collections import Counter
from collections.abc import Callable

from kivy.clock import Clock
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from mobile.screens import home_notices, home_supplies, home_work
from mobile.screens.base import Screen
from mobile.store import houses, messages, places, registers, sessions, worklists
from mobile.store.houses import House
from mobile.store.views import VillageSummary
from mobile.widgets.buttons import QuietButton
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Empty, text
from mobile.words import words
from shared.clock import VIETNAM
from shared.rules.today import Standing, main_action

#: The icon of each main action.
ICONS = {
    "end_session": "flag-checkered",
    "session": "needle",
    "open_session": "needle",
    "send": "cloud-upload-outline",
    "register": "home-plus-outline",
    "visit": "walk",
    "search": "magnify",
}
#: Makes a part of the page.
Part = Callable[[], list[Widget]]

#: From so many days on the home screen says that its figures are old.
STALE_DAYS = 3
#: So many parts of an empty page are in sight, and are made at once.
IN_SIGHT = 5


class HomeScreen(Screen):
    """The start of the day."""

    name = "home"
    action = StringProperty("")
    action_icon = StringProperty("")

    def prepare(self, **_: object) -> None:
        """Nothing is chosen yet."""
        self.foot = self.ids.foot.__self__
        self._doing = ""
        self._every_village = False
        self._parts: list[Part] = []
        self._shown: tuple[object, ...] = ()
        self._next = Clock.create_trigger(self._go_on)

    def show(self) -> None:
        """Make the page part by part, one a frame, so that nothing stands still meanwhile: what is in sight of an empty
        page at once; a page that stands is left as it is until the new one is whole, and when nothing has changed.
        """
        self._begun = self._moment()
        self._anew = not self.ids.page.ids.column.children
        if self._shown == self._begun:
            return
        self._made: list[Widget] = []
        self._parts = [
            self._ask,
            self._count,
            self._first,
            self._doings,
            self._work,
            self._look,
            self._waiting,
            self._told_lines,
            *self._supplies(),
        ]
        self._parts += [lambda: home_supplies.targets(self.phone), lambda: [home_supplies.synced(self.phone)]]
        self._looking = houses.looking(self.phone.store)
        below = len(self._parts) - IN_SIGHT
        while self._anew and len(self._parts) > below:
            self._make()
        self._next()

    def _moment(self) -> tuple[object, ...]:
        """What the page depends on: what is stored, the hour, who is still watched, what the phone says of itself."""
        phone = self.phone
        now = phone.clock.now().astimezone(VIETNAM)
        watched = [(seen.dose, seen.still) for seen in home_notices.watched(phone)]
        return (phone.store.database.version(), now.date(), now.hour, watched, list(phone.notes()))

    def act(self) -> None:
        """The main action."""
        nav, me = self.phone.nav, self.phone.me
        if self._doing in ("session", "end_session") and me.site:
            held = sessions.under_way(self.phone.store, me.site)
            if held is not None:
                nav.go("session" if self._doing == "session" else "session_close", session=held.id)
        elif self._doing == "open_session":
            nav.go("session_form")
        elif self._doing == "visit":
            nav.go("village", village=self._next_village, only="to_knock")
        elif self._doing == "register":
            nav.go("village", village=self._next_village)
        elif self._doing == "send":
            self.phone.sync()
            nav.go("outbox")
        else:
            nav.go("search")

    def open_settings(self) -> None:
        """The cog."""
        self.phone.nav.go("settings")

    def leave(self) -> None:
        """Nothing more is to be filled."""
        self._next.cancel()

    def _go_on(self, *_: object) -> None:
        if self._parts and self.parent is not None and not self.phone.locked:
            self._make()
            self._next()

    def _make(self) -> None:
        """Make the next part; put on what is made, or everything when it is whole."""
        self.phone.store.drawing()
        page, made = self.ids.page, self._parts.pop(0)()
        self._made += made
        if self._anew:
            page.add(*made)
        elif not self._parts:
            page.clear()
            page.add(*self._made)
        if not self._parts:
            self._shown = self._begun

    def _ask(self) -> list[Widget]:
        """Look up the houses; nothing to see yet."""
        try:
            next(self._looking)
        except StopIteration as whole:
            self._found: list[House] = whole.value
        else:
            self._parts.insert(0, self._ask)
        return []

    def _count(self) -> list[Widget]:
        """Look up the villages; nothing to see yet."""
        self._villages = registers.villages(self.phone.store)
        return []

    def _first(self) -> list[Widget]:
        """The day, the way to search, what must not wait."""
        phone = self.phone
        self._told = messages.messages(phone.store)
        self.title = self._place(self._villages)
        self._offer(self._villages, self._found)
        made = [
            text(words.t("home.today", day=words.day(phone.clock.today())), "title", bold=True),
            *self._age(),
        ]
        if self._found and self._doing != "search":
            search = QuietButton(text=words.t("home.search"), icon="magnify")
            search.bind(on_release=lambda _: phone.nav.go("search"))
            made.append(search)
        return [*made, *home_notices.urgent(phone, self._told), *home_notices.refused(phone)]

    def _doings(self) -> list[Widget]:
        """What the phone says of itself, whom somebody watches, what was begun."""
        phone = self.phone
        return [
            *home_notices.notes(phone),
            *home_notices.observed(phone),
            *home_notices.session(phone),
            *home_notices.drafts(phone),
        ]

    def _work(self) -> list[Widget]:
        """The houses to go to."""
        if not self._villages and not self.phone.me.site:
            return [Empty(title=words.t("home.nothing"), text=words.t("home.nothing_do"))]
        return home_work.to_knock(
            self.phone, self._villages, self._found, self._every_village, self._show_every_village
        )

    def _look(self) -> list[Widget]:
        """Look up what visits said: as long as making a part, and nothing to see yet."""
        self._stood = worklists.said(self.phone.store)
        return []

    def _waiting(self) -> list[Widget]:
        """Who waits."""
        return home_work.lists(self.phone, self._found, self._stood)

    def _told_lines(self) -> list[Widget]:
        """What those above ask, wait for and say."""
        return [
            *home_notices.queries(self.phone, self._told),
            *home_notices.report(self.phone),
            home_notices.inbox(self.phone, self._told),
        ]

    def _supplies(self) -> list[Part]:
        """The parts about stock, for who keeps some."""
        phone, site = self.phone, self.phone.me.site
        if not site or not phone.may("stock_count"):
            return []
        return [
            lambda: [*home_supplies.arriving(phone, site), *home_supplies.needing(phone, site)],
            lambda: home_supplies.lots(phone, site),
        ]

    def _place(self, villages: list[VillageSummary]) -> str:
        me = self.phone.me
        if me.site and (site := places.place(self.phone.store, me.site)):
            return site.name
        communes = {village.commune for village in villages if village.commune}
        return communes.pop() if len(communes) == 1 else me.full_name

    def _age(self) -> list[Widget]:
        """How old the figures are when they are not of today."""
        old = home_supplies.days_old(self.phone)
        if old <= 0:
            return []
        when = words.moment(self.phone.outbox().last_sync_at)
        return [text(words.t("home.as_of", when=when), "small", "warn" if old >= STALE_DAYS else "muted")]

    def _show_every_village(self) -> None:
        self._every_village, self._shown = True, ()
        self.show()

    def _offer(self, villages: list[VillageSummary], found: list[House]) -> None:
        """Put the main action at the thumb that is right now."""
        phone = self.phone
        may_hold = phone.may("session") and bool(phone.me.site)
        held = sessions.under_way(phone.store, phone.me.site) if may_hold and phone.me.site else None
        unsent = phone.outbox().unsent
        waiting = Counter(house.village_id for house in houses.to_knock(found))
        first = villages[0].id if villages else ""
        self._next_village = max(waiting, key=lambda village: waiting[village], default=first)
        self._doing = main_action(
            Standing(
                may_hold=may_hold,
                may_visit=phone.may("visit"),
                held=held is not None,
                used=held is not None and held.doses > 0,
                villages=len(villages),
                houses=len(found),
                to_knock=waiting.total(),
                unsent=unsent,
            ),
            phone.clock.now().astimezone(VIETNAM).hour,
        )
        self.action = words.counted(f"home.do_{self._doing}", unsent) if self._doing else ""
        self.action_icon = ICONS.get(self._doing, "")
        if self._doing and self.foot.parent is None:
            self.add_widget(self.foot)
        elif not self._doing:
            self.offer(False)


load_rules(__file__)
