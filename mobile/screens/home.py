"""What to do today: my villages, the plan's targets, the lots to use first."""

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.stacklayout import StackLayout

from mobile.screens.base import Screen
from mobile.screens.describe import (
    age_group_name,
    dose_name,
    expiry_sign,
    holding_line,
    lot_name,
)
from mobile.screens.stock_words import alert_line, alert_sign
from mobile.store import alerts, messages, places, plans, registers, stock
from mobile.store.plans import TargetProgress
from mobile.store.views import VillageSummary
from mobile.theme import theme
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Card, Column, Empty, PressCard, Section, text
from mobile.widgets.text import Chip
from mobile.words import words

#: Lots that stand on the home screen; the stock screen has them all.
FIRST_LOTS = 3
#: So few villages stand before the targets; more of them after, or nobody would scroll to the targets.
FEW_VILLAGES = 2


class GoalLine(Column):
    """One goal of the plan and how far my villages are."""

    title = StringProperty("")
    day = StringProperty("")
    late = BooleanProperty(False)
    share = StringProperty("")
    value = NumericProperty(0)


class VillageRow(PressCard):
    """A village: how many live there, how many are due, how many doors were never knocked at."""

    title = StringProperty("")
    line = StringProperty("")


class HomeScreen(Screen):
    """The start of the day."""

    name = "home"
    action = StringProperty("")
    action_icon = StringProperty("")

    def show(self) -> None:
        """Fill the page."""
        store, me = self.phone.store, self.phone.me
        villages = registers.villages(store)
        self.title = self._place()
        page = self.ids.page
        page.clear()
        page.add(text(words.t("home.today", day=words.day(self.phone.clock.today())), "title", bold=True))
        self._refused()
        self._messages()
        if len(villages) <= FEW_VILLAGES:
            self._villages(villages)
            self._targets()
        else:
            self._targets()
            self._villages(villages)
        if me.site and self.phone.may("stock_count"):
            self._alerts(me.site)
            self._lots(me.site)
        if not villages and not me.site:
            page.add(Empty(title=words.t("home.nothing"), text=words.t("home.nothing_do")))
        self._main_action(villages)

    def act(self) -> None:
        """The main action."""
        if self.phone.may("session") and self.phone.me.site:
            today = self.phone.clock.today()
            mine = stock.sessions(self.phone.store, self.phone.me.site, limit=5)
            held = next((s for s in mine if s.held_on == today and not s.closed), None)
            if held:
                self.phone.nav.go("session", session=held.id)
            else:
                self.phone.nav.go("session_form")
            return
        villages = registers.villages(self.phone.store)
        worst = max(villages, key=lambda v: (v.unvisited, v.due), default=None)
        if worst:
            self.phone.nav.go("village", village=worst.id)

    def open_settings(self) -> None:
        """The cog."""
        self.phone.nav.go("settings")

    def _place(self) -> str:
        me = self.phone.me
        if me.site and (site := places.place(self.phone.store, me.site)):
            return site.name
        communes = {v.commune for v in registers.villages(self.phone.store) if v.commune}
        return communes.pop() if len(communes) == 1 else me.full_name

    def _refused(self) -> None:
        state = self.phone.outbox()
        if state.refused:
            row = Row(
                icon="alert-circle-outline",
                icon_tone="late",
                title=words.t("home.refused", count=words.number(state.refused)),
                line=words.t("home.refused_do"),
            )
            row.bind(on_release=lambda _: self.phone.nav.go("outbox", state="refused"))
            self.ids.page.add(row)

    def _messages(self) -> None:
        """The way to what those above said; what is new shows as a number, what is urgent in red."""
        new, urgent = messages.unopened(self.phone.store)
        row = Row(
            icon="alert-outline" if urgent else "inbox-arrow-up-outline",
            icon_tone="late" if urgent else "brand" if new else "muted",
            title=words.t("home.messages"),
            line=words.t("home.messages_urgent" if urgent else "home.messages_line"),
            line_tone="late" if urgent else "muted",
            chip=words.counted("home.messages_new", new) if new else "",
            chip_icon="information-outline",
            chip_tone="late" if urgent else "brand",
            stacked=theme.large,
        )
        row.bind(on_release=lambda _: self.phone.nav.go("messages"))
        self.ids.page.add(row)

    def _targets(self) -> None:
        goals = plans.targets(self.phone.store)
        if not goals:
            return
        self.ids.page.add(Section(text=words.t("home.targets")))
        card = Card(spacing=theme.s16)
        for goal in goals:
            card.add_widget(goal_line(goal))
        self.ids.page.add(card)

    def _villages(self, villages: list[VillageSummary]) -> None:
        if villages:
            self.ids.page.add(Section(text=words.t("home.villages"), aside=words.number(len(villages))))
        for village in villages:
            self.ids.page.add(self._village(village))

    def _village(self, village: VillageSummary) -> VillageRow:
        row = VillageRow(
            title=village.name,
            line=" · ".join(
                (
                    words.counted("count.households", village.households),
                    words.counted("count.people", village.people),
                )
            ),
        )
        chips = StackLayout(size_hint_y=None, spacing=theme.s8)
        chips.bind(minimum_height=chips.setter("height"))
        if village.due:
            due = words.counted("count.due", village.due)
            chips.add_widget(Chip(text=due, icon="needle", tone="brand"))
        if village.unvisited:
            unvisited = words.counted("count.unvisited", village.unvisited)
            chips.add_widget(Chip(text=unvisited, icon="door", tone="warn"))
        if chips.children:
            row.add_widget(chips)
        row.bind(on_release=lambda _: self.phone.nav.go("village", village=village.id))
        return row

    def _alerts(self, site: str) -> None:
        """What of the stock needs somebody: how much, and the first thing."""
        store = self.phone.store
        found = alerts.alerts(store, site)
        if not found:
            return
        icon, tone = alert_sign(found[0])
        row = Row(
            icon=icon,
            icon_tone=tone,
            title=words.counted("home.alerts", len(found)),
            line=alert_line(store, found[0]),
        )
        row.bind(on_release=lambda _: self.phone.nav.go("alerts", site=site))
        self.ids.page.add(row)

    def _lots(self, site: str) -> None:
        page = self.ids.page
        held = stock.holdings(self.phone.store, site)
        page.add(Section(text=words.t("home.lots"), aside=words.t("home.lots_aside") if held else ""))
        expired = sum(holding.bucket == "expired" for holding in held)
        for holding in [each for each in held if stock.usable(each)][:FIRST_LOTS]:
            sign = expiry_sign(holding)
            row = Row(
                title=f"{lot_name(holding.lot)}\N{NO-BREAK SPACE}· {holding.lot.lot_number}",
                line=holding_line(holding),
                chip=sign.text,
                chip_icon=sign.icon,
                chip_tone=sign.tone,
                stacked=theme.large or len(sign.text) > 13,
            )
            row.bind(on_release=lambda _: self.phone.nav.go("stock", site=site))
            page.add(row)
        every = Row(
            icon="clipboard-list-outline",
            title=words.t("home.stock"),
            line=words.t("home.stock_line", count=words.number(len(held))),
            chip=words.counted("home.expired", expired) if expired else "",
            chip_icon="alert-outline",
            chip_tone="late",
            stacked=theme.large,
        )
        every.bind(on_release=lambda _: self.phone.nav.go("stock", site=site))
        page.add(every)

    def _main_action(self, villages: list[VillageSummary]) -> None:
        if self.phone.may("session") and self.phone.me.site:
            today = self.phone.clock.today()
            mine = stock.sessions(self.phone.store, self.phone.me.site, limit=5)
            held = any(s.held_on == today and not s.closed for s in mine)
            self.action = words.t("home.session_on" if held else "home.session")
            self.action_icon = "needle"
        elif villages and self.phone.may("visit"):
            self.action, self.action_icon = words.t("home.visit"), "walk"
        else:
            self.action, self.action_icon = "", ""
            self.offer(False)


def goal_line(goal: TargetProgress) -> GoalLine:
    """How far my villages are with a goal."""
    counted = words.t("home.covered", covered=words.number(goal.covered), due=words.number(goal.due))
    by = words.t("home.by", day=f"{goal.due_on:%d/%m}", left=words.days_left(goal.days_left))
    return GoalLine(
        title=f"{dose_name(goal.dose_type)} · {age_group_name(goal.age_group)}",
        day=f"{counted} · {by}",
        late=goal.days_left < 0 and goal.covered < goal.due,
        share=words.percent(goal.share),
        value=goal.share or 0,
    )


load_rules(__file__)
