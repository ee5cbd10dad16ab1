"""A station's store room: orders, goods on their way, a commitment, a recall, supplies and equipment."""

from __future__ import annotations

from typing import Any

from shared.identifiers import named_id
from tests.mobile.phones import COMMUNE, LOT, OTHER_USER, PROVINCE, STATION, place_raw, raw_entry

STORE, OTHER_STATION = named_id("test", "district store"), named_id("test", "other station")
AZ_ITEM, MASK_ITEM, FRIDGE_ITEM = (named_id("test", name) for name in ("az", "mask", "fridge"))
AZ_LOT, AZ_LATER, MASK_LOT = (named_id("test", name) for name in ("az lot", "az later", "mask lot"))
OUTGOING, INCOMING, QUARREL = (named_id("test", name) for name in ("outgoing", "incoming", "quarrel"))
FRIDGE, PROMISE, RECALL = (named_id("test", name) for name in ("a fridge", "promise", "recall"))
STORE_NAME = "Kho Trung tâm Y tế huyện Mộc Châu"
OTHER_NAME = "Trạm y tế Bản Nậm Củm – Huổi Luông 2"


def store_room() -> list[dict[str, Any]]:
    """Everything of it, in the order it happened."""
    return [*_sites(), *_catalogue(), *_stock(), *_transfers(), *_promises(), *_equipment()]


def _sites() -> list[dict[str, Any]]:
    return [
        place_raw(STORE, "store", STORE_NAME, COMMUNE),
        place_raw(OTHER_STATION, "station", OTHER_NAME, COMMUNE),
    ]


def _catalogue() -> list[dict[str, Any]]:
    vaccine = {
        "code": "AZ",
        "name_vi": "AstraZeneca",
        "name_en": "AstraZeneca",
        "item_class": "vaccine",
        "unit_vi": "lọ",
        "unit_en": "vials",
        "vaccine": "AZ",
        "doses_per_vial": 10,
        "open_vial_hours": 6,
        "open_vial_rule": "hours",
        "vvm_type": "vvm30",
        "gtin": "05000456062589",
    }
    mask = {
        "code": "N95",
        "name_vi": "Khẩu trang N95",
        "name_en": "N95 masks",
        "item_class": "supply",
        "unit_vi": "hộp",
        "unit_en": "boxes",
        "least": 30,
    }
    fridge = mask | {
        "code": "TL",
        "name_vi": "Tủ lạnh bảo quản vắc xin",
        "name_en": "Vaccine refrigerator",
        "item_class": "equipment",
        "unit_vi": "cái",
        "unit_en": "pieces",
        "least": None,
    }
    lots = (
        (AZ_LOT, AZ_ITEM, "ABX4512", "2022-05-05"),
        (AZ_LATER, AZ_ITEM, "ABY7781", "2022-07-31"),
        (MASK_LOT, MASK_ITEM, "KT2021", "2022-04-30"),
    )
    fridge = {name: value for name, value in fridge.items() if value is not None}
    return [
        *(
            raw_entry("item", body, subject=subject, place=PROVINCE, version=2)
            for subject, body in ((AZ_ITEM, vaccine), (MASK_ITEM, mask), (FRIDGE_ITEM, fridge))
        ),
        *(
            raw_entry(
                "lot",
                {"item": item, "lot_number": number, "label_expiry": expiry},
                subject=subject,
                place=PROVINCE,
            )
            for subject, item, number, expiry in lots
        ),
    ]


def _stock() -> list[dict[str, Any]]:
    def moved(lot: str, vials: int, reason: str, day: str, **more: Any) -> dict[str, Any]:
        body = {"state": "chilled", "vials": vials, "reason": reason} | more
        return raw_entry("stock_movement", body, subject=lot, place=STATION, occurred_on=day)

    return [
        moved(AZ_LOT, 6, "received", "2022-03-01", document="PX-12"),
        moved(AZ_LATER, 9, "received", "2022-03-01"),
        moved(AZ_LOT, -2, "administered", "2022-04-05"),
        moved(MASK_LOT, 20, "received", "2022-03-01"),
    ]


def _transfers() -> list[dict[str, Any]]:
    def paper(kind: str, subject: str, body: dict[str, Any], place: str, day: str) -> dict[str, Any]:
        return raw_entry(kind, body, subject=subject, place=place, occurred_on=day)

    out = {"source": STATION, "destination": OTHER_STATION}
    come = {"source": STORE, "destination": STATION}
    chilled = {"state": "chilled"}
    order = out | {
        "purpose": "redistribution",
        "lines": [chilled | {"lot": LOT, "vials": 6}],
        "dispatch_by": "2022-04-20",
        "document": "LĐC-07",
        "reason": "Xã bên còn nhiều người đến lịch mũi 3",
    }
    sent = come | {
        "lines": [chilled | {"lot": AZ_LATER, "vials": 4}, chilled | {"lot": LOT, "vials": 10}],
        "document": "PX-33",
        "cold_box": "Hòm 2",
        "celsius": 4,
    }
    lost = come | {"lines": [chilled | {"lot": AZ_LOT, "vials": 3}], "document": "PX-20"}
    short = come | {"lines": [chilled | {"lot": AZ_LOT, "accepted": 2}], "more": "no"}
    return [
        paper("transfer_order", OUTGOING, order, STATION, "2022-04-13"),
        paper("transfer_decision", OUTGOING, out | {"decision": "approved"}, STATION, "2022-04-13"),
        paper("dispatch", INCOMING, sent, STORE, "2022-04-14") | {"author": OTHER_USER},
        paper("dispatch", QUARREL, lost, STORE, "2022-04-01"),
        paper("receipt", QUARREL, short, STATION, "2022-04-02"),
    ]


def _promises() -> list[dict[str, Any]]:
    promise = {
        "item": AZ_ITEM,
        "vials": 6,
        "by_on": "2022-03-05",
        "document": "PX-12",
        "use_by": "2022-04-30",
        "weekly": 1,
    }
    recall = {
        "item": AZ_ITEM,
        "vials": 3,
        "deadline": "2022-04-18",
        "destination": OTHER_STATION,
        "cause": "expiring",
        "status": "approved",
        "document": "512/SYT-NVY",
    }
    return [
        raw_entry("allocation", promise, subject=PROMISE, place=STATION),
        raw_entry("recall", recall, subject=RECALL, place=STATION),
    ]


def _equipment() -> list[dict[str, Any]]:
    fridge = {
        "item": FRIDGE_ITEM,
        "serial": "TCW-3000-0117",
        "pieces": 1,
        "condition": "repair",
        "in_use": False,
        "solution": "transfer",
    }
    return [raw_entry("equipment", fridge, subject=FRIDGE, place=STATION)]
