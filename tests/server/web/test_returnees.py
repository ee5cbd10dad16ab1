"""The page of returnees: counts at every level, the list below, origins and files by role."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pytest
from flask.testing import FlaskClient

from server.accounts.exports import exports_of
from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.registers.models import Household, Person
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from tests.server.conftest import Desk, post

SINCE = "since=2022-01-15&until=2022-04-15"
NAME = "Nguyễn Thị Hoàng Phương Quỳnh Như"


@pytest.fixture
def came(desk: Desk) -> tuple[str, str]:
    """(commune, station's user) of a commune to which six people came, five of them from one place."""
    world = desk.world
    commune = world.communes[0]
    village, username = world.villages[commune][0], f"tram.{world.stations[commune][:6]}"
    with desk.app.app_context():
        user = db.session.get_one(User, world.users[username])
        author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
        home = db.session.query(Household).filter_by(village_id=village).first()
        assert home is not None
        for number in range(6):
            body = {
                "household": home.id, "full_name": f"{NAME} {number}", "birth_date": f"198{number}-05-01",
                "birth_precision": "day", "sex": "female", "id_kind": "none", "residence": "temporary",
                "came_on": f"2022-0{1 + number % 2}-25", "phone": "+84987654321",
                "came_from": "Nhà anh Tú ở Bình Dương" if number == 5 else "Bắc Ninh",
            }  # fmt: skip
            author.write("person", place=village, body=body)
        author.flush()
        db.session.commit()
    return commune, username


def big(client: FlaskClient, address: str) -> list[str]:
    return re.findall(r'<dd class="big">([\d.]+)</dd>', client.get(address).text)


@pytest.mark.proves("R041")
def test_the_same_people_at_every_level(desk: Desk, came: tuple[str, str]) -> None:
    commune, username = came
    station = desk.sign_in(username)
    assert big(station, f"/outreach/returnees?{SINCE}") == ["6", "6"]
    text = station.get(f"/outreach/returnees?{SINCE}").text
    assert f"{NAME} 5" in text
    assert "0987654321" in text
    assert "Nhà anh Tú ở Bình Dương" in text
    assert ">01/2022<" in text
    assert ">02/2022<" in text
    assert big(station, f"/outreach/returnees?{SINCE}&origin=bac+ninh") == ["5", "5"]
    assert big(station, "/outreach/returnees?since=2022-02-01&until=2022-04-15") == ["3", "3"]
    manager = desk.sign_in("tinh")
    assert big(manager, f"/outreach/returnees?{SINCE}") == ["6", "6"]
    assert big(manager, f"/outreach/returnees?{SINCE}&place={commune}&lacking=1") == ["6", "6"]
    assert big(station, "/outreach/returnees?since=nonsense&until=2022-01-10") == ["0", "0"]


@pytest.mark.proves("R041")
def test_who_is_vaccinated_no_longer_lacks_a_dose(desk: Desk, came: tuple[str, str]) -> None:
    commune, username = came
    with desk.app.app_context():
        user = db.session.get_one(User, desk.world.users[username])
        author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
        person = db.session.query(Person).filter(Person.full_name == f"{NAME} 0").one()
        body = {"vaccine": "PFZ_ADULT", "dose_type": "primary_1", "screening": "eligible", "lot_number": "X1"}
        author.write("dose", subject=person.id, place=desk.world.stations[commune], body=body)
        author.flush()
        db.session.commit()
    client = desk.sign_in(username)
    assert big(client, f"/outreach/returnees?{SINCE}") == ["6", "5"]
    assert f"{NAME} 0" not in client.get(f"/outreach/returnees?{SINCE}&lacking=1").text


@pytest.mark.proves("R041", "R078")
def test_the_list_is_taken_by_those_who_see_names_and_written_down(desk: Desk, came: tuple[str, str]) -> None:
    commune, username = came
    client = desk.sign_in(username)
    page = f"/outreach/returnees?{SINCE}"
    answer = post(
        client,
        "/outreach/returnees/xlsx",
        page=page,
        since="2022-01-15",
        until="2022-04-15",
        origin="bac ninh",
    )
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 6
    assert rows[1][5].startswith(NAME)
    assert rows[1][9] == "Bắc Ninh"
    with desk.app.app_context():
        places = [commune, desk.world.stations[commune], *desk.world.villages[commune]]
        [log] = exports_of(db.session.connection(), places, 9)
        assert (log.what, log.rows) == ("returnees", 5)
    for other in ("tinh", "thanhtra", "quantri"):
        assert post(desk.sign_in(other), "/outreach/returnees/csv", page="/password").status_code == 403


@pytest.mark.proves("R078")
def test_without_names_a_lone_origin_is_not_told(desk: Desk, came: tuple[str, str]) -> None:
    commune, _ = came
    client = desk.sign_in("tinh")
    for address in (f"/outreach/returnees?{SINCE}", f"/outreach/returnees?{SINCE}&place={commune}"):
        text = client.get(address).text
        assert "anh Tú" not in text
        assert "anh tu" not in text
        assert "Bắc Ninh" in text, "five came from there"
        assert NAME not in text


@pytest.mark.proves("L24")
def test_another_districts_returnees_do_not_exist(desk: Desk, came: tuple[str, str]) -> None:
    commune, _ = came
    with desk.app.app_context():
        from server.places.tree import Tree
        from tests.server.world import TODAY

        district = Tree.load(db.session.connection(), TODAY).nodes[commune].parent
        from server.places.scope import assigned_places

        other = next(
            name
            for name, id_ in desk.world.users.items()
            if name.startswith("huyen.") and district not in assigned_places(db.session.connection(), id_)
        )
    client = desk.sign_in(other)
    assert big(client, f"/outreach/returnees?{SINCE}") == ["0", "0"]
    assert client.get(f"/outreach/returnees?{SINCE}&place={commune}").status_code == 404
