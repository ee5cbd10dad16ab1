"""Plans on pages: what applies, a new version, comparing, files out and in, openings, deviations; who may do what."""

from __future__ import annotations

import html
import io
import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.plans.goals import Goal, goals_of, planned_people
from server.plans.models import PlanDeviation, PlanTarget
from server.registers.safety import DoseOpening
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from shared.identifiers import named_id
from tests.server.conftest import Desk, post
from tests.server.web.test_imports import confirm, counts, upload
from tests.server.world import DUE, TODAY

LATER = "2022-04-18"


def place_code(desk: Desk, place: str) -> str:
    from server.places.models import PlaceVersion

    with desk.app.app_context():
        return str(db.session.scalar(select(PlaceVersion.code).where(PlaceVersion.place_id == place)))


def district_of(desk: Desk, commune: str) -> str:
    from server.places.models import PlaceVersion

    with desk.app.app_context():
        return str(db.session.scalar(select(PlaceVersion.parent_id).where(PlaceVersion.place_id == commune)))


def adult_goal(desk: Desk, due_on: date = DUE) -> Goal:
    return Goal(due_on, "A18", "booster_1", desk.world.campaign)


def form_fields(page: TestResponse) -> dict[str, str]:
    """Every input of the form of targets as it stands."""
    form = page.text[page.text.index('method="post" action') :]
    inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form)]
    named = {tag["name"]: html.unescape(tag.get("value", "")) for tag in inputs}
    return {n: v for n, v in named.items() if n != "csrf_token" and not n.startswith("withdrawn.")}


def edit(desk: Desk, client: FlaskClient, commune: str, **changed: Any) -> dict[str, str]:
    page = client.get(
        f"/plans/{desk.world.campaign}/edit",
        query_string={
            "place": district_of(desk, commune), "age_group": "A18", "dose_type": "booster_1",
            "document": "CV 400/SYT", "valid_from": LATER,
        },
    )  # fmt: skip
    assert page.status_code == 200
    return form_fields(page) | changed


def preview(desk: Desk, client: FlaskClient, fields: dict[str, str]) -> TestResponse:
    return post(client, f"/plans/{desk.world.campaign}/edit", page="/password", **fields)


def write(desk: Desk, client: FlaskClient, shown: TestResponse) -> TestResponse:
    names = ("lines", "document", "valid_from", "age_group", "dose_type", "place")
    fields = {n: html.unescape(re.findall(rf'name="{n}" value="([^"]*)"', shown.text)[0]) for n in names}
    return post(client, f"/plans/{desk.world.campaign}/edit/write", page="/password", **fields)


@pytest.mark.proves("R091", "R057")
def test_a_new_version_from_the_form_overwrites_nothing(desk: Desk) -> None:
    client, commune = desk.sign_in("tinh"), desk.world.communes[0]
    fields = edit(desk, client, commune)
    name = f"people.{commune}.{DUE.isoformat()}"
    assert fields[name] == "40"
    shown = preview(desk, client, fields | {name: "1.055"})
    assert shown.status_code == 200
    assert "1.055" in shown.text
    with desk.app.app_context():
        before = db.session.execute(select(PlanTarget.__table__).order_by(PlanTarget.id)).all()
    answer = write(desk, client, shown)
    assert answer.status_code == 302
    with desk.app.app_context():
        after = db.session.execute(select(PlanTarget.__table__).order_by(PlanTarget.id)).all()
        assert set(before) < set(after)
        [new] = set(after) - set(before)
        assert (new.document, new.valid_from.isoformat(), new.planned_people) == ("CV 400/SYT", LATER, 1055)
        connection, province = db.session.connection(), desk.world.province
        assert planned_people(connection, province, TODAY)[adult_goal(desk), commune] == 40
        assert planned_people(connection, province, date(2022, 4, 18))[adult_goal(desk), commune] == 1055
    compared = client.get(answer.headers["Location"])
    assert "KH 1130/KH-UBND → CV 400/SYT" in compared.text
    assert "+1.015" in compared.text
    today, later = (
        client.get(f"/plans/{desk.world.campaign}", query_string={"as_of": d}) for d in ("2022-04-15", LATER)
    )
    assert "1.055" not in today.text
    assert "1.055" in later.text


