"""The stores of the province and its districts: what they issued to the sites, and what gathered there."""

from collections import Counter, defaultdict
from random import Random

from server.ledger.author import ServerAuthor
from server.seed.catalogue import LOTS
from server.seed.fridge import Holding
from server.seed.land import District, Land
from server.seed.plan import SeedPlan
from server.seed.writing import Ids

#: (site, holding, offset, vials) of everything a district's store issued.
Issues = list[tuple[str, Holding, int, int]]

#: Deep-frozen at the province: item, lot, vials for a thousand people, days since they came.
_FROZEN = (
    ("PFZ_ADULT", "FP8191", 2.5, -25),
    ("PFZ_CHILD", "FT4821", 4.0, -13),
    ("MDN_BOOST", "000204A", 0.8, -22),
    ("PFZ_ADULT", "123002", 0.1, -140),
)


class StoreKeeper:
    """Writes the books of the stores in the provincial manager's name."""

    def __init__(self, author: ServerAuthor, plan: SeedPlan, land: Land, ids: Ids) -> None:
        self._author, self._plan, self._land, self._ids = author, plan, land, ids
        self._from_province: Counter[tuple[Holding, str]] = Counter()
        self._first: dict[Holding, int] = {}

    def district(self, district: District, issues: Issues, people: int) -> None:
        """A district's store: received from the province, issued to its sites, something left of the last weeks."""
        chance = Random(f"{self._plan.seed}/store/{district.unit.code}")
        first: dict[Holding, int] = {}
        totals: dict[Holding, int] = defaultdict(int)
        for _, holding, day, vials in issues:
            first[holding] = min(first.get(holding, day), day)
            totals[holding] += vials
        for holding, total in totals.items():
            left = (
                chance.randint(2, 6 + people // 1_500)
                if first[holding] >= -40 and chance.random() < 0.7
                else 0
            )
            day = first[holding] - 2
            self._write(district.store, holding, day, total + left, "received", self._land.store)
            self._from_province[holding, district.store] += total + left
            self._first[holding] = min(self._first.get(holding, day), day)
        for site, holding, day, vials in issues:
            self._write(district.store, holding, day, -vials, "issued", site)

    def province(self, people: int) -> None:
        """The province's store: what it had, what it issued to the districts, what is still frozen."""
        totals: dict[Holding, int] = defaultdict(int)
        for (holding, _), vials in self._from_province.items():
            totals[holding] += vials
        for holding, total in totals.items():
            self._write(self._land.store, holding, self._first[holding] - 3, total, "opening", None)
        for (holding, store), vials in self._from_province.items():
            self._write(self._land.store, holding, self._first[holding], -vials, "issued", store)
        for item, number, thousandth, day in _FROZEN:
            vials = max(10, round(people * thousandth / 1_000))
            self._write(
                self._land.store, Holding(LOTS[item, number], "frozen", None), day, vials, "received", None
            )

    def _write(
        self, site: str, holding: Holding, day: int, vials: int, reason: str, counterpart: str | None
    ) -> None:
        body = {
            "state": holding.state,
            "thawed_on": None if holding.thawed is None else self._plan.day(holding.thawed).isoformat(),
            "vials": vials,
            "reason": reason,
            "counterpart": counterpart,
        }
        self._author.write(
            "stock_movement", place=site, subject=holding.lot.id, body=body,
            occurred_on=self._plan.day(day), entry_id=self._ids.new(),
        )  # fmt: skip
