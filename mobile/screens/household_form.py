"""Registers a household, or corrects one."""

from typing import Any

from mobile.screens.describe import phone_number
from mobile.screens.filling import FormScreen
from mobile.screens.position import PositionField
from mobile.store import places, registers, undoing
from mobile.store.lanes import lanes_of, same_lane
from mobile.store.views import HouseholdPage
from mobile.widgets.buttons import QuietButton
from mobile.widgets.choices import ChoiceField
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import text
from mobile.words import words
from shared.text.phones import normalise_phone

FIELDS = ("head_name", "lane", "address", "phone", "note")
#: What the device tells; the accuracy is shown and not recorded.
POSITION = ("lat_e6", "lon_e6")
ACCURACY = "accuracy_m"
#: As many lanes stand under the field as segments; more are picked from a list.
FEW_LANES = 5


class HouseholdFormScreen(FormScreen):
    """Who lives behind one door, and where that door is."""

    name = "household_form"
    kind = "household"

    def prepare(self, village: str = "", household: str = "", **_: Any) -> None:
        """Fill the form with the draft, or with what is recorded."""
        self.village, self.household = village, household
        self.key = f"household:{household or village}"
        page = registers.household(self.phone.store, household) if household else None
        if page is not None:
            self.village = page.row.village_id
        self.title = words.t("household_form.edit" if household else "household_form.new")
        self.lanes = lanes_of(self.phone.store, self.village)
        self.form = self.make_form(FIELDS, self._changed)
        draft = self.kept()
        if draft is not None:
            self.note_kept(self.ids.page)
        where = words.t("household_form.where", village=places.name(self.phone.store, self.village))
        self.position = PositionField(self.phone, self._found)
        self.ids.page.add(text(where, tone="muted"), self.form, self.position)
        self._offer_lanes()
        self.form.fill(draft if draft is not None else self._recorded(page))
        self.position.tell(self.form.values)
        self._tell_lane()

    def save(self) -> None:
        """Write it, and go to the household's page."""
        body = self.form.body()
        body["phone"] = normalise_phone(body.get("phone")) or body.get("phone")
        body.pop(ACCURACY, None)
        draft = (self.key, self.kind, dict(self.form.values))
        nav, undo = self.phone.nav, words.t("form.undo")
        written: list[str] = []
        if self.household:
            if self.saved(lambda: written.extend(self._edit(body)), self.form):
                nav.back()
                nav.say(
                    words.t("form.saved"),
                    action=undo if written else "",
                    when_action=lambda: self._again(written, draft),
                )
            return
        if self.saved(lambda: written.append(self._register(body)), self.form):
            nav.swap("household", household=written[0])
            nav.say(
                words.t("household_form.saved"),
                action=undo,
                when_action=lambda: nav.go("household_form", household=written[0]),
            )

    def _register(self, body: dict[str, Any]) -> str:
        entry = self.phone.store.record("household", place=self.village, body=body, draft=self.key)
        return entry.subject

    def _edit(self, body: dict[str, Any]) -> list[str]:
        store = self.phone.store
        entry = store.edit("household", self.household, body, draft=self.key)
        if entry is None:
            store.drop_draft(self.key)
        return [entry.id] if entry else []

    def _again(self, written: list[str], draft: tuple[str, str, dict[str, Any]]) -> None:
        undoing.take_back(self.phone.store, *written, draft=draft)
        self.phone.nav.go("household_form", household=self.household)

    def _changed(self, values: dict[str, Any]) -> None:
        self.keep(values)
        self._tell_lane()

    def _found(self, position: dict[str, int]) -> None:
        self.form.values |= position
        self.keep(self.form.values)
        self.position.tell(self.form.values)

    def _offer_lanes(self) -> None:
        """The lanes of the village under the field: one tap, and one spelling."""
        self.lane_choice: ChoiceField | None = None
        if not self.lanes:
            return
        label = words.t("household_form.lanes")
        if len(self.lanes) <= FEW_LANES:
            below = ChoiceField(label=label, options=[(lane, lane, "") for lane in self.lanes])
            below.when_edit = self._take_lane
            self.lane_choice = below
        else:
            below = QuietButton(text=words.t("household_form.pick_lane"), icon="clipboard-list-outline")
            below.bind(on_release=lambda _: self._pick_lane())
        self.form.add_widget(below, index=self.form.children.index(self.form.fields["lane"]))

    def _pick_lane(self) -> None:
        options = [(lane, lane) for lane in self.lanes]
        chosen = self.form.values.get("lane") or ""
        self.pick(words.t("household_form.lanes"), options, chosen, self._take_lane)

    def _take_lane(self, lane: str) -> None:
        self.form.fields["lane"].text = lane

    def _tell_lane(self) -> None:
        written = str(self.form.values.get("lane") or "")
        known = same_lane(self.lanes, written)
        hint = words.t("household_form.same_lane", lane=known) if known else ""
        self.form.fields["lane"].doubt = hint
        if self.lane_choice is not None:
            self.lane_choice.value = written if written in self.lanes else ""

    @staticmethod
    def _recorded(page: HouseholdPage | None) -> dict[str, Any]:
        if page is None:
            return {}
        values = {name: page.values.get(name) for name in FIELDS + POSITION}
        return values | {"phone": phone_number(values["phone"] or "") or None}  # as people write it


load_rules(__file__)
