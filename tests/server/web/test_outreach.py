"""Outreach pages: numbers add up, every step down to a person works, names and infections stay where they belong."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.accounts.exports import exports_of
from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.ledger.models import EntryRow
from server.places.tree import Tree
from server.registers.models import Household, Person
from server.scheduler.work import count_schedule
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from shared.clock import FixedClock
from tests.server.conftest import Desk, token
from tests.server.world import TODAY, World

NUMBER = r"<strong>([\d.]+)</strong>"


def never_knocked(client: FlaskClient, address: str) -> int:
    card = client.get(address).text.split("Nhà chưa gõ cửa</h2>")[1]
    return int(re.search(NUMBER, card)[1].replace(".", ""))  # type: ignore[index]


def below(client: FlaskClient, address: str) -> list[str]:
    return re.findall(r'class="place-cell"><a href="(/outreach/[^"]+)"', client.get(address).text)


def station_of(world: World, commune: str) -> str:
    return f"tram.{world.stations[commune][:6]}"


def write(
    desk: Desk, username: str, kind: str, village: str, subject: str | None, body: dict[str, object]
) -> str:
    with desk.app.app_context():
        user = db.session.get_one(User, desk.world.users[username])
        author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
        made = author.write(kind, place=village, subject=subject, body=body)
        author.flush()
        db.session.commit()
    return made


@pytest.mark.proves("R060", "R043")
def test_houses_never_knocked_add_up_on_every_level(desk: Desk) -> None:
    client = desk.sign_in("quantri")
    checked, waiting = 0, ["/outreach"]
    while waiting:
        address = waiting.pop()
        inside = below(client, address)
        if inside:
            assert never_knocked(client, address) == sum(never_knocked(client, one) for one in inside)
            checked += 1
            waiting += inside[:2]
    assert checked >= 7, "province, districts and communes"
    assert never_knocked(client, "/outreach") > 0


@pytest.mark.proves("R002", "R060")
def test_from_a_district_down_to_a_person(desk: Desk) -> None:
    client = desk.sign_in("huyen.105")
    commune = below(client, "/outreach")[0]
    village = below(client, commune)[0]
    text = client.get(village).text
    assert "Ngõ 3" in text
    household = re.findall(r'href="(/households/[^"]+)"', text)[0]
    page = client.get(household).text
    person = re.findall(r'href="(/persons/[^"]+)"', page)[0]
    shown = client.get(person).text
    for words in ("Lịch tiêm", "Các mũi đã tiêm", "Cư trú", "Mọi bản ghi về người này"):
        assert words in shown
    assert "/entries/" in shown
    assert household in shown


def test_a_village_lists_its_households_by_state_and_by_name_without_accents(desk: Desk) -> None:
    world = desk.world
    commune = world.communes[0]
    village, station = world.villages[commune][0], station_of(world, commune)
    made = write(desk, station, "household", village, None, {"head_name": "Đặng Thị Ớt", "lane": "Ngõ 9"})
    client = desk.sign_in(station)
    page = f"/outreach/{village}"
    assert f"/households/{made}" in client.get(f"{page}?q=dang+ot").text
    assert f"/households/{made}" in client.get(f"{page}?state=never_knocked").text
    assert f"/households/{made}" not in client.get(f"{page}?state=complete").text
    assert f"/households/{made}" in client.get(f"{page}?lane=ngo+9").text
    assert f"/households/{made}" not in client.get(f"{page}?q=nobody").text
    assert "Chưa có ai đến tận nhà này" in client.get(f"/households/{made}").text


@pytest.mark.proves("R023", "R078")
def test_the_route_is_taken_along_by_those_who_see_names_and_written_down(desk: Desk) -> None:
    world = desk.world
    commune = world.communes[0]
    village, station = world.villages[commune][0], station_of(world, commune)
    with desk.app.app_context():
        home = db.session.query(Household).filter_by(village_id=village).first()
        household = home.id if home else ""
    body = {
        "household": household, "full_name": "Nguyễn Thị Hoàng Phương Quỳnh Như", "birth_date": "1940-05-01",
        "birth_precision": "year", "sex": "female", "id_kind": "none", "residence": "permanent",
        "cannot_come": "bedridden", "phone": "+84987654321",
    }  # fmt: skip
    write(desk, station, "person", village, None, dict(body))
    client = desk.sign_in(station)
    page = client.get("/outreach/route").text
    assert "Quỳnh Như" in page
    assert "Nằm liệt" in page
    assert "0987654321" in page
    answer = client.post(
        "/outreach/route/xlsx", data={"csrf_token": token(client, "/outreach/route"), "place": commune}
    )
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    told = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert "Nguyễn Thị Hoàng Phương Quỳnh Như" in told
    assert "1940" in told
    with desk.app.app_context():
        (line,) = exports_of(db.session.connection(), [commune], 5)
    assert (line.what, line.username, line.rows >= 1) == ("route", station, True)

    province = desk.sign_in("tinh")
    masked = province.get(f"/outreach/route?place={commune}").text
    assert "Quỳnh Như" not in masked
    assert "0987654321" not in masked
    assert "N. T. H." in masked
    refused = province.post(
        "/outreach/route/xlsx", data={"csrf_token": token(province, "/password"), "place": commune}
    )
    assert refused.status_code == 403


def test_a_province_is_read_district_by_district(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    for page in ("/outreach/revisits", "/outreach/route", "/outreach/people"):
        text = client.get(page).text
        assert text.count(f'href="{page}?place=') == 8, page
        assert client.get(f"{page}?place={desk.world.districts[0]}").status_code == 200
    assert "/persons/" not in client.get("/outreach/people").text


@pytest.mark.proves("R079")
def test_a_reason_that_tells_of_an_infection_opens_nobody_to_those_who_do_not_screen(desk: Desk) -> None:
    world = desk.world
    commune = world.communes[0]
    village, station = world.villages[commune][0], station_of(world, commune)
    with desk.app.app_context():
        found = db.session.query(Person).filter_by(village_id=village, merged_into=None).first()
        assert found is not None
        person, household = found.id, found.household_id
    line = {"person": person, "outcome": "deferred", "reason": "recent_covid"}
    write(desk, station, "visit", village, household, {"visit_type": "door_to_door", "outcomes": [line]})
    words = "Mới mắc COVID-19"
    own = desk.sign_in(station)
    district = desk.sign_in("huyen.105")
    listed = f"/outreach/people?place={village}&list=deferred"
    for page in (f"/persons/{person}", f"/households/{household}", listed):
        assert words in own.get(page).text, page
        assert words not in district.get(page).text, page
    assert own.get(f"{listed}&reason=recent_covid").status_code == 200
    assert district.get(f"{listed}&reason=recent_covid").status_code == 403


@pytest.mark.proves("R087")
def test_every_dose_due_and_on_schedule_are_shown_with_their_formulas(desk: Desk) -> None:
    with desk.app.app_context():
        engine = db.engine
    count_schedule(engine, FixedClock(TODAY))
    text = desk.sign_in("quantri").get("/outreach").text
    assert re.search(r"Đủ mũi</h2>.*?[\d,]+\xa0%", text, re.DOTALL)
    assert "÷ người có mặt có ít nhất một mũi đã đến lịch" in text
    assert f"Tính ngày {TODAY:%d/%m/%Y}" in text


@pytest.mark.proves("L24")
def test_another_districts_places_households_and_people_do_not_exist(desk: Desk) -> None:
    world = desk.world
    client = desk.sign_in("huyen.105")
    with desk.app.app_context():
        tree = Tree.load(db.session.connection(), TODAY)
        own = next(d for d in world.districts if tree.nodes[d].code == "105")
        foreign = next(c for c in world.communes if tree.nodes[c].parent != own)
        village = world.villages[foreign][0]
        household = db.session.query(Household.id).filter_by(village_id=village).scalar_subquery()
        home = db.session.query(Household).filter(Household.id.in_(household)).first()
        assert home is not None
        addresses = [
            f"/outreach/{foreign}", f"/outreach/{village}", f"/households/{home.id}",
            f"/outreach/revisits?place={foreign}", f"/outreach/route?place={village}",
            f"/outreach/people?place={village}", f"/doubts?place={foreign}",
            f"/persons/{world.persons[village][0]}",
        ]  # fmt: skip
    for address in addresses:
        assert client.get(address).status_code == 404, address


def test_pages_of_a_village_work_on_both_databases(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    desk = Desk(app, world)
    client = desk.sign_in("quantri")
    village = world.villages[world.communes[0]][0]
    for address in (
        "/outreach", f"/outreach/{world.communes[0]}", f"/outreach/{village}", f"/outreach/{village}?sort=visited",
        f"/outreach/people?place={village}&list=never", f"/outreach/revisits?place={village}",
        f"/outreach/route?place={world.districts[0]}", "/doubts", f"/doubts?doubt=clock.suspect&place={village}",
        *(f"/doubts?doubt={name}&since=2022-01-01&until=2022-12-31" for name in ("conflict", "held", "quarantined")),
        f"/persons/{world.persons[village][0]}",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address


@pytest.mark.proves("R015")
def test_a_visit_tells_how_people_were_talked_to_and_who_was_reached(desk: Desk) -> None:
    world = desk.world
    commune = world.communes[0]
    village, station = world.villages[commune][0], station_of(world, commune)
    with desk.app.app_context():
        person = db.session.get_one(Person, world.persons[village][0])
        household, member, name = person.household_id, person.id, person.full_name
    body = {
        "visit_type": "door_to_door", "communication": "meeting",
        "outcomes": [{"person": member, "outcome": "reviewed"}],
    }  # fmt: skip
    client = desk.sign_in(station)
    assert "Họp bản" not in client.get(f"/households/{household}").text
    made = write(desk, station, "visit", village, household, dict(body))
    page = client.get(f"/households/{household}").text
    assert "Họp bản" in page
    assert name in page
    with desk.app.app_context():
        entry = (
            db.session.query(EntryRow)
            .filter_by(subject_id=made, kind="visit")
            .order_by(EntryRow.id.desc())
            .first()
        )
        assert entry is not None
        address = f"/entries/{entry.id}"
    told = client.get(address).text
    assert "Họp bản" in told
    assert name in told
