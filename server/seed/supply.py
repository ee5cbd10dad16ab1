"""What districts planned and moved: commitments with their use, recalls, transfers at every stage, equipment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from server.ledger.author import ServerAuthor
from server.seed.affairs import Authors
from server.seed.catalogue import item_id
from server.seed.fridge import Delivery
from server.seed.land import Commune, District, Land
from server.seed.plan import SeedPlan
from server.seed.writing import Ids
from shared.reference import vaccines

#: Deliveries since this day (offset) are commitments: used within COMMITTED days.
SINCE, COMMITTED = -39, 21

#: Equipment of a station: item, how many of a hundred stations have it, pieces at most.
_EQUIPMENT = (("TU_LANH_VX", 100, 1), ("PHICH_VX", 100, 6), ("MAY_TAO_OXY", 35, 2), ("MAY_THO_HFNC", 8, 1))

#: Districts (in their order) where a broken commitment was dealt with, and how far each transfer went.
_CHAINS = ("closed", "disputed", "dispatched")


@dataclass(frozen=True, slots=True)
class _Promise:
    """A commitment as it was written."""

    id: str
    site: str
    delivery: Delivery

    def broken(self) -> bool:
        """Its day is over, and vials are left that may still be used for some days."""
        holding = self.delivery.holding
        usable = holding.thawed is None or holding.thawed > -28
        return self.delivery.day + COMMITTED < 0 and self.delivery.left >= 2 and usable


def write_supply(
    authors: Authors,
    plan: SeedPlan,
    land: Land,
    deliveries: Sequence[tuple[District, str, Delivery]],
    ids: Ids,
) -> None:
    """Write it in the names of districts and stations."""
    for number, district in enumerate(land.districts):
        here = [(site, delivery) for place, site, delivery in deliveries if place is district]
        author = authors(f"huyen{number + 1}", plan.morning())
        chance = Random(f"{plan.seed}/supply/{district.unit.code}")
        promises = [
            _promise(author, plan, district, site, delivery, ids)
            for site, delivery in here
            if delivery.day >= SINCE and delivery.holding.lot.item in vaccines() and chance.random() < 0.6
        ]
        author.flush()
        broken = sorted((p for p in promises if p.broken()), key=lambda p: -p.delivery.left)
        if broken and number < len(_CHAINS):
            _chain(authors, plan, number, district, broken[0], _CHAINS[number], ids)
        _write_equipment(authors, plan, district, chance, ids)


def _promise(
    author: ServerAuthor, plan: SeedPlan, district: District, site: str, delivery: Delivery, ids: Ids
) -> _Promise:
    lot = delivery.holding.lot
    body = {
        "item": item_id(lot.item),
        "lot": lot.id,
        "source": district.store,
        "vials": delivery.vials,
        "by_on": plan.day(delivery.day + 1).isoformat(),
        "document": delivery.document,
        "use_by": plan.day(delivery.day + COMMITTED).isoformat(),
        "weekly": -(-delivery.vials * 7 // COMMITTED),
        "reason": "Nhu cầu mũi nhắc lại và mũi 1, 2 của xã trong ba tuần",
    }
    found = author.write(
        "allocation",
        place=site,
        subject=ids.new(),
        body=body,
        occurred_on=plan.day(delivery.day - 1),
        entry_id=ids.new(),
    )
    return _Promise(found, site, delivery)


def _chain(
    authors: Authors, plan: SeedPlan, number: int, district: District, promise: _Promise, until: str, ids: Ids
) -> None:
    """A broken commitment: recalled, ordered, sent, and received as far as `until` says."""
    receiver = next(c for c in district.communes if c.station != promise.site)
    delivery, lot = promise.delivery, promise.delivery.holding.lot
    above = authors(f"huyen{number + 1}", plan.morning())
    vials = delivery.left
    recall = above.write(
        "recall",
        place=promise.site,
        subject=ids.new(),
        occurred_on=plan.day(-4),
        body={
            "item": item_id(lot.item), "lot": lot.id, "vials": vials, "deadline": plan.day(2).isoformat(),
            "allocation": promise.id, "destination": receiver.station, "cause": "commitment", "status": "approved",
            "document": f"CV {30 + number}/TTYT",
            "reason": f"Đến hạn cam kết còn {vials}/{delivery.vials} lọ chưa dùng",
        }, entry_id=ids.new(),
)  # fmt: skip
    sites = {"source": promise.site, "destination": receiver.station}
    line: dict[str, Any] = {"lot": lot.id, "state": delivery.holding.state}
    if delivery.holding.thawed is not None:
        line["thawed_on"] = plan.day(delivery.holding.thawed).isoformat()
    transfer = ids.new()
    order = {
        "purpose": "recall", "lines": [line | {"vials": vials}], "dispatch_by": plan.day(1).isoformat(),
        "document": f"LĐC {12 + number}/TTYT", "reason": "Nơi nhận còn người đến lịch tiêm mũi nhắc lại",
        "allocation": promise.id, "recall": recall,
    }  # fmt: skip
    above.write(
        "transfer_order",
        place=promise.site,
        subject=transfer,
        body=sites | order,
        occurred_on=plan.day(-4),
        entry_id=ids.new(),
    )
    decision = {"decision": "approved", "document": f"QĐ {7 + number}/TTYT"}
    above.write(
        "transfer_decision",
        place=promise.site,
        subject=transfer,
        body=sites | decision,
        occurred_on=plan.day(-4),
        entry_id=ids.new(),
    )
    above.flush()
    giver = _keeper(authors, plan, district, promise.site, number)
    sent = {
        "lines": [line | {"vials": vials}], "document": f"PXK {21 + number}", "cold_box": "Phích 2", "celsius": 4,
        "carrier": "Xe máy của trạm", "expected_on": plan.day(1).isoformat(),
    }  # fmt: skip
    giver.write(
        "dispatch",
        place=promise.site,
        subject=transfer,
        body=sites | sent,
        occurred_on=plan.day(0),
        entry_id=ids.new(),
    )
    giver.flush()
    if until == "dispatched":
        return
    missing = 1 if until == "disputed" else 0
    arrived = line | {"accepted": vials - missing}
    came: dict[str, Any] = {"lines": [arrived], "document": f"PNK {9 + number}", "celsius": 5, "more": "no"}
    if missing:
        arrived["why"] = "Trong phích thiếu 1 lọ so với phiếu xuất"
    taker = _keeper(authors, plan, district, receiver.station, number)
    taker.write(
        "receipt",
        place=receiver.station,
        subject=transfer,
        body=sites | came,
        occurred_on=plan.day(0),
        entry_id=ids.new(),
    )
    taker.flush()


def _keeper(authors: Authors, plan: SeedPlan, district: District, site: str, number: int) -> ServerAuthor:
    """Who keeps the stock of a site: its station, or the mobile team."""
    own = next((c for c in district.communes if c.station == site), None)
    return authors(f"tram.{own.unit.code}" if own else f"to.{district.unit.code}", plan.morning())


def _write_equipment(authors: Authors, plan: SeedPlan, district: District, chance: Random, ids: Ids) -> None:
    for commune in district.communes:
        author = authors(f"tram.{commune.unit.code}", plan.morning())
        for code, share, most in _EQUIPMENT:
            if chance.randrange(100) < share:
                body = _equipment(plan, chance, commune, code, chance.randint(1, most))
                author.write(
                    "equipment",
                    place=commune.station,
                    subject=ids.new(),
                    body=body,
                    occurred_on=plan.day(-20),
                    entry_id=ids.new(),
                )
        author.flush()


def _equipment(plan: SeedPlan, chance: Random, commune: Commune, code: str, pieces: int) -> dict[str, Any]:
    """Most of it works; what was bought against the outbreak mostly stands unused."""
    for_outbreak = code.startswith("MAY_")
    condition = chance.choices(
        ("good", "unused", "repair", "broken"), (30, 60, 5, 5) if for_outbreak else (85, 3, 8, 4)
    )[0]
    body: dict[str, Any] = {
        "item": item_id(code), "serial": f"{code}-{commune.unit.code}", "pieces": pieces,
        "received_on": plan.day(-chance.randint(150, 400)).isoformat(), "condition": condition,
        "in_use": condition == "good", "funding": "Quỹ vắc xin phòng COVID-19" if for_outbreak else "Ngân sách tỉnh",
    }  # fmt: skip
    if condition == "unused" and chance.random() < 0.5:
        body |= {"solution": "transfer", "plan_after": "Chuyển cho khoa Hồi sức bệnh viện huyện"}
    if condition == "broken":
        body["solution"] = "destroy"
    return body
