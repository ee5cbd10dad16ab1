"""Pages about who is one person: duplicates, people without papers, files exchanged."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from server.accounts.exports import ExportLog
from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.ledger.models import EntryRow
from server.places.tree import Tree
from server.registers import duplicates
from server.registers.identity_models import DuplicateCandidate, IdMatch, SamePerson
from server.registers.models import Dose, Immunisation, Person
from server.registers.papers import matched_share
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from tests.server.conftest import Desk, post, token
from tests.server.world import TODAY

NAME = "Nguyễn Thị Hoàng Phương Quỳnh Như"
BARE = "NGUYEN THI HOANG PHUONG QUYNH NHU"

Q = "/duplicates"


def station(desk: Desk, commune: int) -> str:
    """The user name of a commune's station."""
    return f"tram.{desk.world.stations[desk.world.communes[commune]][:6]}"


def write(desk: Desk, commune: int, kind: str, **entry: Any) -> str:
    """One entry by the commune's station; its subject."""
    user = db.session.get(User, desk.world.users[station(desk, commune)])
    assert user is not None
    author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
    subject = author.write(kind, **entry)
    author.flush()
    db.session.commit()
    return subject


def person(desk: Desk, commune: int, name: str, **changed: Any) -> str:
    """Somebody in the commune's first village."""
    village = desk.world.villages[desk.world.communes[commune]][0]
    house = write(desk, commune, "household", place=village, body={"head_name": "Lò Văn Chủ"})
    body = {
        "household": house, "full_name": name, "birth_date": "1985-06-12", "birth_precision": "day",
        "sex": "female", "id_kind": "none", "residence": "permanent", **changed,
    }  # fmt: skip
    return write(desk, commune, "person", place=village, body=body)


def dose(desk: Desk, commune: int, subject: str, dose_type: str, on: date) -> None:
    body = {"vaccine": "AZ", "dose_type": dose_type, "screening": "eligible", "lot_number": "PV46664"}
    site = desk.world.stations[desk.world.communes[commune]]
    write(desk, commune, "dose", subject=subject, place=site, body=body, occurred_on=on)


def look() -> None:
    connection = db.session.connection()
    duplicates.scan(connection, duplicates.unscanned_villages(connection), TODAY)
    db.session.commit()


def district_of(desk: Desk, commune: int) -> str:
    """The user name of the district reviewer of a commune: communes stand two a district."""
    with desk.app.app_context():
        tree = Tree.load(db.session.connection(), TODAY)
    node = tree.up(desk.world.communes[commune], "district")
    assert node is not None
    return f"huyen.{node.code}"


@pytest.fixture
def twice(desk: Desk) -> tuple[Desk, str, str]:
    """One woman registered in the first two communes, with one dose twice and another once."""
    with desk.app.app_context():
        one, other = person(desk, 0, NAME), person(desk, 1, BARE, id_kind="cccd", id_number="012185001234")
        dose(desk, 0, one, "primary_1", date(2021, 9, 10))
        dose(desk, 1, other, "primary_1", date(2021, 9, 10))
        dose(desk, 1, other, "primary_2", date(2021, 10, 12))
        look()
    return desk, one, other


def key(one: str, other: str) -> str:
    return ".".join(sorted((one, other)))


def immunised(person_id: str) -> Any:
    query = select(Immunisation.primary_1_on, Immunisation.primary_2_on)
    return db.session.execute(query.where(Immunisation.person_id == person_id)).first()


