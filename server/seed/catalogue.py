"""Items, lots and the campaign of the documents. Dates are those of spring 2022; `--today` moves them along.

Vaccines, doses a vial and thaw limits come from vaccines.csv with their source and status. Lot numbers are
made up, but for FK0112, 124001 and 123002, which Vietnamese documents name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.seed.plan import SeedPlan
from shared.identifiers import named_id
from shared.reference import vaccines

Body = dict[str, Any]

#: Documents.
PLAN = "Kế hoạch tiêm vắc xin phòng COVID-19 tỉnh (dữ liệu mẫu)"
HOLD = "Thông báo tạm dừng sử dụng lô FK0112"
EXTENSION = "Gia hạn 6 → 9 tháng, 22/10/2021: lô 124001, 123002"

_SUPPLIES = (
    ("BKT_05", "Bơm kim tiêm tự khóa 0,5 ml", "Auto-disable syringe 0.5 ml", "supply", "cái", "piece"),
    ("BKT_03", "Bơm kim tiêm tự khóa 0,3 ml", "Auto-disable syringe 0.3 ml", "supply", "cái", "piece"),
    ("NACL_09", "Dung môi NaCl 0,9 % 2 ml", "Diluent NaCl 0.9 % 2 ml", "diluent", "lọ", "vial"),
    ("ADRENALIN", "Adrenalin 1 mg/1 ml", "Adrenaline 1 mg/1 ml", "medicine", "ống", "ampoule"),
    (
        "TEST_AG",
        "Test nhanh kháng nguyên SARS-CoV-2",
        "SARS-CoV-2 antigen test",
        "biological",
        "test",
        "test",
    ),
    ("CLORAMIN_B", "Cloramin B 25 %", "Chloramine B 25 %", "chemical", "kg", "kg"),
    ("HOP_AN_TOAN", "Hộp an toàn 5 lít", "Safety box 5 l", "supply", "hộp", "box"),
    ("PHICH_VX", "Phích vắc xin", "Vaccine carrier", "equipment", "cái", "piece"),
    ("TU_LANH_VX", "Tủ lạnh bảo quản vắc xin", "Vaccine refrigerator", "equipment", "cái", "piece"),
    ("MAY_TAO_OXY", "Máy tạo ô xy 5 lít", "Oxygen concentrator 5 l", "equipment", "cái", "piece"),
    ("MAY_THO_HFNC", "Máy thở ô xy dòng cao HFNC", "High-flow oxygen device", "equipment", "cái", "piece"),
)

#: Reserves a site keeps of an item.
_RESERVES = {"ADRENALIN": 10, "TEST_AG": 25}


@dataclass(frozen=True, slots=True)
class SeedLot:
    """A lot of a vaccine (or other item) in use between two days of before and after the demo's day."""

    item: str
    number: str
    expiry: date
    used_from: date = date(2021, 7, 1)
    used_to: date = date(2022, 12, 31)

    @property
    def id(self) -> str:
        """Its identifier."""
        return named_id("demo", "lot", self.item, self.number)


#: What the sessions used, in turn.
USED = (
    SeedLot("AZ", "NM0021", date(2021, 11, 30), date(2021, 7, 1), date(2021, 9, 12)),
    SeedLot("AZ", "NM0051", date(2022, 1, 31), date(2021, 9, 13), date(2021, 12, 31)),
    SeedLot("AZ", "NM0084", date(2022, 4, 9), date(2022, 1, 1), date(2022, 3, 18)),
    SeedLot("AZ", "NP0120", date(2022, 4, 27), date(2022, 3, 19)),
    SeedLot("AZ", "NP0177", date(2022, 5, 31), date(2022, 4, 8)),
    SeedLot("VERO", "202107B1926", date(2023, 7, 31), date(2021, 7, 1), date(2021, 10, 10)),
    SeedLot("VERO", "202109B2715", date(2023, 9, 30), date(2021, 10, 11)),
    SeedLot("PFZ_ADULT", "FF8871", date(2021, 12, 31), date(2021, 7, 1), date(2021, 10, 30)),
    SeedLot("PFZ_ADULT", "124001", date(2021, 11, 30), date(2021, 11, 1), date(2021, 11, 26)),
    SeedLot("PFZ_ADULT", "123002", date(2021, 11, 30), date(2021, 10, 31), date(2021, 10, 31)),
    SeedLot("PFZ_ADULT", "FH3021", date(2022, 3, 31), date(2021, 11, 27), date(2022, 1, 31)),
    SeedLot("PFZ_ADULT", "FP1430", date(2022, 6, 30), date(2022, 2, 1), date(2022, 3, 25)),
    SeedLot("PFZ_ADULT", "FP8191", date(2022, 8, 31), date(2022, 3, 26)),
    SeedLot("PFZ_ADULT", "FK0112", date(2022, 5, 31), date(2022, 12, 30)),
    SeedLot("PFZ_CHILD", "FT4821", date(2022, 9, 30), date(2022, 4, 1)),
    SeedLot("MDN", "3004496", date(2022, 3, 31), date(2021, 8, 1), date(2022, 2, 28)),
    SeedLot("MDN_BOOST", "000117A", date(2022, 7, 31), date(2022, 1, 10), date(2022, 3, 20)),
    SeedLot("MDN_BOOST", "000204A", date(2022, 9, 30), date(2022, 3, 21)),
    SeedLot("ABDALA", "AB21071", date(2022, 2, 28), date(2021, 10, 1), date(2022, 2, 28)),
    SeedLot("ABDALA", "AB22013", date(2022, 6, 6), date(2022, 3, 1)),
    SeedLot("BKT_05", "2110-A", date(2026, 10, 31)),
    SeedLot("NACL_09", "51NC204", date(2024, 4, 30)),
    SeedLot("ADRENALIN", "020921", date(2022, 5, 9)),
    SeedLot("TEST_AG", "QMH1221", date(2022, 4, 19)),
    SeedLot("TEST_AG", "QMH0322", date(2023, 3, 31)),
    SeedLot("CLORAMIN_B", "CLB0821", date(2022, 8, 15)),
)

