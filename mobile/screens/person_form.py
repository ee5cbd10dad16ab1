"""Registers a person, or corrects one. Doubts about a number, or about who this may be, are told and never hinder."""

from datetime import date
from typing import Any

from kivy.uix.widget import Widget

from mobile.forms.form import Form
from mobile.screens.card_box import CardBox
from mobile.screens.describe import phone_number
from mobile.screens.filling import FormScreen
from mobile.screens.lookalike_box import LookalikeBox
from mobile.screens.recorded import may_read
from mobile.store import places, registers, undoing
from mobile.store.lookalikes import Lookalike, lookalikes
from mobile.store.views import HouseholdPage, PersonPage
from mobile.widgets.buttons import QuietButton
from mobile.widgets.choices import ChoiceField
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import text
from mobile.words import words
from shared.kinds import KINDS
from shared.rules.ages import age_on
from shared.rules.identity import check_cccd
from shared.rules.residence import since_fault
from shared.rules.visits import ADULT_YEARS, is_asked_about
from shared.text.phones import normalise_phone

FIRST = (
    "full_name",
    "birth_precision",
    "birth_date",
    "sex",
    "relation",
    "guardian_name",
    "guardian_relation",
    "guardian_phone",
)
PAPERS = ("id_kind", "id_number", "phone", "residence", "residence_since")
MORE = (
    "came_on",
    "came_from",
    "ethnic",
    "language",
    "interpreter",
    "vulnerable",
    "cannot_come",
    "contraindication",
    "covid_on",
    "sms_allowed",
    "group_place",
    "group_name",
)
#: Shown as people write them, recorded in one spelling.
PHONES = ("phone", "guardian_phone")
#: What is asked of somebody only where there are schools or special places.
GROUPED = ("group_place", "group_name")
#: What a draft keeps besides the fields: who was said to be somebody else, and the text of a card.
OTHERS, CARD_TEXT = "others", "card_text"
#: Adults of the household offered as guardian by one tap.
MOST_GUARDIANS = 4


