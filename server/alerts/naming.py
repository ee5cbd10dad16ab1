"""How the items, lots and sites of alerts are called, and each alert as a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

import shared.text
from server.database import select_among
from server.places.tree import Tree
from server.stock.models import Item, Lot
from shared.rules.alerts import Alert
from shared.text.alert_words import Named, sentence
from shared.text.formats import NOTHING
from shared.text.translations import Catalogue


@cache
def words() -> Catalogue:
    """The texts of alerts and of mails about them."""
    return Catalogue(
        Path(shared.text.__file__).with_name("messages.csv"), Path(__file__).with_name("messages.csv")
    )


@dataclass(frozen=True, slots=True)
class Names:
    """Items and lots by id, sites by the tree of today."""

    tree: Tree
    items: dict[str, Any]
    lots: dict[str, str]

    @classmethod
    def of(cls, connection: Connection, tree: Tree, alerts: Iterable[Alert]) -> Names:
        """The names that these alerts need."""
        found = list(alerts)
        item = select(Item.id, Item.name_vi, Item.name_en, Item.unit_vi, Item.unit_en, Item.doses_per_vial)
        lot = select(Lot.id, Lot.lot_number)
        items = select_among(connection, item, Item.id, sorted({a.item for a in found if a.item}))
        lots = select_among(connection, lot, Lot.id, sorted({a.lot for a in found if a.lot}))
        return cls(tree, {row.id: row for row in items}, {row.id: row.lot_number for row in lots})

    def item(self, alert: Alert, lang: str) -> str:
        """The item of an alert; a dash without one."""
        row = self.items.get(alert.item or "")
        return str(row.name_en if lang == "en" else row.name_vi) if row else NOTHING

    def say(self, alert: Alert, today: date, lang: str) -> str:
        """The alert in one sentence, its site aside."""
        row = self.items.get(alert.item or "")
        named = Named(
            self.item(alert, lang),
            self.lots.get(alert.lot or "", NOTHING),
            self.tree.name(alert.other),
            str(row.unit_en if lang == "en" else row.unit_vi) if row else "",
            row is None or row.doses_per_vial is not None,
        )

        def text(key: str, **params: Any) -> str:
            return words().text(key, lang, **params)

        return sentence(alert, named, today, lang, text)