@pytest.mark.proves("R095", "L18")
def test_a_pair_is_judged_merged_and_taken_apart(twice: tuple[Desk, str, str]) -> None:
    desk, one, other = twice
    reviewer = desk.sign_in(district_of(desk, 0))
    with desk.app.app_context():
        entries = db.session.scalar(select(func.count()).select_from(EntryRow))
    page = reviewer.get(f"{Q}?level=likely").text
    assert NAME in page
    assert BARE in page
    assert "Cùng họ tên, một bên không dấu" in page
    assert page.count("Cùng mũi cùng ngày") == 1
    assert re.search(rf'value="{other}" data-key="\d" checked', page), "the record with a number is proposed"
    answer = post(
        reviewer, f"{Q}/{key(one, other)}", Q, verdict="same", keep=other, checked_by="papers", note="x"
    )
    assert answer.status_code == 302
    assert NAME not in reviewer.get(Q).text
    with desk.app.app_context():
        assert db.session.get(Person, one).merged_into == other  # type: ignore[union-attr]
        assert immunised(one) is None
        assert immunised(other) == (date(2021, 9, 10), date(2021, 10, 12))
        assert db.session.scalar(select(func.count()).select_from(EntryRow)) == entries + 1
    listed = reviewer.get(f"{Q}/verdicts").text
    assert NAME in listed
    assert "Hồ sơ giữ lại" in listed
    (verdict,) = re.findall(r"/duplicates/verdicts/([0-9a-f-]{36})/withdraw", listed)
    assert post(reviewer, f"{Q}/verdicts/{verdict}/withdraw", f"{Q}/verdicts").status_code == 302
    assert NAME in reviewer.get(Q).text
    with desk.app.app_context():
        assert db.session.get(Person, one).merged_into is None  # type: ignore[union-attr]
        assert immunised(one) == (date(2021, 9, 10), None)
        assert immunised(other) == (date(2021, 9, 10), date(2021, 10, 12))


def test_two_people_do_not_come_up_again_and_a_new_verdict_replaces_the_old(
    twice: tuple[Desk, str, str],
) -> None:
    desk, one, other = twice
    reviewer = desk.sign_in(district_of(desk, 0))
    assert post(reviewer, f"{Q}/{key(one, other)}", Q, verdict="different").status_code == 302
    assert NAME not in reviewer.get(Q).text
    assert NAME in reviewer.get(f"{Q}/verdicts?verdict=different").text
    assert "đã có kết luận" in reviewer.get(f"{Q}/{key(one, other)}").text
    post(reviewer, f"{Q}/{key(one, other)}", f"{Q}/{key(one, other)}", verdict="same", keep=one)
    assert NAME not in reviewer.get(f"{Q}/verdicts?verdict=different").text
    with desk.app.app_context():
        assert db.session.get(Person, other).merged_into == one  # type: ignore[union-attr]


def test_skipping_goes_on_and_ends(twice: tuple[Desk, str, str]) -> None:
    desk, one, other = twice
    with desk.app.app_context():
        third = person(desk, 0, NAME)
        look()
    reviewer = desk.sign_in(district_of(desk, 0))
    address, seen = Q, set[str]()
    for _ in range(10):
        page = reviewer.get(address).text
        if (skip := re.search(r'href="([^"]+)" data-key="b"', page)) is None:
            break
        address = skip[1].replace("&amp;", "&")
        seen.add(address.partition("after=")[2])
    assert {key(one, other), key(one, third), key(other, third)} <= seen
    assert "Đã đến cuối danh sách" in page
    assert reviewer.get(f"{Q}?after=nonsense").status_code == 200


@pytest.mark.proves("L24")
def test_a_pair_is_shown_to_those_only_whose_area_holds_both(twice: tuple[Desk, str, str]) -> None:
    desk, one, other = twice
    elsewhere = desk.sign_in(district_of(desk, 6))
    for client in (desk.sign_in(station(desk, 0)), elsewhere):
        page = client.get(Q).text
        assert NAME not in page
        assert BARE not in page
        assert client.get(f"{Q}/{key(one, other)}").status_code == 404
        refused = post(client, f"{Q}/{key(one, other)}", "/password", verdict="same", keep=one)
        assert refused.status_code == 404
    assert "1 cặp có một hồ sơ ngoài địa bàn" in desk.sign_in(station(desk, 0)).get(Q).text
    assert desk.sign_in("quantri").get(Q).status_code == 403