def test_a_due_day_moves_and_a_target_is_withdrawn_in_one_version(desk: Desk) -> None:
    client, (one, other) = desk.sign_in("tinh"), desk.world.communes[:2]
    assert district_of(desk, one) == district_of(desk, other)
    fields = edit(desk, client, one)
    changed = {f"due.{one}.{DUE.isoformat()}": "2022-05-31", f"withdrawn.{other}.{DUE.isoformat()}": "on"}
    shown = preview(desk, client, fields | changed)
    assert "2 chỉ tiêu thay đổi" in shown.text
    write(desk, client, shown)
    with desk.app.app_context():
        planned = planned_people(db.session.connection(), desk.world.province, date(2022, 4, 18))
        assert planned[adult_goal(desk, date(2022, 5, 31)), one] == 40
        assert (adult_goal(desk), one) not in planned
        assert not any(place == other and goal.age_group == "A18" for goal, place in planned)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Chưa có chỉ tiêu nào khác"),
        ({"document": ""}, "Văn bản"),
        ({"people": "nhiều"}, "nhiều"),
        ({"people": "55", "due": ""}, "Cần cả số người và hạn"),
        ({"people": "55", "due": "2022-04-01"}, "01/04/2022"),
        ({"people": "55", "valid_from": "2022-02-01"}, "KH 1130/KH-UBND"),
    ],
)
def test_a_faulty_form_comes_back_as_it_was_typed(desk: Desk, changed: dict[str, str], words: str) -> None:
    client, commune = desk.sign_in("tinh"), desk.world.communes[0]
    fields = edit(desk, client, commune)
    key = f".{commune}.{DUE.isoformat()}"
    typed = {f"{n}{key}" if n in ("people", "due") else n: v for n, v in changed.items()}
    if changed.get("valid_from"):  # before the plan there is nothing to change: the target is a new one
        typed = {
            "valid_from": "2022-02-01",
            f"people.{commune}.new": "55",
            f"due.{commune}.new": "2022-04-30",
        }
    answer = preview(desk, client, fields | typed)
    assert answer.status_code == 422
    assert words in html.unescape(answer.text)
    for value in typed.values():
        assert html.escape(value) in answer.text
    with desk.app.app_context():
        assert "CV 400/SYT" not in db.session.scalars(select(PlanTarget.document)).all()


def test_what_the_preview_carried_is_not_trusted(desk: Desk) -> None:
    client, commune = desk.sign_in("tinh"), desk.world.communes[0]
    sound = {"document": "CV 1", "valid_from": LATER, "age_group": "A18", "dose_type": "booster_1"}
    address = f"/plans/{desk.world.campaign}/edit/write"
    for lines, status in (
        ("", 400),
        ("[[1]]", 400),
        (f'[["{commune}", null, null, "x", 5]]', 400),
        (f'[["{named_id("elsewhere")}", null, null, "2022-05-31", 5]]', 404),
        ("[]", 422),
    ):
        assert post(client, address, page="/password", **sound, lines=lines).status_code == status, lines
    fine = f'[["{commune}", null, null, "2022-05-31", 5]]'
    assert (
        post(client, address, page="/password", **(sound | {"document": ""}), lines=fine).status_code == 400
    )


@pytest.mark.proves("R057")
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_plan_as_a_file_imports_again_without_a_change(desk: Desk, ending: str) -> None:
    client = desk.sign_in("tinh")
    file = client.get(f"/plans/{desk.world.campaign}/plan.{ending}")
    assert "attachment" in file.headers["Content-Disposition"]
    again = upload(client, "plan", file.data, f"ke-hoach.{ending}")
    assert counts(again) == {"new": 0, "changed": 0, "same": 2 * len(desk.world.communes), "fault": 0}
    if ending == "xlsx":
        sheet = load_workbook(io.BytesIO(file.data)).active
        assert sheet is not None
        assert sheet["H2"].value == 40, "a number, not text"
        codes = {place_code(desk, commune) for commune in desk.world.communes}
        assert {row[0].value for row in sheet.iter_rows(min_row=2)} == codes, "codes keep their zeros"


