"""The equipment of a site: its condition, whether it is used, what is proposed for it (R052, R073)."""

from typing import Any

from mobile.screens.filling import FormScreen
from mobile.screens.page import PageScreen
from mobile.screens.stock_words import by_language
from mobile.store import commitments, places
from mobile.store.commitments import EquipmentRow
from mobile.store.project import shown_values
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Empty, text
from mobile.words import words

CONDITION_SIGNS = {
    "good": ("check", "good"),
    "unused": ("package-variant-closed", "warn"),
    "repair": ("tools", "warn"),
    "broken": ("alert-outline", "late"),
}

NEW_FIELDS = (
    "item",
    "serial",
    "pieces",
    "received_on",
    "funding",
    "condition",
    "in_use",
    "solution",
    "plan_after",
    "note",
)
EDIT_FIELDS = ("condition", "in_use", "pieces", "serial", "solution", "plan_after", "gone", "note")


class EquipmentScreen(PageScreen):
    """A row a piece; the main action adds one."""

    name = "equipment"

    def prepare(self, site: str, **_: Any) -> None:
        """Know the site."""
        self.site = site
        self.title = words.t("stock.equipment")

    def show(self) -> None:
        """List it."""
        page = self.ids.page
        page.clear()
        found = commitments.equipment(self.phone.store, self.site)
        if not found:
            page.add(Empty(icon="tools", title=words.t("equipment.none"), text=words.t("equipment.none_do")))
        page.add(*(self._row(each) for each in found))
        if self.phone.may("equipment"):
            self.offer_main(words.t("equipment.add"), "plus", self.add)

    def add(self) -> None:
        """Write down a piece that is not listed."""
        self.phone.nav.go("equipment_form", site=self.site)

    def _row(self, piece: EquipmentRow) -> Row:
        icon, tone = CONDITION_SIGNS[piece.condition]
        parts = [words.counted("equipment.pieces", piece.pieces), *filter(None, [piece.serial])]
        if piece.in_use is not None:
            parts.append(words.t("equipment.in_use" if piece.in_use else "equipment.not_in_use"))
        if piece.decided or piece.solution:
            name = "decided" if piece.decided else "solution"
            parts.append(words.option("equipment", name, piece.decided or piece.solution))
        row = Row(
            title=by_language(piece.item_vi, piece.item_en),
            line=" · ".join(parts),
            chip=words.option("equipment", "condition", piece.condition),
            chip_icon=icon,
            chip_tone=tone,
            stacked=True,
        )
        row.bind(on_release=lambda _: self.phone.nav.go("equipment_form", site=self.site, equipment=piece.id))
        return row


class EquipmentFormScreen(FormScreen):
    """A piece of equipment, new or as it is found now."""

    name = "equipment_form"
    kind = "equipment"

    def prepare(self, site: str, equipment: str = "", **_: Any) -> None:
        """Fill the form with the draft, with what is recorded, or begin."""
        store = self.phone.store
        self.site, self.equipment = site, equipment
        self.key = f"equipment:{equipment or site}"
        self.title = words.t("equipment.edit" if equipment else "equipment.new")
        recorded = shown_values(store.database.connection, "equipment", equipment) if equipment else None
        kept = self.kept()
        page = self.ids.page
        if kept is not None:
            self.note_kept(page)
        page.add(text(places.name(store, site), tone="muted"))
        items = [(item, by_language(vi, en)) for item, vi, en in commitments.equipment_items(store)]
        self.form = self.make_form(EDIT_FIELDS if equipment else NEW_FIELDS, self.keep, {"item": items})
        page.add(self.form)
        self.form.fill(kept if kept is not None else dict(recorded.values) if recorded else {})

    def save(self) -> None:
        """Write the piece, or what changed of it."""
        store = self.phone.store

        def write() -> None:
            body = self.form.body()
            if self.equipment:
                store.edit("equipment", self.equipment, body, draft=self.key)
            else:
                store.record("equipment", place=self.site, body=body, draft=self.key)

        if self.saved(write, self.form):
            store.drop_draft(self.key)
            self.phone.nav.back()
            self.phone.nav.say(words.t("form.saved"))


load_rules(__file__)
