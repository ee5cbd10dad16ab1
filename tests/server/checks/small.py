"""A small database with every kind of entry in it, held and refused records, a move and a conflict."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Engine, select

from server.accounts.models import Device, User
from server.database import insert_rows
from server.indicators.refreshing import refresh, stale_villages
from server.ledger.accept import accept
from server.ledger.author import ServerAuthor
from server.ledger.batch import Sender
from server.ledger.models import EntryRow
from server.sync.projectors import PROJECTORS
from shared.clock import FixedClock, stamp
from shared.identifiers import named_id, new_id
from shared.kinds import KINDS

TODAY = date(2022, 4, 15)
_GOLDEN = Path(__file__).parents[2] / "golden" / "payloads"
CLOCK = FixedClock(TODAY)


def named(name: str) -> str:
    return named_id("checks", name)


PROVINCE, DISTRICT, COMMUNE, STATION = (named(n) for n in ("province", "district", "commune", "station"))
VILLAGES = (named("village 1"), named("village 2"))
ITEM, LOT, CAMPAIGN = named("item"), named("lot"), named("campaign")
ADMIN, NURSE, PHONE = named("admin"), named("nurse"), named("phone")


def fill(engine: Engine) -> None:
    with engine.begin() as connection:
        _users(connection)
        _programme(connection)
        _register(connection)
        _found_out(connection)
        _stock(connection)
        _phone(connection)
        _one_of_each(connection)
    with engine.begin() as connection:
        refresh(connection, stale_villages(connection), CLOCK)


def author(connection: Connection, user: str, role: str) -> ServerAuthor:
    who: Any = SimpleNamespace(id=user, role=role)
    return ServerAuthor(connection, who, CLOCK, PROJECTORS)


def _users(connection: Connection) -> None:
    for user, role in ((ADMIN, "administrator"), (NURSE, "station")):
        _user(connection, user, role)
    insert_rows(
        connection,
        Device.__table__,
        [
            {
                "id": PHONE,
                "user_id": NURSE,
                "label": "điện thoại",
                "enrolled_at": CLOCK.now(),
                "received_through": 0,
                "received_count": 0,
                "received_hash": bytes(32),
                "is_server": False,
            }
        ],
    )


def _user(connection: Connection, user: str, role: str) -> None:
    row = {
        "id": user,
        "username": f"{role}.{user[:4]}",
        "password_hash": "-",
        "full_name": role,
        "role": role,
        "language": "vi",
        "active": True,
        "failed_count": 0,
        "created_at": CLOCK.now(),
    }
    insert_rows(connection, User.__table__, [row], keep=True)


def _programme(connection: Connection) -> None:
    admin = author(connection, ADMIN, "administrator")
    for place, level, name, parent in (
        (PROVINCE, "province", "Tỉnh Thử", None),
        (DISTRICT, "district", "Huyện Thử", PROVINCE),
        (COMMUNE, "commune", "Xã Thử", DISTRICT),
        (VILLAGES[0], "village", "Bản Một", COMMUNE),
        (VILLAGES[1], "village", "Bản Hai", COMMUNE),
        (STATION, "station", "Trạm y tế Thử", COMMUNE),
    ):
        version = {"valid_from": "2020-01-01", "name": name, "unit_type": level, "code": named(name)[:5]}
        body: dict[str, Any] = {
            "level": level,
            "versions": [version | ({"parent": parent} if parent else {})],
        }
        if level == "station":
            body |= {"serves": list(VILLAGES), "succeeds": [named("old station")]}
        admin.write("place", place=PROVINCE, subject=place, body=body)
    item = {
        "code": "PFZ_ADULT", "name_vi": "Pfizer", "name_en": "Pfizer", "item_class": "vaccine",
        "unit_vi": "lọ", "unit_en": "vial", "vaccine": "PFZ_ADULT", "doses_per_vial": 6, "thaw_days": 31,
    }  # fmt: skip
    admin.write("item", place=PROVINCE, subject=ITEM, body=item)
    lot = {"item": ITEM, "lot_number": "FN1234", "label_expiry": "2022-08-31", "expiry_precision": "day"}
    admin.write("lot", place=PROVINCE, subject=LOT, body=lot)
    campaign = {
        "name_vi": "Tiêm", "name_en": "Vaccination", "disease": "COVID-19", "document": "KH 270",
        "starts_on": "2021-07-08",
    }  # fmt: skip
    admin.write("campaign", place=PROVINCE, subject=CAMPAIGN, body=campaign)
    for group, dose_type in (("A18", "booster_1"), ("A12_17", "primary_2"), ("A18", "booster_2")):
        target = {
            "campaign": CAMPAIGN, "target_place": COMMUNE, "age_group": group, "dose_type": dose_type,
            "due_on": "2022-04-30", "planned_people": 9, "document": "KH 270", "valid_from": "2022-01-01",
        }  # fmt: skip
        admin.write("plan_target", place=PROVINCE, subject=named(f"{group} {dose_type}"), body=target)
    figures = {
        "period": "2022", "source": "NIÊN GIÁM", "lines": [{"age_group": "A18", "opening": 40, "current": 41}]
    }  # fmt: skip
    admin.write("population_return", place=COMMUNE, subject=COMMUNE, body=figures)
    admin.flush()


def _register(connection: Connection) -> None:
    nurse = author(connection, NURSE, "station")
    for number in range(20):
        village = VILLAGES[number % 2]
        house = nurse.write(
            "household",
            place=village,
            subject=named(f"house {number}"),
            body={"head_name": f"Lò Văn {number}"},
        )
        for member in range(3):
            _person(nurse, village, house, number, member)
    nurse.flush()
    person = named("person 0 0")
    seen = nurse.heads("person", person)
    nurse.write("person", place=VILLAGES[0], subject=person, based_on=seen, body={"phone": "0912345678"})
    nurse.write("person", place=VILLAGES[0], subject=person, based_on=seen, body={"phone": "0987654321"})
    nurse.write(
        "person", place=VILLAGES[1], subject=named("person 0 1"),
        based_on=nurse.heads("person", named("person 0 1")), body={"household": named("house 1")},
    )  # fmt: skip
    outcomes = [{"person": person, "outcome": "reviewed"}]
    visit = {"visit_type": "door_to_door", "outcomes": outcomes}
    first = new_id()
    nurse.write("visit", place=VILLAGES[0], subject=named("house 0"), body=visit, entry_id=first)
    nurse.write(
        "visit", place=VILLAGES[0], subject=named("house 2"), body=visit | {"note": "nhầm hộ"}, corrects=first
    )
    session = {"session_type": "fixed", "point_name": "Trạm", "villages": list(VILLAGES)}
    nurse.write("session", place=STATION, subject=named("session"), body=session)
    nurse.flush()


def _person(nurse: ServerAuthor, village: str, house: str, number: int, member: int) -> None:
    born = date(1955 + number * 3, 1 + member * 4, 28 + member)
    body: dict[str, Any] = {
        "household": house, "full_name": f"Lò Thị {number}", "birth_date": born.isoformat(),
        "birth_precision": "day", "sex": "female", "id_kind": "none",
        "residence": "absent" if number == 3 else "permanent",
    }  # fmt: skip
    if number == 5:
        body["contraindication"] = "PHAN_VE"
    if number % 4 == 0:
        body |= {"vulnerable": ["elderly", "minority"], "cannot_come": "old", "sms_allowed": True}
    registered = TODAY - timedelta(days=100 if member == 1 else 0)
    person = nurse.write(
        "person", place=village, subject=named(f"person {number} {member}"), body=body, occurred_on=registered
    )
    vaccine = ("PFZ_ADULT", "ABDALA", "JANSSEN")[number % 3]
    days = ((200 - 9 * number, "primary_1"), (170 - 9 * number, "primary_2"), (150 - 9 * number, "primary_3"))
    for ago, dose_type in (*days[: 1 + (number + member) % 3], *([(5, "booster_1")] if member == 1 else [])):
        dose = {"vaccine": vaccine, "dose_type": dose_type, "screening": "eligible", "lot": LOT}
        nurse.write(
            "dose", place=STATION, subject=person, body=dose, occurred_on=TODAY - timedelta(days=max(ago, 1))
        )


def _found_out(connection: Connection) -> None:
    """What makes figures less simple: refusals, a screening that forbids, one person twice, a dose withdrawn."""
    nurse = author(connection, NURSE, "station")
    for house, kind, outcome in (
        (4, "door_to_door", "refused"),
        (6, "facility", "hesitant"),
        (8, "mop_up", "moved"),
    ):
        lines = [{"person": named(f"person {house} {n}"), "outcome": "reviewed"} for n in (1, 2)]
        found = {"person": named(f"person {house} 0"), "outcome": outcome}
        if outcome != "moved":
            found["reason"] = "side_effects"
        body = {"visit_type": kind, "outcomes": [found, *lines], "revisit_on": "2022-04-20"}
        nurse.write("visit", place=VILLAGES[0], subject=named(f"house {house}"), body=body)
    barred = {"outcome": "contraindicated", "reason": "anaphylaxis_component"}
    nurse.write("screening", place=STATION, subject=named("person 9 0"), body=barred)
    one, other = sorted((named("person 10 1"), named("person 11 1")))
    verdict = {"person_a": one, "person_b": other, "verdict": "same", "keep": one}
    nurse.write("same_person", place=VILLAGES[0], subject=named_id("pair", one, other), body=verdict)
    given = new_id()
    dose = {"vaccine": "AZ", "dose_type": "primary_1", "screening": "eligible", "lot": LOT}
    person = named("person 12 0")
    nurse.write("dose", place=STATION, subject=person, body=dose, entry_id=given)
    withdrawn = {"of": "dose", "reason": "wrong_person"}
    nurse.write("void", place=STATION, subject=person, body=withdrawn, corrects=given)
    nurse.flush()


def _one_of_each(connection: Connection) -> None:
    """Of every kind nobody wrote so far the golden payload, so that every projection has a row."""
    written = set(connection.execute(select(EntryRow.kind).distinct()).scalars())
    for kind in sorted(set(KINDS) - written):
        golden = _GOLDEN / f"{kind}.{KINDS[kind].version}.json"
        role = min(KINDS[kind].authors)
        writing = author(connection, named(role), role)
        _user(connection, named(role), role)
        subject = named("person 1 0") if KINDS[kind].about_person else new_id()
        body = json.loads(golden.read_bytes())["body"]
        place = PROVINCE if KINDS[kind].reference else COMMUNE
        if KINDS[kind].sites:  # written where the goods leave or come to
            place = body["destination" if kind == "receipt" else "source"]
        writing.write(kind, place=place, subject=subject, body=body)
        writing.flush()


def _stock(connection: Connection) -> None:
    nurse = author(connection, NURSE, "station")
    for vials, reason in ((50, "received"), (-8, "administered")):
        body = {"state": "thawed", "thawed_on": "2022-03-20", "vials": vials, "reason": reason}
        nurse.write("stock_movement", place=STATION, subject=LOT, body=body)
    wrong, body = new_id(), {"state": "thawed", "thawed_on": "2022-03-20", "vials": -2, "reason": "broken"}
    nurse.write("stock_movement", place=STATION, subject=LOT, body=body, entry_id=wrong)
    nurse.write("stock_movement", place=STATION, subject=LOT, body=body | {"vials": 2, "reverses": wrong})
    line = {"lot": LOT, "state": "thawed", "thawed_on": "2022-03-20", "vials": 41}
    nurse.write("stock_count", place=STATION, subject=STATION, body={"lines": [line]})
    nurse.flush()


def _phone(connection: Connection) -> None:
    """Three records of a phone: one good, one of a kind not known yet, one that is refused."""
    household = {"head_name": "Giàng A Sử"}
    raw = [
        raw_entry(1, "household", household),
        raw_entry(2, "well", {"depth": 3}),
        raw_entry(3, "household", {"head_name": ""}),
    ]
    accept(
        connection, Sender(PHONE, NURSE, "station", lambda place: True), raw, CLOCK, PROJECTORS, offset_s=0
    )


def raw_entry(number: int, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": kind,
        "version": KINDS[kind].version if kind in KINDS else 1,
        "subject": new_id(),
        "place": VILLAGES[0],
        "author": NURSE,
        "device": PHONE,
        "device_seq": number,
        "occurred_on": TODAY.isoformat(),
        "recorded_at": stamp(CLOCK.now()),
        "body": body,
    }


def one(connection: Connection, query: Any) -> Any:
    return connection.execute(select(query).limit(1)).scalar_one()