@pytest.mark.proves("R091")
def test_a_file_of_a_later_document_is_a_version_of_its_own(desk: Desk) -> None:
    client, commune = desk.sign_in("tinh"), desk.world.communes[0]
    row = f"{place_code(desk, commune)},≥18 tuổi,mũi 3,30/04/2022,77,CV 500,18/04/2022"
    head = "Mã xã,Nhóm tuổi,Mũi,Hạn hoàn thành,Số người theo kế hoạch,Văn bản,Có hiệu lực từ"
    confirm(client, "plan", upload(client, "plan", f"{head}\n{row}\n".encode()))
    with desk.app.app_context():
        connection, province = db.session.connection(), desk.world.province
        assert planned_people(connection, province, TODAY)[adult_goal(desk), commune] == 40
        assert planned_people(connection, province, date(2022, 4, 18))[adult_goal(desk), commune] == 77


def test_the_mapping_made_by_hand_is_remembered(desk: Desk) -> None:
    client, commune = desk.sign_in("tinh"), desk.world.communes[0]
    with desk.app.app_context():
        from server.places.models import PlaceVersion

        name = db.session.scalar(select(PlaceVersion.name).where(PlaceVersion.place_id == commune))
    text = f"KẾ HOẠCH QUÝ II\n\nNơi;Ai;Lần;Bao giờ;Bao nhiêu\n{name};≥18 tuổi;mũi 3;30/06/2022;77\n".encode()
    first = upload(client, "plan", text, "quy2.csv")
    assert first.status_code == 422
    names = ("lines", "filename", "mapping", "shown_row")
    along = {n: html.unescape(re.findall(rf'name="{n}" value="([^"]*)"', first.text)[0]) for n in names}
    by_hand = along | {
        "header_row": along["shown_row"], "column.place_name": "0", "column.age_group": "1",
        "column.dose_type": "2", "column.due_on": "3", "column.planned_people": "4",
        "fixed.document": "KH 300", "fixed.valid_from": "18/04/2022",
    }  # fmt: skip
    shown = post(client, "/imports/plan/map", page="/imports", **by_hand)
    assert counts(shown) == {"new": 1, "changed": 0, "same": 0, "fault": 0}
    assert confirm(client, "plan", shown).status_code == 302
    again = upload(client, "plan", text.replace(b"77", b"78"), "quy2-lai.csv")
    assert "khớp 5/12 cột" in again.text
    missing = re.findall(r"thiếu cột: ([^.]+)\.", again.text)
    assert missing == ["Văn bản (document), Có hiệu lực từ (valid_from)"], (
        "what was said once for one file is asked again"
    )


def test_a_school_is_a_target_and_stands_with_its_commune(desk: Desk) -> None:
    commune = desk.world.communes[0]
    school = named_id("school", commune)
    with desk.app.app_context():
        admin = db.session.scalars(select(User).where(User.username == "quantri")).one()
        author = ServerAuthor(db.session.connection(), admin, current_settings().clock, PROJECTORS)
        version = {
            "valid_from": "2020-01-01",
            "name": "Trường PTDT nội trú",
            "unit_type": "Trường",
            "parent": commune,
        }
        author.write(
            "place",
            subject=school,
            place=desk.world.province,
            body={"level": "school", "versions": [version]},
        )
        author.flush()
        db.session.commit()
    client = desk.sign_in("tinh")
    fields = edit(desk, client, commune)
    typed = {f"people.{school}.new": "312", f"due.{school}.new": "2022-05-15"}
    write(desk, client, preview(desk, client, fields | typed))
    page = client.get(f"/plans/{desk.world.campaign}", query_string={"as_of": LATER})
    row = page.text[page.text.index("Trường PTDT nội trú") :]
    row = row[: row.index("</tr>")]
    with desk.app.app_context():
        from server.places.models import PlaceVersion

        name = db.session.scalar(select(PlaceVersion.name).where(PlaceVersion.place_id == commune))
    assert "312" in row
    assert str(name) in row
    file = client.get(f"/plans/{desk.world.campaign}/plan.csv", query_string={"as_of": LATER})
    again = upload(client, "plan", file.data)
    assert counts(again) == {"new": 0, "changed": 0, "same": 2 * len(desk.world.communes) + 1, "fault": 0}