class PersonFormScreen(FormScreen):
    """Who somebody is; the rest of what may be known is put away until it is asked for."""

    name = "person_form"
    kind = "person"

    def prepare(self, household: str = "", person: str = "", **_: Any) -> None:
        """Fill the form with the draft, or with what is recorded."""
        store = self.phone.store
        self.person = person
        self.key = f"person:{person or household}"
        self.title = words.t("person_form.edit" if person else "person_form.new")
        page = registers.person(store, person) if person else None
        self.household = household or (page.row.household_id if page else "")
        self.home = registers.household(store, self.household)
        self.village = self.home.row.village_id if self.home else (page.row.village_id if page else "")
        groups = places.groups(store)
        self.asked_more = [n for n in MORE if (groups or n not in GROUPED) and may_read(self.phone, n)]
        names = [*FIRST, *PAPERS, *self.asked_more]
        self.form = self.make_form(names, self._changed, {"group_place": groups})
        draft = self.kept()
        if draft is not None:
            self.note_kept(self.ids.page)
        values = dict(draft) if draft is not None else self._recorded(page)
        self.others: list[str] = values.pop(OTHERS, [])
        self.card_text: str = values.pop(CARD_TEXT, "")
        if self.home is not None:
            self.ids.page.add(text(words.t("person_form.where", head=self.home.row.head_name), tone="muted"))
        self.card = CardBox(self.phone, lambda: self.form.values, self._keep_card, self._take_card)
        self._offer_head()
        self.more = QuietButton(text=words.t("person_form.more"), icon="chevron-down")
        self.more.bind(on_release=lambda _: self.show_more())
        self.ids.page.add(self.card, self.form, self.more)
        same = words.t("lookalike.look" if person else "lookalike.same")
        self.alike = LookalikeBox(self.phone, same, self.is_same, self.is_other)
        self.form.add_widget(self.alike, index=self.form.children.index(self.form.fields["sex"]))
        self.guardians = self._guardians()
        self.form.fill(values)
        if self.card_text:
            self.card.open(self.card_text)
        self._offer()
        if all(values.get(name) in (None, "", []) for name in MORE):
            for name in self.asked_more:
                self.form.offer(name, False)
        else:
            self.ids.page.ids.column.remove_widget(self.more)

    def show_more(self) -> None:
        """Ask for the rest too."""
        for name in self.asked_more:
            self.form.offer(name, True)
        self.ids.page.ids.column.remove_widget(self.more)

    def save(self) -> None:
        """Write it, and return to the household."""
        body = self.form.body()
        for name in PHONES:
            body[name] = normalise_phone(body.get(name)) or body.get(name)
        if body.get("id_kind") == "none":
            body["id_number"] = None
        born, today = _day(body.get("birth_date")), self.phone.clock.today()
        if wrong := since_fault(body.get("residence_since"), born, today):
            self.refused([wrong], self.form)
            return
        draft = (self.key, self.kind, self._data())
        written: list[str] = []
        if self.saved(lambda: written.extend(self._write(body)), self.form):
            nav = self.phone.nav
            nav.back()
            said = words.t("person_form.saved", name=body["full_name"])
            undo = words.t("form.undo") if written else ""
            nav.say(said, action=undo, when_action=lambda: self._again(written, draft))

    def is_same(self, found: Lookalike) -> None:
        """It is the person already on the register: open them, or bring them to this household."""
        nav, row = self.phone.nav, found.row
        if self.person:
            nav.go("person", person=row.id)
            return
        store, draft, household = self.phone.store, (self.key, self.kind, self._data()), self.household
        store.drop_draft(self.key)
        if row.household_id == household:
            nav.swap("person", person=row.id)
        else:
            nav.swap("move", household=row.household_id, people=[row.id], target=household)

        def undo() -> None:
            store.save_draft(*draft)
            nav.go("person_form", household=household)

        nav.say(words.t("lookalike.not_twice"), action=words.t("form.undo"), when_action=undo)

    def is_other(self, found: Lookalike) -> None:
        """Somebody else who looks alike: they are not shown again."""
        self.others = [*self.others, found.row.id]
        self._changed(self.form.values)

    def _write(self, body: dict[str, Any]) -> list[str]:
        store = self.phone.store
        if self.person:
            entry = store.edit("person", self.person, body, draft=self.key)
            if entry is None:
                store.drop_draft(self.key)
            return [entry.id] if entry else []
        body["household"] = self.household
        made = store.record("person", place=self.village, body=body, draft=self.key)
        self.person = made.subject
        return [made.id]

    def _again(self, written: list[str], draft: tuple[str, str, dict[str, Any]]) -> None:
        """Open the form as it was. Somebody registered stays on the register: the form then corrects them."""
        if self.key == f"person:{self.person}":
            undoing.take_back(self.phone.store, *written, draft=draft)
        self.phone.nav.go("person_form", person=self.person)

    def _changed(self, values: dict[str, Any]) -> None:
        self.keep(self._data())
        self._offer()

    def _data(self) -> dict[str, Any]:
        """What a draft keeps."""
        more = {OTHERS: self.others, CARD_TEXT: self.card_text}
        return self.form.values | {name: kept for name, kept in more.items() if kept}

    def _keep_card(self, said: str) -> None:
        if said != self.card_text:
            self.card_text = said
            self.keep(self._data())

    def _take_card(self, fields: dict[str, Any]) -> None:
        self.card_text = ""
        self.form.fill(self.form.values | fields)
        self._changed(self.form.values)

    def _offer(self) -> None:
        """Ask for what the other answers call for."""
        values, form = self.form.values, self.form
        born, today = _day(values.get("birth_date")), self.phone.clock.today()
        child = born is not None and born <= today and age_on(born, today) < ADULT_YEARS
        for name in ("guardian_name", "guardian_relation", "guardian_phone"):
            form.offer(name, child or bool(values.get(name)))
        self._offer_guardians(child)
        form.offer("id_number", values.get("id_kind") not in (None, "none"))
        lives = values.get("residence")
        form.offer("residence_since", lives not in (None, "permanent") or bool(values.get("residence_since")))
        birth = form.fields["birth_date"]
        if born is not None and born <= today:
            birth.below = words.t(
                f"age.{values.get('birth_precision') or 'day'}", years=words.number(age_on(born, today))
            )
        else:
            birth.below = ""
        form.fields["id_number"].doubt = self._doubt(values, born)
        head = self.home.row.head_name if self.home else ""
        self.alike.show(lookalikes(self.phone.store, values, head, but_for=[self.person, *self.others]))

    def _offer_head(self) -> None:
        """While nobody of the household bears its name, one tap writes down the head."""
        if self.person or self.home is None or self.home.row.head_name in _names(self.home):
            return
        head = self.home.row.head_name
        button = QuietButton(text=words.t("person_form.is_head", head=head), icon="account-check-outline")
        button.bind(on_release=lambda _: self._take_head(head, button))
        self.ids.page.add(button)

    def _take_head(self, head: str, button: QuietButton) -> None:
        self.ids.page.ids.column.remove_widget(button)
        self.form.fields["full_name"].text = head
        self.form.fields["relation"].text = KINDS["household"].field_label("head_name", "vi")

    def _guardians(self) -> ChoiceField | None:
        """Adults of the household, so that a child's guardian is one tap."""
        members = self.home.members if self.home else []
        adults = [m for m in members if m.age >= ADULT_YEARS and is_asked_about(m.residence)]
        names = list(dict.fromkeys(m.full_name for m in adults if m.id != self.person))[:MOST_GUARDIANS]
        if not names:
            return None
        field = ChoiceField(label=words.t("person_form.guardian"), options=[(n, n, "") for n in names])
        field.when_edit = self._take_guardian
        return field

    def _take_guardian(self, name: str) -> None:
        self.form.fields["guardian_name"].text = name

    def _offer_guardians(self, child: bool) -> None:
        field = self.guardians
        if field is None:
            return
        field.value = self.form.values.get("guardian_name") or ""
        if child and field.parent is None:
            _put_before(self.form, field, self.form.fields["guardian_name"])
        elif not child and field.parent is not None:
            self.form.remove_widget(field)

    @staticmethod
    def _doubt(values: dict[str, Any], born: date | None) -> str:
        number = str(values.get("id_number") or "").strip()
        if values.get("id_kind") not in ("cccd", "personal_code") or len(number) < 9:
            return ""
        doubts = check_cccd(number, values.get("sex"), born)
        return " ".join(words.t(doubt.code, **doubt.params) for doubt in doubts)

    @staticmethod
    def _recorded(page: PersonPage | None) -> dict[str, Any]:
        if page is None:
            return {"birth_precision": "day", "residence": "permanent"}
        values = {name: page.values.get(name) for name in FIRST + PAPERS + MORE}
        return values | {name: phone_number(values[name] or "") or None for name in PHONES}


def _names(home: HouseholdPage) -> set[str]:
    return {member.full_name for member in home.members}


def _put_before(form: Form, widget: Widget, field: Widget) -> None:
    form.add_widget(widget, index=form.children.index(field) + 1)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


load_rules(__file__)
