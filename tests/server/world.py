"""A small province for tests of pages, written through the real ledger: real communes of Lai Châu, made-up people."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask

from server.accounts.models import User
from server.accounts.users import create_user
from server.database import db
from server.indicators.refreshing import refresh, stale_villages
from server.ledger.author import ServerAuthor
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from shared.identifiers import named_id
from shared.reference import national_units

PASSWORD = "từng ngõ từng nhà"
TODAY = date(2022, 4, 15)
DUE = date(2022, 4, 30)

_FAMILY = ("Lò", "Vàng", "Nguyễn", "Giàng", "Tao", "Chẻo", "Pờ", "Lý")
_MIDDLE = ("Văn", "Thị", "A", "Thị Hoàng Phương", "Sài", "Xuân")
_GIVEN = ("Ân", "Đặng", "Dính", "Quỳnh Như", "Páo", "Mẩy", "Hừ", "Sơn")


@dataclass
class World:
    """Ids of what was made."""

    province: str = ""
    districts: list[str] = field(default_factory=list)
    communes: list[str] = field(default_factory=list)
    villages: dict[str, list[str]] = field(default_factory=dict)
    stations: dict[str, str] = field(default_factory=dict)
    persons: dict[str, list[str]] = field(default_factory=dict)
    campaign: str = ""
    item: str = ""
    lots: list[str] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)


def build(app: Flask, communes: int = 2, households: int = 3, seed: int = 7) -> World:
    """Fill an empty, migrated database: `communes` a district, two villages each."""
    with app.app_context():
        world = _Builder(random.Random(seed)).build(communes, households)
        db.session.commit()
        clock = current_settings().clock
        refresh(db.session.connection(), stale_villages(db.session.connection()), clock)
        db.session.commit()
    return world


class _Builder:
    def __init__(self, chance: random.Random) -> None:
        self.chance, self.world = chance, World()

    def build(self, communes: int, households: int) -> World:
        self._places(communes)
        self._plan()
        self._stock_items()
        for commune in self.world.communes:
            self._commune(commune, households)
        return self.world

    def _author(self, user: User) -> ServerAuthor:
        return ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)

    def _user(self, username: str, role: str, place: str, full_name: str) -> User:
        user = create_user(
            username=username, password=PASSWORD, full_name=full_name, role=role, places=[place]
        )
        self.world.users[username] = user.id
        return user

    def _places(self, communes: int) -> None:
        world, units = self.world, national_units(2022, "12")
        world.province = named_id("place", "2022", "province", "12")
        self.admin = self._user("quantri", "administrator", world.province, "Quản trị hệ thống")
        self.manager = self._user("tinh", "provincial_manager", world.province, "Cán bộ y tế tỉnh")
        self._user("thanhtra", "inspector", world.province, "Thanh tra y tế")
        self.reference = author = self._author(self.admin)
        counts: dict[str, int] = {}
        for unit in units:
            place = named_id("place", "2022", unit.level, unit.code)
            parent = unit.parent_code or ""
            if unit.level == "commune":
                counts[parent] = counts.get(parent, 0) + 1
                if counts[parent] > communes:
                    continue
                world.communes.append(place)
            if unit.level == "district":
                world.districts.append(place)
            above = {"district": "province", "commune": "district"}.get(unit.level)
            self._place(
                place, unit.level, unit.name, unit.unit_type, unit.code,
                named_id("place", "2022", above, parent) if above else None,
            )  # fmt: skip
            if unit.level == "district":
                self._user(f"huyen.{unit.code}", "district_reviewer", place, f"Y tế {unit.name}")
            if unit.level == "commune":
                self._below(place, unit.code, unit.name)
        author.flush()

    def _below(self, commune: str, code: str, name: str) -> None:
        station = named_id("station", code)
        short = name.split(" ", 1)[1]
        self._place(
            station, "station", f"Trạm Y tế {name.lower()[:3].strip()} {short}", "Trạm y tế", None, commune
        )
        self.world.stations[commune] = station
        self.world.villages[commune] = []
        for number, village in enumerate((f"Bản {short} 1", "Bản Nậm Củm – Huổi Luông 2")):
            id_ = named_id("village", code, str(number))
            self._place(id_, "village", village, "Bản", None, commune)
            self.world.villages[commune].append(id_)

    def _place(
        self, id_: str, level: str, name: str, unit_type: str, code: str | None, parent: str | None
    ) -> None:
        version: dict[str, Any] = {"valid_from": "2020-01-01", "name": name, "unit_type": unit_type}
        version |= {k: v for k, v in (("code", code), ("parent", parent)) if v}
        self.reference.write(
            "place", subject=id_, place=self.world.province, body={"level": level, "versions": [version]}
        )

    def _plan(self) -> None:
        world = self.world
        author = self._author(self.manager)
        world.campaign = author.write(
            "campaign",
            place=world.province,
            body={
                "name_vi": "Tiêm chủng COVID-19 năm 2022", "name_en": "COVID-19 vaccination 2022",
                "disease": "COVID-19", "document": "KH 1130/KH-UBND", "starts_on": "2022-03-01",
            },
        )  # fmt: skip
        for age_group, dose_type in (("A12_17", "primary_2"), ("A18", "booster_1")):
            for commune in world.communes:
                author.write(
                    "plan_target",
                    place=world.province,
                    body={
                        "campaign": world.campaign, "target_place": commune, "age_group": age_group,
                        "dose_type": dose_type, "due_on": DUE.isoformat(), "planned_people": 40,
                        "document": "KH 1130/KH-UBND", "valid_from": "2022-03-01",
                    },
                )  # fmt: skip
        author.flush()

    def _stock_items(self) -> None:
        author, world = self._author(self.manager), self.world
        world.item = author.write(
            "item",
            place=world.province,
            body={
                "code": "PFZ_ADULT", "name_vi": "Vắc xin Pfizer (12+)", "name_en": "Pfizer vaccine (12+)",
                "item_class": "vaccine", "vaccine": "PFZ_ADULT", "unit_vi": "lọ", "unit_en": "vial",
                "doses_per_vial": 6, "thaw_days": 31,
            },
        )  # fmt: skip
        for number, expiry in (
            ("FL3206", "2022-04-10"),
            ("FP8191", "2022-04-20"),
            ("PCA0016", "2022-05-31"),
            ("124001", None),
        ):
            body = {"item": world.item, "lot_number": number, "label_expiry": expiry, "maker": "Pfizer"}
            world.lots.append(author.write("lot", place=world.province, body=body))
        author.flush()

    def _commune(self, commune: str, households: int) -> None:
        station = self.world.stations[commune]
        user = self._user(f"tram.{station[:6]}", "station", commune, f"{self._name()}")
        author = self._author(user)
        for village in self.world.villages[commune]:
            self.world.persons[village] = []
            for _ in range(households):
                self._household(author, village, station)
        self._stock(author, station)
        author.flush()

    def _household(self, author: ServerAuthor, village: str, station: str) -> None:
        chance, head = self.chance, self._name()
        household = author.write("household", place=village, body={"head_name": head, "lane": "Ngõ 3"})
        members = []
        for age in (
            chance.randint(25, 60),
            chance.randint(20, 80),
            chance.randint(12, 17),
            chance.randint(0, 11),
        ):
            members.append(
                self._person(author, household, village, age, head if not members else self._name())
            )
            self._doses(author, members[-1], station, age)
        self.world.persons[village] += members
        if chance.random() < 0.7:
            outcomes = [{"person": person, "outcome": "reviewed"} for person in members]
            body = {"visit_type": "door_to_door", "outcomes": outcomes}
            day = TODAY - timedelta(days=chance.randint(0, 20))
            author.write("visit", subject=household, place=village, body=body, occurred_on=day)

    def _person(self, author: ServerAuthor, household: str, village: str, age: int, name: str) -> str:
        chance = self.chance
        body = {
            "household": household,
            "full_name": name,
            "birth_date": date(2022 - age, chance.randint(1, 3), chance.randint(1, 28)).isoformat(),
            "birth_precision": chance.choice(("day", "day", "year")),
            "sex": chance.choice(("male", "female")),
            "id_kind": "none",
            "residence": chance.choice(("permanent",) * 9 + ("absent",)),
            "contraindication": "CD_DI_UNG" if chance.random() < 0.04 else None,
            "phone": "+84912345678",
        }
        return author.write("person", place=village, body=body)

    def _doses(self, author: ServerAuthor, person: str, station: str, age: int) -> None:
        chance = self.chance
        if age < 12:
            return
        days = [date(2021, 9, 10), date(2021, 10, 12)] + (
            [date(2022, 4, chance.randint(1, 15))] if age >= 18 else []
        )
        types = ["primary_1", "primary_2", "booster_1"]
        given = chance.choice((1, 2, 2, 3, 3)) if age >= 18 else chance.choice((1, 1, 2))
        for dose_type, day in list(zip(types, days, strict=False))[:given]:
            body = {
                "vaccine": "PFZ_ADULT", "dose_type": dose_type, "screening": "eligible",
                "lot": chance.choice(self.world.lots),
            }  # fmt: skip
            author.write("dose", subject=person, place=station, body=body, occurred_on=day)

    def _stock(self, author: ServerAuthor, station: str) -> None:
        chance = self.chance
        for lot in self.world.lots:
            state = "thawed" if chance.random() < 0.4 else "frozen"
            held: dict[str, Any] = {"state": state}
            if state == "thawed":
                held["thawed_on"] = (TODAY - timedelta(days=chance.randint(2, 30))).isoformat()
            vials = chance.randint(2, 40)
            body = {**held, "vials": vials, "reason": "opening"}
            author.write(
                "stock_movement",
                subject=lot,
                place=station,
                body=body,
                occurred_on=TODAY - timedelta(days=14),
            )
            if chance.random() < 0.5:
                line = {**held, "lot": lot, "vials": max(0, vials + chance.choice((0, 0, -2, 1)))}
                day = TODAY - timedelta(days=chance.randint(0, 10))
                author.write(
                    "stock_count", subject=station, place=station, body={"lines": [line]}, occurred_on=day
                )

    def _name(self) -> str:
        chance = self.chance
        return f"{chance.choice(_FAMILY)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}"


__all__ = ["DUE", "PASSWORD", "TODAY", "World", "build"]