@pytest.mark.proves("R061", "R007")
def test_the_province_opens_a_dose_by_date_and_document(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    page = client.get("/plans/openings")
    assert "chưa mở, chờ hướng dẫn" in page.text
    fields = {
        "age_group": "A05_11", "dose_type": "primary_2", "opens_on": "2022-05-03", "document": "CV 2/BYT",
        "vaccines": "PFZ_CHILD",
    }  # fmt: skip
    assert (
        post(client, "/plans/openings", page="/plans/openings", **(fields | {"document": ""})).status_code
        == 422
    )
    assert (
        post(client, "/plans/openings", page="/plans/openings", **(fields | {"opens_on": "mai"})).status_code
        == 422
    )
    faulty = post(client, "/plans/openings", page="/plans/openings", **(fields | {"interval_days": "x"}))
    assert faulty.status_code == 422
    assert "CV 2/BYT" in faulty.text
    assert post(client, "/plans/openings", page="/plans/openings", **fields).status_code == 302
    assert "mở từ 03/05/2022" in client.get("/plans/openings").text
    with desk.app.app_context():
        row = db.session.execute(select(DoseOpening.__table__)).one()
        assert (row.province_id, row.vaccines, row.document) == (desk.world.province, "PFZ_CHILD", "CV 2/BYT")


def deviation(desk: Desk, place: str) -> dict[str, str]:
    return {
        "place": place, "about": adult_goal(desk).key, "reason": "access", "from_on": "2022-04-11",
        "differs": "Đường vào bản bị sạt lở", "proposed": "Lùi hạn", "proposed_people": "1.200",
        "proposed_due_on": "2022-05-10",
    }  # fmt: skip


@pytest.mark.proves("R090")
def test_a_commune_reports_a_deviation_and_the_levels_above_see_it(desk: Desk) -> None:
    commune = desk.world.communes[0]
    station = desk.sign_in(f"tram.{desk.world.stations[commune][:6]}")
    answer = post(station, "/plans/deviations/new", page="/plans/deviations/new", **deviation(desk, commune))
    assert answer.status_code == 302
    huyen = f"huyen.{place_code(desk, district_of(desk, commune))}"
    for username in ("tinh", huyen, "thanhtra"):
        page = desk.sign_in(username).get("/plans/deviations")
        assert "Đường vào bản bị sạt lở" in page.text
        assert "1.200 người" in page.text
        assert "Rút báo cáo" not in page.text
    other = next(c for c in desk.world.communes if district_of(desk, c) != district_of(desk, commune))
    elsewhere = desk.sign_in(f"huyen.{place_code(desk, district_of(desk, other))}")
    assert "sạt lở" not in elsewhere.get("/plans/deviations").text
    with desk.app.app_context():
        entry_id = db.session.scalar(select(PlanDeviation.id))
    address = f"/plans/deviations/{entry_id}/withdraw"
    assert post(elsewhere, address, page="/password").status_code == 404
    assert post(desk.sign_in(huyen), address, page="/password").status_code == 403
    assert post(station, address, page="/password").status_code == 302
    assert "sạt lở" not in station.get("/plans/deviations").text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"place": ""}, "Địa bàn"),
        ({"about": "x"}, "Chỉ tiêu bị lệch"),
        ({"reason": ""}, "Lý do"),
        ({"differs": " "}, "Khác kế hoạch ở điểm nào"),
        ({"from_on": ""}, "Khác từ ngày"),
        ({"proposed_due_on": "mai"}, "Hạn đề xuất"),
        ({"proposed_people": "ít"}, "Số người đề xuất"),
    ],
)
def test_a_deviation_without_what_it_needs_comes_back(
    desk: Desk, changed: dict[str, str], words: str
) -> None:
    client, commune = desk.sign_in("tinh"), desk.world.communes[0]
    fields = deviation(desk, commune) | changed
    answer = post(client, "/plans/deviations/new", page="/plans/deviations/new", **fields)
    assert answer.status_code == 422
    assert words in answer.text[answer.text.index('role="alert"') :][:400]
    if "differs" not in changed:
        assert "Đường vào bản bị sạt lở" in answer.text


def test_one_reports_for_ones_own_area_only(desk: Desk) -> None:
    commune, other = desk.world.communes[0], desk.world.communes[-1]
    station = desk.sign_in(f"tram.{desk.world.stations[commune][:6]}")
    answer = post(station, "/plans/deviations/new", page="/plans/deviations/new", **deviation(desk, other))
    assert answer.status_code == 404


