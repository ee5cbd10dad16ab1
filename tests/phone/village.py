"""A commune with names that are long, as a server would send it: nothing here is made up by the app."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.clock import Clock
from shared.identifiers import named_id
from tests.mobile.phones import (
    COMMUNE,
    ITEM,
    LOT,
    OTHER_VILLAGE,
    PROVINCE,
    STATION,
    TODAY,
    VILLAGE,
    Streams,
    household_body,
    make_phone,
    person_body,
    place_raw,
    raw_entry,
)
from tests.phone.goods import store_room

LONG_NAME = "Nguyễn Thị Hoàng Phương Quỳnh Như"
LONG_COMMUNE = "Thị trấn Nông trường Mộc Châu"
LONG_VILLAGE = "Bản Nậm Củm – Huổi Luông 2"
HOME = named_id("test", "home")
MOTHER, FATHER, CHILD, GRANDMOTHER = (
    named_id("test", name) for name in ("mother", "father", "child", "grand")
)
OTHER_HOME = named_id("test", "other home")
CHILD_ITEM, CHILD_LOT, OLD_LOT = (named_id("test", name) for name in ("child item", "child lot", "old lot"))
CAMPAIGN = named_id("test", "campaign")
SCHOOL = named_id("test", "school")


def set_up(
    home: Path, role: str, clock: Clock, households: int = 0, bare: bool = False, stocked: bool = False
) -> None:
    """An enrolled phone in `home` with a village's register, doses and stock; `households` more of them, `stocked` with
    a store room.
    """
    site = None if role == "village_health_worker" else STATION
    store = make_phone(home, role, clock, ready=False, site=site)
    streams = Streams()
    streams.deliver(
        places()
        if bare
        else [*places(), *programme(), *catalogue(), *family(), *neighbours(), *fridge(), *from_above()]
    )
    if stocked:
        streams.deliver(store_room())
    if households:
        streams.deliver(crowd(households))
    store.apply_page(streams.whole())
    store.note_sync()
    store.close()


def places() -> list[dict[str, Any]]:
    """A province, a commune, two villages and a station."""
    return [
        place_raw(PROVINCE, "province", "Tỉnh Lai Châu"),
        place_raw(COMMUNE, "commune", LONG_COMMUNE, PROVINCE),
        place_raw(VILLAGE, "village", LONG_VILLAGE, COMMUNE),
        place_raw(OTHER_VILLAGE, "village", "Bản Pa Kéo", COMMUNE),
        place_raw(STATION, "station", f"Trạm y tế {LONG_COMMUNE}", COMMUNE),
        place_raw(SCHOOL, "school", f"Trường Phổ thông dân tộc bán trú THCS {LONG_COMMUNE}", COMMUNE),
    ]


def programme() -> list[dict[str, Any]]:
    """The campaign of spring 2022 and its targets for the commune."""
    campaign = {
        "name_vi": "Tiêm chủng COVID-19 mùa xuân 2022",
        "name_en": "COVID-19 vaccination, spring 2022",
        "disease": "COVID-19",
        "document": "Công điện 470/CĐ-TTg",
        "starts_on": "2022-02-01",
    }
    goals = [("A18", "booster_1", 40), ("A12_17", "primary_2", 12)]
    targets = [
        {
            "campaign": CAMPAIGN,
            "target_place": COMMUNE,
            "age_group": group,
            "dose_type": dose,
            "due_on": "2022-04-30",
            "planned_people": people,
            "document": "1130/UBND-KGVX",
            "valid_from": "2022-04-01",
        }
        for group, dose, people in goals
    ]
    return [
        raw_entry("campaign", campaign, subject=CAMPAIGN, place=PROVINCE),
        *(raw_entry("plan_target", target, place=PROVINCE) for target in targets),
    ]


def catalogue() -> list[dict[str, Any]]:
    """Two vaccines, three lots."""
    adult = {
        "code": "PFZ_ADULT",
        "name_vi": "Pfizer (12 tuổi trở lên)",
        "name_en": "Pfizer (12 and over)",
        "item_class": "vaccine",
        "unit_vi": "lọ",
        "unit_en": "vials",
        "vaccine": "PFZ_ADULT",
        "doses_per_vial": 6,
        "thaw_days": 31,
    }
    child = adult | {
        "code": "PFZ_CHILD",
        "name_vi": "Pfizer trẻ em (5 đến dưới 12 tuổi)",
        "name_en": "Pfizer children (5 to under 12)",
        "vaccine": "PFZ_CHILD",
        "doses_per_vial": 10,
        "thaw_days": 70,
    }
    return [
        raw_entry("item", adult, subject=ITEM, place=PROVINCE),
        raw_entry("item", child, subject=CHILD_ITEM, place=PROVINCE),
        raw_entry(
            "lot",
            {"item": ITEM, "lot_number": "FN1234", "label_expiry": "2022-08-31"},
            subject=LOT,
            place=PROVINCE,
        ),
        raw_entry(
            "lot",
            {"item": ITEM, "lot_number": "FK0112", "label_expiry": "2022-04-22"},
            subject=OLD_LOT,
            place=PROVINCE,
        ),
        raw_entry(
            "lot",
            {"item": CHILD_ITEM, "lot_number": "FP8290", "label_expiry": "2022-09-30"},
            subject=CHILD_LOT,
            place=PROVINCE,
        ),
    ]


def family() -> list[dict[str, Any]]:
    """Four generations of needs: due for a third dose, not yet due, a child of twelve, someone who cannot come."""

    def person(subject: str, name: str, born: str, **more: Any) -> dict[str, Any]:
        return raw_entry("person", person_body(HOME, name, born, **more), subject=subject)

    return [
        raw_entry(
            "household",
            household_body(LONG_NAME, address="Sau nhà văn hóa bản", phone="+84912345678"),
            subject=HOME,
        ),
        person(MOTHER, LONG_NAME, "1986-03-02", relation="Chủ hộ"),
        person(FATHER, "Lò Văn Sơn", "1984-01-01", birth_precision="year", sex="male", relation="Chồng"),
        person(CHILD, "Lò Thị Mai", "2009-06-20", relation="Con", guardian_name=LONG_NAME),
        person(
            GRANDMOTHER, "Vàng Thị Dở", "1941-01-01", birth_precision="year", relation="Mẹ", cannot_come="old"
        ),
        *(
            dose(MOTHER, number, day)
            for number, day in (("primary_1", "2021-09-01"), ("primary_2", "2021-10-10"))
        ),
        *(
            dose(FATHER, number, day)
            for number, day in (("primary_1", "2022-01-01"), ("primary_2", "2022-02-01"))
        ),
        dose(CHILD, "primary_1", "2022-02-20"),
    ]


def dose(person: str, dose_type: str, day: str, vaccine: str = "PFZ_ADULT") -> dict[str, Any]:
    """A dose given at the station, delivered to the village's stream."""
    body = {"vaccine": vaccine, "dose_type": dose_type, "screening": "eligible", "lot": LOT}
    return raw_entry("dose", body, subject=person, place=STATION, occurred_on=day)


