"""What units tell each other, on pages: shortages, reminders, proposals, remarks, forces, communication, groups."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.accounts.exports import ExportLog
from server.accounts.models import Device, User
from server.affairs.matters import matters
from server.affairs.models import SmsPermission
from server.database import db
from server.ledger.author import ServerAuthor
from server.ledger.models import EntryRow
from server.places.tree import Tree
from server.registers.models import Person
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from shared.clock import FixedClock
from tests.server.conftest import Desk, post, token
from tests.server.world import TODAY

LISTS = (
    "/affairs/shortages",
    "/affairs/reminders",
    "/affairs/reminders?list=sent",
    "/affairs/proposals",
    "/affairs/proposals/document",
    "/affairs/remarks",
    "/affairs/forces",
    "/affairs/forces?list=teams",
    "/affairs/communication",
    "/affairs/groups",
)


def author(desk: Desk, username: str) -> ServerAuthor:
    """Writes in somebody's name; the caller is inside the app and commits."""
    user = db.session.get_one(User, desk.world.users[username])
    return ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)


def district_of(desk: Desk, commune: str) -> str:
    with desk.app.app_context():
        tree = Tree.load(db.session.connection(), TODAY)
        found = tree.up(commune, "district")
        assert found is not None
        return f"huyen.{found.code}"


def station_of(desk: Desk, commune: str) -> str:
    return f"tram.{desk.world.stations[commune][:6]}"


def tell(client: FlaskClient, kind: str, **fields: str) -> Any:
    return post(client, f"/affairs/new/{kind}", page=f"/affairs/new/{kind}", **fields)


def shortage(client: FlaskClient, **more: str) -> Any:
    body = {
        "role": "nurse",
        "people": "2",
        "from_on": "2022-04-16",
        "area": "Ba bản vùng cao",
        "reason": "Hai người mắc COVID-19",
    }
    return tell(client, "staff_shortage", **(body | more))


def matter_address(client: FlaskClient, page: str) -> str:
    return re.findall(r'href="(/affairs/matters/[0-9a-f-]{36})"', client.get(page).text)[0]