def test_the_province_judges_without_reading_names_and_the_inspector_only_looks(
    twice: tuple[Desk, str, str],
) -> None:
    desk, one, other = twice
    address = f"{Q}/{key(one, other)}"
    for username, decides in (("tinh", True), ("thanhtra", False)):
        client = desk.sign_in(username)
        page = client.get(address).text
        assert NAME not in page
        assert BARE not in page
        assert "012185001234" not in page
        assert "12/06/1985" not in page
        assert "N. T. H. P. Q. N." in page
        assert ('name="verdict"' in page) is decides
        answer = post(client, address, "/password", verdict="same", keep=one)
        assert answer.status_code == (302 if decides else 403)


@pytest.mark.proves("L24")
def test_an_entry_names_nobody_of_elsewhere(desk: Desk) -> None:
    with desk.app.app_context():
        one, other = person(desk, 0, NAME), person(desk, 6, BARE)
        look()
    province = desk.sign_in("tinh")
    address = f"{Q}/{key(one, other)}"
    assert post(province, address, address, verdict="same", keep=one).status_code == 302
    with desk.app.app_context():
        verdict = db.session.scalars(select(SamePerson.id)).one()
    page = desk.sign_in(district_of(desk, 0)).get(f"/entries/{verdict}").text
    assert NAME in page
    assert BARE not in page


def test_a_verdict_without_a_record_to_keep_is_sent_back(twice: tuple[Desk, str, str]) -> None:
    desk, one, other = twice
    reviewer = desk.sign_in(district_of(desk, 0))
    answer = post(reviewer, f"{Q}/{key(one, other)}", Q, verdict="same", keep="x")
    assert answer.status_code == 422
    assert post(reviewer, f"{Q}/{key(one, other)}", Q, verdict="perhaps").status_code == 400
    with desk.app.app_context():
        assert db.session.scalars(select(Person.id).where(Person.merged_into.is_not(None))).all() == []


def upload(client: FlaskClient, address: str, page: str, data: bytes, name: str = "tep.csv") -> TestResponse:
    fields = {"csrf_token": token(client, page), "file": (io.BytesIO(data), name)}
    return client.post(address, data=fields, content_type="multipart/form-data")


def confirm(client: FlaskClient, shown: TestResponse, address: str) -> TestResponse:
    """Write what a preview shows."""
    carried = re.search(r'name="table" value="([^"]*)"', shown.text)
    secret = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
    assert carried, shown.text
    assert secret
    table = carried[1].replace("&#34;", '"').replace("&amp;", "&").replace("&#39;", "'")
    json.loads(table)
    return client.post(address, data={"csrf_token": secret[1], "table": table, "filename": "tep.csv"})


def sheet(data: bytes) -> list[list[Any]]:
    rows = load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    return [list(row) for row in rows]


def csv_rows(answer: TestResponse) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.proves("R011")
def test_people_without_papers_go_to_the_police_and_come_back_with_numbers(desk: Desk) -> None:
    with desk.app.app_context():
        one = person(desk, 0, NAME)
        person(desk, 0, "Lò Văn Mất", residence="deceased")
        log = db.session.scalar(select(func.count()).select_from(ExportLog))
    client = desk.sign_in(station(desk, 0))
    page = client.get("/papers").text
    assert NAME in page
    assert "Lò Văn Mất" not in page
    answer = post(client, "/papers/file", "/papers", ending="xlsx", place=desk.world.communes[0])
    header, *rows = sheet(answer.data)
    assert header[0] == "Mã hồ sơ"
    line = next(row for row in rows if row[0] == one)
    assert line[1:4] == [NAME, "12/06/1985", "Nữ"]
    assert line[-2:] == [None, None]
    with desk.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ExportLog)) == log + 1
        kept = db.session.scalars(select(ExportLog)).one()
        assert (kept.what, kept.rows, kept.place_id) == ("papers", len(rows), desk.world.communes[0])
    elsewhere = desk.world.persons[desk.world.villages[desk.world.communes[5]][0]][0]
    given = (
        "Mã hồ sơ,Số định danh được cấp,Loại giấy tờ\n"
        f"{one},12085001234,\n"  # the leading zero lost, and a man's number of another year is only doubtful
        f"{elsewhere},012085001235,\n"
        f"{rows[0][0] if rows[0][0] != one else rows[1][0]},,\n"
    )
    shown = upload(client, "/exchange/personal_codes", "/papers", given.encode())
    assert "không tìm thấy đúng một người" in shown.text
    assert "Số giấy tờ cho biết giới tính khác" in shown.text
    assert confirm(client, shown, "/exchange/personal_codes/write").status_code == 302
    with desk.app.app_context():
        changed = db.session.get(Person, one)
        assert changed is not None
        assert (changed.id_number, changed.id_kind) == ("012085001234", "personal_code")
        assert db.session.get(Person, elsewhere).id_number is None  # type: ignore[union-attr]
    assert NAME not in client.get("/papers").text
    assert "Không đổi" in upload(client, "/exchange/personal_codes", "/papers", given.encode()).text


