"""Moving people to another household, or out of one into a new one: a whole family at once (R013, R068)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mobile.forms.form import Form
from mobile.screens.base import known
from mobile.screens.describe import person_line
from mobile.screens.filling import FormScreen
from mobile.store import moving, places, registers, undoing
from mobile.widgets.buttons import QuietButton
from mobile.widgets.choices import ChoiceField, ManyField
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.picking import PickField
from mobile.widgets.surfaces import Column, text
from mobile.words import words
from shared.rules.residence import PRESENT
from shared.rules.visits import is_asked_about

#: Where people go: to a household of the register, or to one that is registered with the move.
KNOWN, NEW = "known", "new"
NEW_HOME = ("head_name", "lane", "address")
#: As many villages stand as segments; more are picked from a list.
FEW_VILLAGES = 5


class MoveScreen(FormScreen):
    """Who goes, and where to. `people` are chosen beforehand, `to` and `target` where they go."""

    name = "move"
    kind = "person"

    def prepare(
        self, household: str, people: Sequence[str] = (), to: str = KNOWN, target: str = "", **_: Any
    ) -> None:
        """Take up the draft, or begin with what was chosen on the page before."""
        self.household = household
        self.key = f"move:{household}"
        page = known(registers.household(self.phone.store, household))
        self.members = [m for m in page.members if m.residence != "deceased"]
        self.title = words.t("move.split" if to == NEW else "move.title")
        draft = None if target else self.kept()  # another screen says what is meant
        if draft is not None:
            self.note_kept(self.ids.page)
        home = {"lane": page.row.lane or None, "address": page.row.address or None} if to == NEW else {}
        self.data: dict[str, Any] = draft or {
            "people": list(people),
            "to": to,
            "household": target,
            "village": page.row.village_id,
            "home": home,
            "residence": None,
        }
        self.ids.page.add(text(words.t("move.from", head=page.row.head_name), tone="muted"))
        self._ask_who()
        self._ask_where()
        self._ask_how()
        self._tell()

    def save(self) -> None:
        """Move everybody chosen in one go."""
        written: list[str] = []
        home: list[str] = []
        if not self.saved(lambda: self._write(home, written), self.form):
            return
        nav, store, key, data = self.phone.nav, self.phone.store, self.key, dict(self.data)
        nav.swap("household", household=home[0])

        def undo() -> None:
            if data["to"] == NEW:  # the household stays on the register: the form then moves them into it
                data.update(to=KNOWN, household=home[0])
            undoing.take_back(store, *written, draft=(key, "person", data))
            nav.go("move", household=self.household)

        count = len(self.data["people"])
        nav.say(words.counted("move.saved", count), action=words.t("form.undo"), when_action=undo)

    def take(self, household: str) -> None:
        """The household they go to."""
        self._put(household=household)
        self._show_home()

    def _write(self, home: list[str], written: list[str]) -> None:
        store, data = self.phone.store, self.data
        how = {"residence": data["residence"], "draft": self.key}
        if data["to"] == NEW:
            body = self.form.body()
            made, entries = moving.move_to_new(store, data["people"], data["village"], body, **how)
        else:
            made, entries = data["household"], moving.move(store, data["people"], data["household"], **how)
        home.append(made)
        written.extend(entries)

    def _ask_who(self) -> None:
        options = [(m.id, f"{m.full_name}\n{person_line(m)}", "") for m in self.members]
        self.who = ManyField(label=words.t("move.who"), options=options)
        self.who.values = list(self.data["people"])
        self.who.when_edit = self._choose
        self.ids.page.add(self.who)
        living = [m.id for m in self.members if is_asked_about(m.residence)]
        if len(living) > 1:
            everybody = QuietButton(text=words.t("move.everybody"), icon="check")
            everybody.bind(on_release=lambda _: self._everybody(living))
            self.ids.page.add(everybody)

    def _everybody(self, living: list[str]) -> None:
        self.who.values = living
        self._choose(living)

    def _choose(self, chosen: Sequence[str]) -> None:
        self._put(people=list(chosen))
        self._offer_heads()
        self._tell()

    def _ask_where(self) -> None:
        options = [(KNOWN, words.t("move.known"), ""), (NEW, words.t("move.new"), "")]
        self.where = ChoiceField(label=words.t("move.where"), options=options)
        self.where.value = self.data["to"]
        self.where.when_edit = self._go_to
        self.place = Column(spacing=self.ids.page.gap)
        self.form = Form("household", NEW_HOME, self.pick, lambda values: self._put(home=dict(values)))
        self.form.fill(self.data["home"])
        self.ids.page.add(self.where, self.place)
        self._show_home()

    def _go_to(self, where: str) -> None:
        self._put(to=where)
        self._show_home()

    def _show_home(self) -> None:
        self.place.clear_widgets()
        self.heads = None
        if self.data["to"] == KNOWN:
            self.place.add_widget(self._known_home())
            return
        villages = [(each.id, each.name) for each in places.my_villages(self.phone.store)]
        if len(villages) > 1:
            self.place.add_widget(self._village(villages))
        self.heads = Column()
        self.place.add_widget(self.heads)
        self.place.add_widget(self.form)
        self._offer_heads()

    def _known_home(self) -> Row:
        found = (
            registers.household(self.phone.store, self.data["household"]) if self.data["household"] else None
        )
        where = [places.name(self.phone.store, found.row.village_id), found.row.lane] if found else []
        row = Row(
            icon="home-search-outline",
            title=found.row.head_name if found else words.t("move.find"),
            line=" · ".join(filter(None, where)),
        )
        row.bind(
            on_release=lambda _: self.phone.nav.go("pick_household", but_for=self.household, take=self.take)
        )
        return row

    def _village(self, villages: list[tuple[str, str]]) -> PickField | ChoiceField:
        label = words.t("move.village")
        if len(villages) <= FEW_VILLAGES:
            field = ChoiceField(label=label, options=[(code, name, "") for code, name in villages])
        else:
            field = PickField(label=label, options=villages, empty=words.t("form.pick"))
            field.when_open = lambda: self.pick(label, villages, field.value, field.take)
        field.value = self.data["village"]
        field.when_edit = lambda code: self._put(village=code)
        return field

    def _offer_heads(self) -> None:
        """One tap names the new head of the household among those who go."""
        if self.heads is None:
            return
        self.heads.clear_widgets()
        names = {m.id: m.full_name for m in self.members if m.id in self.data["people"]}
        if names:
            field = ChoiceField(
                label=words.t("move.head"), options=[(i, name, "") for i, name in names.items()]
            )
            written = self.data["home"].get("head_name")
            field.value = next((i for i, name in names.items() if name == written), "")
            field.when_edit = lambda person: self._head(names[person])
            self.heads.add_widget(field)

    def _head(self, name: str) -> None:
        self.form.fields["head_name"].text = name

    def _ask_how(self) -> None:
        options = [(code, words.option("person", "residence", code), "") for code in PRESENT]
        label = words.t("form.optional", label=words.t("move.residence"))
        how = ChoiceField(label=label, options=options, may_clear=True, hint=words.t("move.residence_hint"))
        how.value = self.data["residence"] or ""
        how.when_edit = lambda code: self._put(residence=code or None)
        self.ids.page.add(how)

    def _put(self, **given: Any) -> None:
        self.data |= given
        self.keep(self.data)

    def _tell(self) -> None:
        count = len(self.data["people"])
        self.ids.main.text = words.counted("move.save", count) if count else words.t("move.save_none")


load_rules(__file__)