@pytest.mark.parametrize("username", ["quantri", "tinh", "thanhtra", "huyen.105"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_opens_empty_for_every_desk(desk: Desk, username: str, language: str) -> None:
    client = desk.sign_in(username, language)
    for address in LISTS:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "<h1" in answer.text


@pytest.mark.proves("R026", "R027")
def test_a_shortage_goes_up_is_acknowledged_and_support_is_assigned(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = desk.world.communes[0]
    clock = current_clock(desk)
    station = desk.sign_in(station_of(desk, commune))
    assert shortage(station).status_code == 302
    clock.advance(minutes=135)
    district = desk.sign_in(district_of(desk, commune))
    listed = district.get("/affairs/shortages").text
    assert "2\N{NO-BREAK SPACE}giờ 15\N{NO-BREAK SPACE}phút" in listed
    assert "Chưa trả lời" in listed
    assert "Ba bản vùng cao" in listed
    address = matter_address(district, "/affairs/shortages")
    shown = district.get(address).text
    assert [name for name in ("acknowledged", "assigned", "done", "rejected") if f'value="{name}"' in shown] == [
        "acknowledged", "assigned", "done", "rejected",
    ]  # fmt: skip
    bare = post(district, address, page=address, action="assigned")
    assert bare.status_code == 422
    assert "Hãy ghi rõ lực lượng nào được điều đến hỗ trợ." in bare.text
    assert post(district, address, page=address, action="acknowledged").status_code == 302
    support = "Tổ lưu động huyện, 2 điều dưỡng"
    assert post(district, address, page=address, action="assigned", support=support).status_code == 302
    listed = district.get("/affairs/shortages").text
    assert "Đã điều người" in listed
    assert "trả lời sau 2\N{NO-BREAK SPACE}giờ 15\N{NO-BREAK SPACE}phút" in listed
    seen = station.get(address).text
    assert support in seen
    assert 'value="assigned"' not in seen
    clock.advance(minutes=45)
    assert post(station, address, page=address, action="done").status_code == 302
    ended = district.get("/affairs/shortages").text
    assert "Xong sau 3\N{NO-BREAK SPACE}giờ" in ended
    assert 'name="action"' not in district.get(address).text


def current_clock(desk: Desk) -> FixedClock:
    with desk.app.app_context():
        clock = current_settings().clock
        assert isinstance(clock, FixedClock)
        return clock


def test_the_unanswered_stand_first_and_lists_narrow(desk: Desk) -> None:
    first, second = desk.world.communes[:2]
    clock = current_clock(desk)
    for commune in (first, second):
        shortage(desk.sign_in(station_of(desk, commune)), reason=f"Lý do của {commune[:4]}")
        clock.advance(minutes=10)
    district = desk.sign_in(district_of(desk, first))
    answered = matter_address(district, "/affairs/shortages")
    post(district, answered, page=answered, action="acknowledged")
    order = re.findall(r"Lý do của ([0-9a-f]{4})", desk.sign_in("tinh").get("/affairs/shortages").text)
    assert order == [first[:4], second[:4]], "the one without an answer first"
    assert district.get("/affairs/shortages?state=open").text.count("Lý do của") == 1
    assert district.get("/affairs/shortages?state=closed").text.count("Lý do của") == 0


@pytest.mark.proves("R020", "R089")
def test_a_proposal_is_answered_and_stands_in_the_document(desk: Desk) -> None:
    commune = desk.world.communes[0]
    station = desk.sign_in(station_of(desk, commune))
    told = {"topic": "equipment", "difficulty": "Hỏng 2 phích vắc xin", "proposal": "Cấp bổ sung 2 phích"}
    assert tell(station, "proposal", **told).status_code == 302
    province = desk.sign_in("tinh")
    text = province.get("/affairs/proposals/document").text
    for words in ("Kính gửi: Sở Y tế", "Hỏng 2 phích vắc xin", "Cấp bổ sung 2 phích", "Trang thiết bị"):
        assert words in text
    assert "Tỷ lệ" in text
    address = matter_address(province, "/affairs/proposals")
    assert post(province, address, page=address, action="answered").status_code == 422
    assert post(province, address, page=address, action="answered", text="Tuần sau có").status_code == 302
    assert "Tuần sau có" in station.get("/affairs/proposals").text
    assert "Tuần sau có" in province.get("/affairs/proposals/document").text
    assert post(station, address, page="/password", action="done").status_code == 403
    assert post(province, address, page=address, action="done").status_code == 302
    assert "Hỏng 2 phích vắc xin" not in province.get("/affairs/proposals/document").text


@pytest.mark.proves("R018")
def test_an_inspection_remark_is_put_right(desk: Desk) -> None:
    commune = desk.world.communes[0]
    district = desk.sign_in(district_of(desk, commune))
    body = {"place": commune, "finding": "Còn 12 hộ chưa gõ cửa", "ask": "Đi hết", "due_on": "2022-04-10"}
    assert tell(district, "inspection_remark", **body).status_code == 302
    station = desk.sign_in(station_of(desk, commune))
    listed = station.get("/affairs/remarks").text
    assert "Còn 12 hộ chưa gõ cửa" in listed
    assert "quá hạn 5 ngày" in listed
    address = matter_address(station, "/affairs/remarks")
    assert post(station, address, page=address, action="done", text="Đã đi hết").status_code == 302
    assert "Đã xong" in district.get("/affairs/remarks").text


@pytest.mark.proves("R047")
def test_late_units_are_reminded_and_answer(desk: Desk) -> None:
    commune = desk.world.communes[0]
    silence(desk, station_of(desk, commune))
    district = desk.sign_in(district_of(desk, commune))
    page = "/affairs/reminders?about=sync"
    listed = district.get(page).text
    assert "1 máy im lặng, lâu nhất 6 ngày" in listed
    answer = post(district, "/affairs/reminders", page=page, unit=f"sync.{commune}", urgent="1")
    assert answer.status_code == 302
    station = desk.sign_in(station_of(desk, commune))
    sent = station.get("/affairs/reminders?list=sent").text
    assert "Đề nghị kết nối mạng" in sent
    assert "Hỏa tốc" in sent
    address = matter_address(station, "/affairs/reminders?list=sent")
    assert post(station, address, page=address, action="answered", text="Máy hỏng").status_code == 302
    again = district.get(page).text
    assert "Đã trả lời" in again
    assert "Máy hỏng" in district.get("/affairs/reminders?list=sent").text
    assert not re.search(rf'value="sync.{commune}"[^>]*checked', again), "reminded already: not ticked again"


def silence(desk: Desk, username: str) -> None:
    """A phone of this user was last heard of six days ago."""
    from datetime import timedelta

    from shared.identifiers import new_id

    with desk.app.app_context():
        now = current_settings().clock.now()
        db.session.add(
            Device(
                id=new_id(),
                user_id=desk.world.users[username],
                label="điện thoại",
                enrolled_at=now - timedelta(days=30),
                last_seen_at=now - timedelta(days=6),
                received_hash=bytes(32),
            )
        )
        db.session.commit()


def test_a_slow_unit_is_told_of_the_goal_it_misses(desk: Desk) -> None:
    text = desk.sign_in("tinh").get("/affairs/reminders?about=target").text
    assert "với tốc độ này sẽ thiếu" in text
    assert "tiêm tại nhà" in text


@pytest.mark.proves("R040", "R072", "R046")
def test_rosters_and_profiles_are_reviewed_and_grow_stale(desk: Desk) -> None:
    commune = desk.world.communes[0]
    village, site = desk.world.villages[commune][0], desk.world.stations[commune]
    station = desk.sign_in(station_of(desk, commune))
    page = f"/affairs/rosters/{village}"
    body = {
        "reviewed_on": "2022-04-14",
        "members-0-full_name": "Lò Văn Ân",
        "members-0-phone": "0912 345 678",
        "members-0-task": "Tổ trưởng",
        "members-2-full_name": "Vàng Thị Dở",
    }
    assert post(station, page, page=page, **body).status_code == 302
    listed = station.get("/affairs/forces?list=teams").text
    assert "Lò Văn Ân" in listed
    assert "0912345678" in listed
    page = f"/affairs/profiles/{site}"
    body = {
        "reviewed_on": "2021-12-01",
        "staff-0-role": "nurse",
        "staff-0-people": "3",
        "fridges": "1",
        "high_risk": "1",
    }
    assert post(station, page, page=page, **body).status_code == 302
    listed = station.get("/affairs/forces").text
    assert "Rà soát đã cũ" in listed
    assert "Nguy cơ cao" in listed
    assert station.get("/affairs/forces?risk=1").text.count("<tbody>") == 1
    body |= {"reviewed_on": "2022-04-15", "staff-0-people": "4"}
    body.pop("high_risk")
    assert post(station, page, page=page, **body).status_code == 302
    listed = station.get("/affairs/forces").text
    assert "4 điều dưỡng" in listed
    assert "Rà soát đã cũ</span></td>" not in listed
    assert ">Nguy cơ cao<" not in listed
    masked = desk.sign_in("tinh").get("/affairs/forces?list=teams").text
    assert "Lò Văn Ân" not in masked
    assert "0912345678" not in masked
    assert "L. V. Â." in masked
    assert post(desk.sign_in("tinh"), f"/affairs/rosters/{village}", page="/password").status_code == 403


@pytest.mark.proves("R056", "R035")
def test_communication_is_logged_with_its_reach(desk: Desk) -> None:
    commune = desk.world.communes[0]
    province = desk.sign_in("tinh")
    content = {"title": "5K", "text": "Khẩu trang – Khử khuẩn", "valid_from": "2022-03-01"}
    assert tell(province, "message_content", **content).status_code == 302
    station = desk.sign_in(station_of(desk, commune))
    form = station.get("/affairs/new/communication_log").text
    chosen = re.search(r'<option value="([0-9a-f-]{36})" >5K</option>', form)
    assert chosen
    body = {
        "form": "meeting",
        "topic": "Mũi nhắc lại",
        "content": chosen[1],
        "villages": desk.world.villages[commune][0],
        "reached": "64",
    }
    assert tell(station, "communication_log", **body).status_code == 302
    text = province.get("/affairs/communication").text
    assert "1 hoạt động, 64 lượt người" in text
    assert "Mũi nhắc lại" in text
    assert "Khử khuẩn" in text
    assert "0 hoạt động" in province.get("/affairs/communication?form=press").text


@pytest.mark.proves("R014")
def test_messages_go_to_those_who_agreed_and_the_file_is_logged(desk: Desk) -> None:
    commune = desk.world.communes[0]
    village = desk.world.villages[commune][0]
    people = desk.world.persons[village][:3]
    with desk.app.app_context():
        writer = author(desk, station_of(desk, commune))
        for person, allowed in zip(people, (True, True, False), strict=True):
            heads = writer.heads("person", person)
            body = {"sms_allowed": allowed, "phone": f"091234500{people.index(person)}"}
            writer.write("person", subject=person, place=village, body=body, based_on=heads)
        writer.flush()
        db.session.commit()
        assert {p.person_id: p.allowed for p in db.session.query(SmsPermission)} == dict(
            zip(people, (True, True, False), strict=True)
        )
    station = desk.sign_in(station_of(desk, commune))
    page = f"/affairs/communication/recipients?place={village}"
    assert station.get(f"{page}&status=cannot_come").status_code == 200
    goal = next(
        key for key in re.findall(r'<option value="([^"]+)"', station.get(page).text) if ".A18." in key
    )
    page += f"&status=people&goal={goal}"
    shown = station.get(page).text
    [people_of, with_phone, agreed] = [int(n) for n in re.findall(r"<dt>[^<]*</dt><dd>(\d+)</dd>", shown)]
    with desk.app.app_context():
        present = (
            db.session.query(Person).filter(Person.id.in_(people[:2]), Person.residence != "absent").count()
        )
    assert agreed == present
    assert people_of >= with_phone >= agreed > 0
    fields = {"place": village, "status": "people", "goal": goal}
    answer = post(station, "/affairs/communication/recipients", page=page, **fields)
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == agreed + 1
    assert "0912345002" not in answer.text
    with desk.app.app_context():
        logged = db.session.query(ExportLog).one()
        assert (logged.what, logged.rows, logged.place_id) == ("messages", agreed, village)
    assert desk.sign_in("tinh").get(page).status_code == 403


def test_a_permission_can_be_taken_back(desk: Desk) -> None:
    commune = desk.world.communes[0]
    village = desk.world.villages[commune][0]
    person = desk.world.persons[village][0]
    with desk.app.app_context():
        writer = author(desk, station_of(desk, commune))
        for allowed in (True, None):
            heads = writer.heads("person", person)
            writer.write(
                "person", subject=person, place=village, body={"sms_allowed": allowed}, based_on=heads
            )
            writer.flush()
        db.session.commit()
        assert db.session.query(SmsPermission).count() == 0


@pytest.mark.proves("R034", "R049", "R071")
def test_schools_and_special_places_have_their_own_figures(desk: Desk) -> None:
    commune = desk.world.communes[0]
    village = desk.world.villages[commune][0]
    admin = desk.sign_in("quantri")
    page = "/affairs/groups"
    for level, name in (("school", "Trường THCS Hua Bum"), ("detention", "Trại giam số 6")):
        assert post(admin, page, page=page, level=level, name=name, commune=commune).status_code == 302
    school = re.search(
        r'<a href="(/affairs/groups/([0-9a-f-]{36}))">Trường THCS Hua Bum</a>', admin.get(page).text
    )
    assert school
    with desk.app.app_context():
        pupils = [
            person.id
            for person in db.session.query(Person).filter(Person.village_id == village)
            if person.birth_date > date(2004, 5, 1) and person.residence == "permanent"
        ]
        writer = author(desk, station_of(desk, commune))
        for number, person in enumerate(pupils):
            body = {"group_place": school[2], "group_name": f"{6 + number % 2}A"}
            writer.write(
                "person", subject=person, place=village, body=body, based_on=writer.heads("person", person)
            )
        writer.flush()
        db.session.commit()
    assert pupils
    text = desk.sign_in(station_of(desk, commune)).get(school[1]).text
    assert f"{len(pupils)} người đang có mặt" in text
    assert "6A" in text
    other = desk.sign_in(district_of(desk, other_district(desk, commune)))
    assert other.get(school[1]).status_code == 404
    assert "Trường THCS Hua Bum" not in other.get(page).text
    assert post(other, page, page="/password", level="school", name="x", commune=commune).status_code == 403


def other_district(desk: Desk, commune: str) -> str:
    return next(c for c in desk.world.communes if district_of(desk, c) != district_of(desk, commune))


@pytest.mark.proves("R069", "L24")
def test_nothing_of_another_district_is_seen_or_answered(desk: Desk) -> None:
    commune = desk.world.communes[0]
    station = desk.sign_in(station_of(desk, commune))
    shortage(station, reason="Chỉ huyện này biết")
    tell(station, "proposal", topic="other", difficulty="Chỉ huyện này biết", proposal="x")
    tell(station, "communication_log", form="home", topic="Chỉ huyện này biết")
    address = matter_address(station, "/affairs/shortages")
    stranger = desk.sign_in(district_of(desk, other_district(desk, commune)))
    assert all("Chỉ huyện này biết" not in stranger.get(page).text for page in LISTS)
    assert stranger.get(address).status_code == 404
    assert post(stranger, address, page="/password", action="acknowledged").status_code == 404
    assert tell_at(stranger, "reminder", commune, about="other", text="x").status_code == 404
    for page in (
        f"/affairs/rosters/{desk.world.villages[commune][0]}",
        f"/affairs/profiles/{desk.world.stations[commune]}",
    ):
        assert stranger.get(page).status_code == 404
    assert stranger.get(f"/affairs/communication/recipients?place={commune}").status_code == 404
    assert stranger.get(f"/affairs/proposals/document?district={commune}").status_code == 404


def tell_at(client: FlaskClient, kind: str, place: str, **fields: str) -> Any:
    return client.post(
        f"/affairs/new/{kind}", data={"csrf_token": token(client, "/password"), "place": place, **fields}
    )


def test_who_may_not_tell_is_refused(desk: Desk) -> None:
    inspector = desk.sign_in("thanhtra")
    for kind in (
        "staff_shortage",
        "proposal",
        "inspection_remark",
        "reminder",
        "communication_log",
        "message_content",
    ):
        assert inspector.get(f"/affairs/new/{kind}").status_code == 403
    assert inspector.get("/affairs/new/void").status_code == 404
    assert post(inspector, "/affairs/reminders", page="/password", unit="x").status_code == 403


def test_a_form_with_faults_keeps_what_was_typed(desk: Desk) -> None:
    station = desk.sign_in(station_of(desk, desk.world.communes[0]))
    answer = shortage(station, people="không", reason="Vẫn còn đây")
    assert answer.status_code == 422
    assert "Ô Số người thiếu" in answer.text
    assert "Vẫn còn đây" in answer.text
    with desk.app.app_context():
        assert matters(db.session.connection(), "staff_shortage", desk.world.communes) == []


def test_every_record_of_affairs_opens_as_an_entry(desk: Desk) -> None:
    commune = desk.world.communes[0]
    village = desk.world.villages[commune][0]
    station = desk.sign_in(station_of(desk, commune))
    shortage(station)
    page = f"/affairs/rosters/{village}"
    post(station, page, page=page, **{"reviewed_on": "2022-04-14", "members-0-full_name": "Lò Văn Ân"})
    tell(station, "communication_log", form="home", topic="x", villages=village)
    district = desk.sign_in(district_of(desk, commune))
    answered = matter_address(district, "/affairs/shortages")
    post(district, answered, page=answered, action="assigned", support="Tổ lưu động")
    with desk.app.app_context():
        kinds = ("staff_shortage", "team_roster", "communication_log", "response")
        query = db.session.query(EntryRow.kind, EntryRow.id).filter(EntryRow.kind.in_(kinds))
        entries = {row.kind: row.id for row in query}
    assert set(entries) == set(kinds)
    pages = {kind: station.get(f"/entries/{id_}") for kind, id_ in entries.items()}
    assert {answer.status_code for answer in pages.values()} == {200}
    assert "Lò Văn Ân" in pages["team_roster"].text
    assert "Tổ lưu động" in pages["response"].text
    masked = desk.sign_in("tinh").get(f"/entries/{entries['team_roster']}").text
    assert "Lò Văn Ân" not in masked