@pytest.mark.proves("L24")
def test_names_leave_only_with_those_who_see_them(desk: Desk) -> None:
    with desk.app.app_context():
        person(desk, 0, NAME, id_kind="cccd", id_number="012185001234")
        dose(desk, 0, person(desk, 0, "Lò Thị Ân"), "primary_1", date(2021, 9, 10))
    commune = desk.world.communes[0]
    province = desk.sign_in("tinh")
    assert post(province, "/papers/file", "/password", ending="csv", place=commune).status_code == 403
    assert NAME not in province.get("/papers").text
    for what in ("matching", "doses"):
        masked = post(province, f"/exchange/{what}/file", "/exchange", ending="csv", place=commune)
        assert masked.status_code == 200
        assert "Lò Thị Ân" not in masked.text
        assert NAME not in masked.text
    other = desk.sign_in(station(desk, 4))
    for address in ("/papers/file", "/exchange/matching/file", "/exchange/doses/file"):
        assert post(other, address, "/password", ending="csv", place=commune).status_code == 404
    assert other.get(f"/papers?place={commune}").status_code == 404


@pytest.mark.proves("R053", "R064")
def test_an_answer_of_the_population_database_is_kept_with_each_person(desk: Desk) -> None:
    number = "012185001234"
    with desk.app.app_context():
        one = person(desk, 0, NAME, id_kind="cccd", id_number=number)
        two = person(desk, 0, "Lò Thị Ân", id_kind="cccd", id_number="012185009999")
    client = desk.sign_in(station(desk, 0))
    commune = desk.world.communes[0]
    header, *rows = csv_rows(
        post(client, "/exchange/matching/file", "/exchange", ending="csv", place=commune)
    )
    assert header[:2] == ["Số định danh", "Họ và tên"]
    assert [number, NAME, "12/06/1985", "Nữ"] in [row[:4] for row in rows]
    answer = (
        "Số định danh,Kết quả đối khớp,Họ và tên,Ngày sinh\n"
        f"{number},Khớp,NGUYEN THI HOANG PHUONG QUYNH NHU,12/06/1985\n"
        "012185009999,Khớp,Lò Thị Ân,13/06/1985\n"
        "012185000000,Khớp,,\n"
    )
    shown = upload(client, "/exchange/matching", "/exchange", answer.encode())
    assert "không ai mang số 012185000000" in shown.text
    assert confirm(client, shown, "/exchange/matching/write").status_code == 302
    with desk.app.app_context():
        found = {row.person_id: row for row in db.session.scalars(select(IdMatch))}
        assert (found[one].answer, found[one].differs) == ("matched", "")
        assert (found[two].answer, found[two].differs) == ("differs", "birth_date")
        assert json.loads(found[two].told) == {"birth_date": "1985-06-13"}
        village = desk.world.villages[commune][0]
        share = matched_share(db.session.connection(), [village])[village]
        assert (share.numbered, share.matched) == (2, 1)
        assert share.people > 2
        entries = db.session.scalar(select(func.count()).select_from(EntryRow))
    again = upload(client, "/exchange/matching", "/exchange", answer.encode())
    assert 'name="table"' not in again.text
    better = upload(client, "/exchange/matching", "/exchange", answer.replace("13/06", "12/06").encode())
    confirm(client, better, "/exchange/matching/write")
    with desk.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(EntryRow)) == entries + 1
        latest = select(IdMatch.answer).where(IdMatch.person_id == two, IdMatch.latest)
        assert db.session.scalars(latest).all() == ["matched"]