@pytest.mark.parametrize("role", ["station", "district", "inspector"])
def test_below_the_province_plans_are_seen_and_not_changed(desk: Desk, role: str) -> None:
    commune = desk.world.communes[0]
    username = {
        "station": f"tram.{desk.world.stations[commune][:6]}",
        "district": f"huyen.{place_code(desk, district_of(desk, commune))}",
        "inspector": "thanhtra",
    }[role]
    client, campaign = desk.sign_in(username), desk.world.campaign
    page = client.get(f"/plans/{campaign}")
    assert page.status_code == 200
    seen = {c for c in desk.world.communes if place_code(desk, c) and c in _places_of(desk, client)}
    assert (len(seen) == len(desk.world.communes)) is (role == "inspector")
    assert "Sửa chỉ tiêu" not in page.text
    assert "Mở mũi tiêm mới" not in client.get("/plans/openings").text
    assert client.get(f"/plans/{campaign}/edit").status_code == 403
    for address in (f"/plans/{campaign}/edit", f"/plans/{campaign}/edit/write", "/plans/openings"):
        assert post(client, address, page="/password").status_code == 403, address
    if role == "inspector":
        assert post(client, "/plans/deviations/new", page="/password").status_code == 403


def _places_of(desk: Desk, client: FlaskClient) -> set[str]:
    """The communes whose targets a file for this reader holds."""
    text = client.get(f"/plans/{desk.world.campaign}/plan.csv").data.decode("utf-8-sig")
    codes = {line.split(",")[0] for line in text.splitlines()[1:]}
    return {c for c in desk.world.communes if place_code(desk, c) in codes}


def test_a_campaign_of_another_province_does_not_exist(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    for page in ("", "/compare", "/edit", "/plan.csv"):
        assert client.get(f"/plans/{named_id('other')}{page}").status_code == 404
    assert client.get(f"/plans/{desk.world.campaign}/plan.pdf").status_code == 404


@pytest.mark.proves("R055")
def test_a_campaign_against_another_disease_is_data(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    fields = {
        "name_vi": "Tiêm nhắc bạch hầu 2022", "name_en": "Diphtheria boosters 2022", "disease": "Bạch hầu",
        "document": "KH 55/KH-UBND", "starts_on": "2022-05-01",
    }  # fmt: skip
    faulty = post(client, "/plans/new", page="/plans/new", **(fields | {"disease": ""}))
    assert faulty.status_code == 422
    assert "KH 55/KH-UBND" in faulty.text
    answer = post(client, "/plans/new", page="/plans/new", **fields)
    assert "Tiêm nhắc bạch hầu 2022" in client.get(answer.headers["Location"]).text
    assert "Bạch hầu" in client.get("/plans").text
    campaign, commune = answer.headers["Location"].split("/")[-1], desk.world.communes[0]
    head = "Mã xã,Nhóm tuổi,Mũi,Hạn hoàn thành,Số người theo kế hoạch,Văn bản,Có hiệu lực từ,Chiến dịch"
    row = f"{place_code(desk, commune)},R_7,Mũi 1,30/06/2022,90,KH 55/KH-UBND,15/04/2022,Tiêm nhắc bạch hầu 2022"
    confirm(client, "plan", upload(client, "plan", f"{head}\n{row}\n".encode()))
    assert "Trẻ 7 tuổi (Td)" in client.get(f"/plans/{campaign}").text
    for username in ("thanhtra", f"tram.{desk.world.stations[commune][:6]}"):
        assert desk.sign_in(username).get("/plans/new").status_code == 403


def test_pages_speak_english_too(desk: Desk) -> None:
    client = desk.sign_in("tinh", language="en")
    for page in ("", "/openings", "/deviations", "/deviations/new", "/new", f"/{desk.world.campaign}",
                 f"/{desk.world.campaign}/compare", f"/{desk.world.campaign}/edit"):  # fmt: skip
        assert client.get(f"/plans{page}").status_code == 200, page
    assert "no version" not in client.get(f"/plans/{desk.world.campaign}").text
    with desk.app.app_context():
        assert len(goals_of(db.session.connection(), desk.world.province, TODAY)) == 2