def neighbours() -> list[dict[str, Any]]:
    """A few more households, one of them visited."""
    entries = []
    heads = ["Giàng A Páo", "Đặng Văn Tú", "Sùng Thị Mỷ", "Lý Gì Chà", "Phàn Tả Mẩy"]
    for number, head in enumerate(heads):
        household = OTHER_HOME if number == 0 else named_id("test", "home", str(number))
        village = OTHER_VILLAGE if number >= 3 else VILLAGE
        entries.append(
            raw_entry(
                "household", household_body(head, lane=f"Xóm {number + 1}"), subject=household, place=village
            )
        )
        member = named_id("test", "member", str(number))
        entries.append(
            raw_entry(
                "person",
                person_body(household, head, f"19{60 + number * 7}-05-1{number}"),
                subject=member,
                place=village,
            )
        )
        if number == 1:
            visit = {"visit_type": "door_to_door", "outcomes": [{"person": member, "outcome": "reviewed"}]}
            yesterday = (TODAY - timedelta(days=3)).isoformat()
            entries.append(raw_entry("visit", visit, subject=household, occurred_on=yesterday))
    return entries


def fridge() -> list[dict[str, Any]]:
    """What the station received."""

    def received(lot: str, vials: int, **more: Any) -> dict[str, Any]:
        return raw_entry(
            "stock_movement",
            {"state": "chilled", "vials": vials, "reason": "received"} | more,
            subject=lot,
            place=STATION,
        )

    return [
        received(LOT, 24),
        received(OLD_LOT, 5),
        received(CHILD_LOT, 8, state="thawed", thawed_on="2022-04-01"),
    ]


REMINDER, URGENT, REMARK, QUERY = (
    named_id("test", name) for name in ("reminder", "urgent", "remark", "query")
)


def from_above() -> list[dict[str, Any]]:
    """What the district says to the commune: a reminder, an urgent instruction, a remark, a query on a report."""
    late = {"about": "target", "text": "Mũi 3 còn thiếu 84 người so với kế hoạch.", "due_on": "2022-04-18"}
    urgent = {
        "about": "other",
        "text": "Dừng dùng lô FK0112 cho đến khi CDC tỉnh trả lời. Báo lại số lọ còn giữ.",
        "urgent": True,
    }
    remark = {
        "finding": "Còn 12 hộ ở đầu bản chưa được gõ cửa.",
        "ask": "Đi hết các hộ còn lại.",
        "due_on": "2022-04-12",
    }
    query = {
        "report": named_id("test", "report entry"),
        "verdict": "queried",
        "cell": "|PFZ_ADULT|doses.booster_1",
        "about": "Số mũi 3 trong ngày",
        "text": "Nhiều hơn số liều đã xuất kho, xin xem lại.",
    }
    told = (("reminder", late, REMINDER), ("reminder", urgent, URGENT), ("inspection_remark", remark, REMARK))
    return [
        *(raw_entry(kind, body, subject=COMMUNE, place=COMMUNE, id=id_) for kind, body, id_ in told),
        raw_entry("report_review", query, subject=named_id("test", "report"), place=COMMUNE, id=QUERY),
    ]


def crowd(count: int) -> list[dict[str, Any]]:
    """Many households of one person, to see that lists stay quick."""
    families = ["Lò", "Vàng", "Giàng", "Sùng", "Lý", "Hoàng", "Đèo", "Tao", "Phàn", "Chẻo"]
    entries = []
    for number in range(count):
        household = named_id("test", "crowd", str(number))
        name = f"{families[number % 10]} Văn {number:05d}"
        entries.append(raw_entry("household", household_body(name), subject=household))
        entries.append(
            raw_entry(
                "person",
                person_body(household, name, "1980-05-02"),
                subject=named_id("test", "crowd person", str(number)),
            )
        )
    return entries