@pytest.mark.proves("R062")
def test_dose_histories_go_out_and_come_in_once(twice: tuple[Desk, str, str]) -> None:
    desk, one, other = twice
    reviewer = desk.sign_in(district_of(desk, 0))
    post(reviewer, f"{Q}/{key(one, other)}", Q, verdict="same", keep=other)
    commune = desk.world.communes[1]
    client = desk.sign_in(station(desk, 1))
    _, *rows = csv_rows(post(client, "/exchange/doses/file", "/exchange", ending="csv", place=commune))
    mine = [row for row in rows if row[0] == other]
    assert [row[6:9] for row in mine] == [["Mũi 1", "AZ", "10/09/2021"], ["Mũi 2", "AZ", "12/10/2021"]]
    given = (
        "Số định danh,Mũi,Vắc xin,Ngày tiêm,Nơi tiêm\n"
        "012185001234,Mũi 2,AstraZeneca,12/10/2021,Bệnh viện tỉnh\n"
        "012185001234,Mũi 3 (nhắc lại lần 1),Vaxzevria,01/03/2022,Bệnh viện tỉnh\n"
        "012185001234,Mũi 4 (nhắc lại lần 2),AZ,01/03/2032,\n"
        "012185007777,Mũi 1,AZ,01/03/2022,\n"
    )
    shown = upload(client, "/exchange/doses", "/exchange", given.encode())
    assert shown.status_code == 200
    assert confirm(client, shown, "/exchange/doses/write").status_code == 302
    with desk.app.app_context():
        new = db.session.scalars(select(Dose).where(Dose.from_certificate)).one()
        assert (new.person_id, new.dose_type, new.given_on) == (other, "booster_1", date(2022, 3, 1))
        assert new.recorded_on == TODAY, "recorded today, whenever it was given"
    again = upload(client, "/exchange/doses", "/exchange", given.encode())
    assert 'name="table"' not in again.text
    assert desk.sign_in("tinh").get("/exchange").status_code == 200
    assert upload(desk.sign_in("tinh"), "/exchange/doses", "/exchange", given.encode()).status_code == 403


def test_the_log_tells_who_took_what(desk: Desk) -> None:
    client = desk.sign_in(station(desk, 0))
    post(client, "/exchange/doses/file", "/exchange", ending="xlsx", place=desk.world.communes[0])
    page = client.get("/exchange").text
    assert "Lịch sử tiêm" in page.partition("Nhật ký lấy tệp")[2]
    assert "Lịch sử tiêm" not in desk.sign_in(station(desk, 3)).get("/exchange").text.partition("Nhật ký")[2]
    assert (
        post(client, "/exchange/nothing/file", "/exchange", place=desk.world.communes[0]).status_code == 404
    )


def test_pages_speak_english(twice: tuple[Desk, str, str]) -> None:
    desk, _, _ = twice
    client = desk.sign_in(district_of(desk, 0), "en")
    with desk.app.app_context():
        assert db.session.scalars(select(DuplicateCandidate)).first() is not None
    assert "Are these two records one person?" in client.get(Q).text
    assert "People without papers" in client.get("/papers").text
    assert "Quality of the denominator" in client.get("/exchange").text
    assert "Merged" in client.get(f"{Q}/verdicts").text