LOTS = {(lot.item, lot.number): lot for lot in USED}


def item_id(code: str) -> str:
    """The identifier of an item of the catalogue."""
    return named_id("demo", "item", code)


def _gtin(code: str) -> str:
    """A number of the range GS1 keeps for use inside an organisation (020…029), with its check digit."""
    digits = f"0020{list(vaccines()).index(code):09}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def lot_in_use(vaccine: str, on: date) -> SeedLot:
    """The lot of a vaccine that a session of that day (of the demo's spring) took out."""
    found = [lot for lot in USED if lot.item == vaccine and lot.used_from <= on <= lot.used_to]
    return found[-1] if found else next(lot for lot in USED if lot.item == vaccine)


def item_bodies() -> Iterator[tuple[str, Body]]:
    """(item id, body) of every item."""
    for vaccine in vaccines().values():
        body: Body = {
            "code": vaccine.code,
            "name_vi": f"Vắc xin {vaccine.name_vi}",
            "name_en": f"{vaccine.name_en} vaccine",
            "item_class": "vaccine",
            "vaccine": vaccine.code,
            "unit_vi": "lọ",
            "unit_en": "vial",
            "doses_per_vial": vaccine.doses_per_vial,
            "thaw_days": vaccine.thaw_days,
            "open_vial_hours": vaccine.open_vial_hours,
            "open_vial_rule": "hours" if vaccine.open_vial_hours else None,
            "diluent": item_id("NACL_09") if vaccine.code.startswith("PFZ") else None,
            "warn_days": 45,
            "gtin": _gtin(vaccine.code),
            "source": vaccine.source,
            "status": vaccine.status,
        }
        yield item_id(vaccine.code), {key: value for key, value in body.items() if value not in (None, "")}
    for code, vi, en, item_class, unit_vi, unit_en in _SUPPLIES:
        body = {
            "code": code, "name_vi": vi, "name_en": en, "item_class": item_class, "unit_vi": unit_vi,
            "unit_en": unit_en, "least": _RESERVES.get(code), "source": "dữ liệu mẫu", "status": "starting list",
        }  # fmt: skip
        yield item_id(code), {key: value for key, value in body.items() if value is not None}


def lot_bodies(plan: SeedPlan) -> Iterator[tuple[str, Body]]:
    """(lot id, body) of every lot."""
    for lot in USED:
        body: Body = {
            "item": item_id(lot.item),
            "lot_number": lot.number,
            "label_expiry": plan.moved(lot.expiry),
            "expiry_precision": "day",
        }
        if lot.item in vaccines():
            body["maker"] = vaccines()[lot.item].manufacturer
        if lot.number in ("124001", "123002"):
            revised = {"state": "frozen", "expiry": plan.moved(date(2022, 2, 28)), "document": EXTENSION}
            body["revisions"] = [revised]
        if lot.number == "FK0112":
            body["hold"] = HOLD
        yield lot.id, body


def campaign_body(plan: SeedPlan, province: str) -> tuple[str, Body]:
    """(campaign id, body) of the campaign against COVID-19."""
    return named_id("demo", "campaign", "covid", province), {
        "name_vi": "Kế hoạch tiêm vắc xin phòng COVID-19 tỉnh",
        "name_en": "The province's COVID-19 vaccination plan",
        "disease": "COVID-19",
        "document": PLAN,
        "starts_on": plan.moved(date(2021, 7, 8)),
        "ends_on": plan.moved(date(2022, 12, 31)),
    }
