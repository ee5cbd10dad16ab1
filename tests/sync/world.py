"""A small province on a real server: places, users, stock, a plan, two villages with people."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from mobile.store.store import Store
from mobile.syncing.client import SyncClient
from server.accounts import devices
from server.accounts.models import User
from server.accounts.users import create_user
from server.app import create_app
from server.database import db
from server.ledger.author import ServerAuthor
from server.settings import Settings
from server.sync.projectors import PROJECTORS
from shared.clock import Clock, FieldClock, FixedClock, parse_now
from shared.identifiers import named_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

TODAY = date(2022, 4, 15)
PASSWORD = "tung-nha-2022"
PIN = "246810"


def place_id(name: str) -> str:
    return named_id("sync test", name)


PROVINCE, DISTRICT, COMMUNE = place_id("province"), place_id("district"), place_id("commune")
VILLAGES = (place_id("village 1"), place_id("village 2"))
STATION, TEAM = place_id("station"), place_id("team")
ITEM, LOT, CAMPAIGN = place_id("item"), place_id("lot"), place_id("campaign")
HOUSEHOLDS = 12


class _Quiet(WSGIRequestHandler):
    def log_request(self, *args: Any, **kwargs: Any) -> None:
        pass


@dataclass
class World:
    """The server's side: the app, its users by name, and where it listens while it runs."""

    app: Flask
    users: dict[str, str]
    clock: Clock
    url: str = ""

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def code(self, username: str) -> str:
        """A fresh enrolment code."""
        with self.app.app_context():
            code = devices.issue_code(self.users[username], self.users["quantri"])
            db.session.commit()
            return code

    def phone(
        self,
        home: Path,
        username: str = "tram",
        *,
        clock: Clock | None = None,
        sync: bool = True,
        **client: Any,
    ) -> tuple[Store, SyncClient]:
        """An enrolled phone, after its first sync."""
        store = Store.create(home, PIN, clock=clock or FixedClock(TODAY))
        made = SyncClient(store, **{"retries": 0, "session": requests.Session(), **client})
        made.enrol(self.url, self.code(username), "thử")
        if sync:
            result = made.run()
            assert not result.faults, result
        return store, made

    def count(self, table: str, where: str = "1 = 1", **values: Any) -> int:
        """Rows of a table on the server."""
        with self.app.app_context():
            query = db.text(f'SELECT count(*) FROM "{table}" WHERE {where}')
            return int(db.session.execute(query, values).scalar_one())

    @contextmanager
    def serving(self, port: int = 0) -> Iterator[str]:
        """Serve on loopback for the length of the block."""
        server = make_server("127.0.0.1", port, self.app, threaded=True, request_handler=_Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self.url
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def open_world(url: str, users: dict[str, str]) -> World:
    """The server on a database that is filled already."""
    settings = Settings(
        database=url,
        secret_key="k" * 40,
        secure_cookies=False,
        clock=FieldClock(parse_now(TODAY.isoformat())),
    )
    return World(create_app(settings), dict(users), settings.clock)


def make_world(url: str) -> World:
    """A world on a fresh, migrated database."""
    world = open_world(url, {})
    with world.app.app_context():
        for username, role, places in (
            ("quantri", "administrator", [PROVINCE]),
            ("ban1", "village_health_worker", [VILLAGES[0]]),
            ("ban2", "village_health_worker", [VILLAGES[1]]),
            ("tram", "station", [COMMUNE]),
            ("toluudong", "mobile_team", [TEAM]),
        ):
            user = create_user(
                username=username,
                password=PASSWORD,
                full_name=f"Người dùng {username}",
                role=role,
                places=places,
            )
            world.users[username] = user.id
        _fill(world, world.clock)
        db.session.commit()
    return world


def _fill(world: World, clock: Clock) -> None:
    connection = db.session.connection()
    admin = ServerAuthor(connection, db.session.get_one(User, world.users["quantri"]), clock, PROJECTORS)
    for place, level, name, parent, serves in (
        (PROVINCE, "province", "Tỉnh Thử", None, None),
        (DISTRICT, "district", "Huyện Thử", PROVINCE, None),
        (COMMUNE, "commune", "Xã Thử", DISTRICT, None),
        (VILLAGES[0], "village", "Bản Một", COMMUNE, None),
        (VILLAGES[1], "village", "Bản Hai", COMMUNE, None),
        (STATION, "station", "Trạm y tế Thử", COMMUNE, None),
        (TEAM, "team", "Tổ lưu động Thử", COMMUNE, list(VILLAGES)),
    ):
        version = {"valid_from": "2020-01-01", "name": name, "unit_type": level}
        if parent:
            version["parent"] = parent
        body = {"level": level, "versions": [version], "serves": serves}
        admin.write("place", place=PROVINCE, subject=place, body=body)
    item = {
        "code": "PFZ_ADULT",
        "name_vi": "Pfizer (12+)",
        "name_en": "Pfizer (12+)",
        "item_class": "vaccine",
        "unit_vi": "lọ",
        "unit_en": "vial",
        "vaccine": "PFZ_ADULT",
        "doses_per_vial": 6,
        "thaw_days": 31,
    }
    admin.write("item", place=PROVINCE, subject=ITEM, body=item)
    lot = {"item": ITEM, "lot_number": "FN1234", "label_expiry": "2022-08-31", "expiry_precision": "day"}
    admin.write("lot", place=PROVINCE, subject=LOT, body=lot)
    campaign = {
        "name_vi": "Tiêm vắc xin phòng COVID-19",
        "name_en": "COVID-19 vaccination",
        "disease": "COVID-19",
        "document": "KH 270/KH-UBND",
        "starts_on": "2021-07-08",
    }
    admin.write("campaign", place=PROVINCE, subject=CAMPAIGN, body=campaign)
    target = {
        "campaign": CAMPAIGN,
        "target_place": PROVINCE,
        "age_group": "A18",
        "dose_type": "booster_1",
        "due_on": "2022-04-30",
        "planned_people": 100,
        "document": "KH 270/KH-UBND",
        "valid_from": "2022-01-01",
    }
    admin.write("plan_target", place=PROVINCE, subject=place_id("target"), body=target)
    admin.flush()
    station = ServerAuthor(connection, db.session.get_one(User, world.users["tram"]), clock, PROJECTORS)
    for village in VILLAGES:
        for number in range(HOUSEHOLDS):
            house = station.write(
                "household",
                place=village,
                subject=named_id("house", village, str(number)),
                body={"head_name": f"Lò Văn {chr(65 + number)}"},
            )
            for member in range(3):
                _person(station, village, house, number, member)
    station.flush()


def _person(station: ServerAuthor, village: str, house: str, number: int, member: int) -> None:
    body = {
        "household": house,
        "full_name": f"Lò Thị {chr(65 + number)}{chr(97 + member)}",
        "birth_date": f"{1960 + number + member}-03-04",
        "birth_precision": "day",
        "sex": "female",
        "id_kind": "none",
        "residence": "permanent",
    }
    person = station.write("person", place=village, subject=named_id("person", house, str(member)), body=body)
    for days, dose_type in ((200, "primary_1"), (170, "primary_2")):
        dose = {"vaccine": "PFZ_ADULT", "dose_type": dose_type, "screening": "eligible", "lot": LOT}
        station.write(
            "dose", place=STATION, subject=person, body=dose, occurred_on=TODAY - timedelta(days=days)
        )
