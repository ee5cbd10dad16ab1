"""Imports: checked row by row, written only when confirmed, the same file twice changes nothing."""

from __future__ import annotations

import html
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from server.database import db
from server.ledger.models import EntryRow
from server.places.models import PlaceVersion
from server.plans.models import PlanTarget, Population
from tests.server.conftest import Desk, post, token
from tests.server.world import PASSWORD, World

VILLAGES = "Mã xã,Tên thôn bản,Loại\n{code},Bản Phiêng Ban,Bản\n{code},Tổ dân phố 4,Tổ dân phố\n"
POPULATION = (
    "commune_code;period;age_group;opening;current;source\n"
    "{code};2022;A18;3.120;3.087;Công an xã\n{code};2022;Từ 12 đến dưới 18 tuổi;410;;Công an xã\n"
)
PLAN = (
    "place_code,age_group,dose_type,due_on,planned_people,document,valid_from\n"
    "{code},A18,booster_1,30/06/2022,55,KH 2000/KH-UBND,01/05/2022\n"
)


def upload(client: FlaskClient, name: str, data: bytes, filename: str = "tep.csv") -> TestResponse:
    fields = {"csrf_token": token(client, "/imports"), "file": (io.BytesIO(data), filename)}
    return client.post(f"/imports/{name}", data=fields, content_type="multipart/form-data")


def confirm(client: FlaskClient, name: str, preview: TestResponse) -> TestResponse:
    return post(client, f"/imports/{name}/write", page="/imports", **carried(preview))


def carried(preview: TestResponse) -> dict[str, str]:
    """What a preview sends along."""
    names = ("lines", "mapping", "shown_row", "filename")
    return {
        name: html.unescape(re.findall(rf'name="{name}" value="([^"]*)"', preview.text)[0]) for name in names
    }


def counts(preview: TestResponse) -> dict[str, int]:
    found = re.findall(r'#action-(\w+)"><strong>(\d+)', preview.text)
    return {action: int(number) for action, number in found}


def signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    post(client, "/sign-in", username="quantri", password=PASSWORD)
    return client


def code_of(app: Flask, place: str) -> str:
    with app.app_context():
        found = db.session.scalar(select(PlaceVersion.code).where(PlaceVersion.place_id == place))
        return str(found)


def entries(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(EntryRow)) or 0


@pytest.mark.parametrize(
    ("name", "text"), [("villages", VILLAGES), ("population", POPULATION), ("plan", PLAN)]
)
def test_a_file_is_previewed_then_written_and_twice_changes_nothing(
    fresh: tuple[Flask, World], name: str, text: str
) -> None:
    app, world = fresh
    client = signed_in(app)
    data = text.format(code=code_of(app, world.communes[0])).encode("utf-8-sig")
    before = entries(app)
    preview = upload(client, name, data)
    assert preview.status_code == 200
    assert counts(preview)["fault"] == 0
    assert counts(preview)["new"] == len(data.decode().splitlines()) - 1
    assert entries(app) == before
    assert confirm(client, name, preview).status_code == 302
    written = entries(app)
    assert written > before
    again = upload(client, name, data)
    assert counts(again) == {"new": 0, "changed": 0, "same": counts(preview)["new"], "fault": 0}
    assert "Không có dòng nào cần ghi" in again.text
    confirm(client, name, preview)
    assert entries(app) == written


@pytest.mark.proves("R091")
def test_a_changed_figure_is_an_edit_or_a_correction(fresh: tuple[Flask, World]) -> None:
    app, world = fresh
    client, code = signed_in(app), code_of(app, world.communes[0])
    for name, text, old, new in (
        ("plan", PLAN, ",55,", ",60,"),
        ("population", POPULATION, "3.087", "3.090"),
    ):
        first = text.format(code=code).encode()
        confirm(client, name, upload(client, name, first))
        changed = upload(client, name, first.replace(old.encode(), new.encode()))
        assert counts(changed)["changed"] == 1
        confirm(client, name, changed)
    with app.app_context():
        target = select(PlanTarget.planned_people).where(PlanTarget.document == "KH 2000/KH-UBND")
        assert db.session.scalars(target).all() == [60]
        current = select(Population.age_group, Population.current).where(Population.corrected_by.is_(None))
        assert dict(db.session.execute(current).all()) == {"A18": 3090, "A12_17": None}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("villages", "Tên\nBản Mới\n", "Mã xã"),
        ("plan", "place_code,age_group\n03388,A18\n", "dose_type"),
        ("villages", "", "không có dòng nào"),
        ("villages", "Mã xã,Tên thôn bản\n", "không có dòng nào"),
    ],
)
def test_a_wrong_file_is_a_clear_fault(desk: Desk, name: str, text: str, words: str) -> None:
    answer = upload(desk.sign_in("quantri"), name, text.encode())
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"PK\x03\x04 not a zip", b"\x00\x01\x02\x03", b'a,b\n"open']
)
def test_a_file_that_is_no_table_is_a_clear_fault(desk: Desk, data: bytes) -> None:
    answer = upload(desk.sign_in("quantri"), "villages", data, "tep.xlsx" if data[:2] == b"PK" else "tep.csv")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("99999,A18,booster_1,30/06/2022,5,KH 1,01/05/2022", "không tìm thấy địa bàn có mã 99999"),
        ("{code},A99,booster_1,30/06/2022,5,KH 1,01/05/2022", "A99"),
        ("{code},A18,booster_9,30/06/2022,5,KH 1,01/05/2022", "booster_9"),
        ("{code},A18,booster_1,31/02/2022,5,KH 1,01/05/2022", "31/02/2022"),
        ("{code},A18,booster_1,30/06/2022,-5,KH 1,01/05/2022", "-5"),
        ("{code},A18,booster_1,30/06/2022,,KH 1,01/05/2022", "planned_people"),
    ],
)
def test_a_bad_row_is_named_and_the_sound_rows_go_through(desk: Desk, row: str, words: str) -> None:
    client, code = desk.sign_in("quantri"), code_of(desk.app, desk.world.communes[0])
    preview = upload(client, "plan", (PLAN + row + "\n").format(code=code).encode())
    assert counts(preview) == {"new": 1, "changed": 0, "same": 0, "fault": 1}
    assert words in preview.text
    assert "Dòng 3" in preview.text
    before = entries(desk.app)
    confirm(client, "plan", preview)
    assert entries(desk.app) == before + 1


def test_a_repeated_row_is_a_fault(desk: Desk) -> None:
    client, code = desk.sign_in("quantri"), code_of(desk.app, desk.world.communes[0])
    row = f"{code},A18,booster_1,30/06/2022,77,KH 2000/KH-UBND,01/05/2022\n"
    preview = upload(client, "plan", (PLAN.format(code=code) + row).encode())
    assert "lặp lại dòng 2" in preview.text


def test_xlsx_and_the_template_work(desk: Desk) -> None:
    client, code = desk.sign_in("quantri"), code_of(desk.app, desk.world.communes[0])
    book = Workbook()
    assert book.active is not None
    book.active.append(["Mã xã", "Tên thôn, bản"])
    book.active.append([int(code), "Bản Nà Mới"])
    out = io.BytesIO()
    book.save(out)
    preview = upload(client, "villages", out.getvalue(), "thon.xlsx")
    assert counts(preview)["new"] == 1
    for name in ("villages", "population", "plan"):
        for ending in ("csv", "xlsx"):
            template = client.get(f"/imports/{name}/template.{ending}")
            assert "attachment" in template.headers["Content-Disposition"]
            checked = upload(client, name, template.data, f"mau.{ending}")
            assert checked.status_code == 200, (name, ending)
            assert "Thiếu cột" not in checked.text


def test_what_the_preview_carries_is_not_trusted(desk: Desk) -> None:
    client, code = desk.sign_in("quantri"), code_of(desk.app, desk.world.communes[0])
    sound = carried(upload(client, "villages", VILLAGES.format(code=code).encode()))
    for changed in (
        {"lines": ""},
        {"lines": "[1]"},
        {"mapping": ""},
        {"mapping": "[]"},
        {"mapping": '{"found": {"commune_code": 9, "name": 1}, "fixed": {}}'},
        {"mapping": '{"found": {"commune_code": -1, "name": 1}, "fixed": {}}'},
        {"mapping": '{"found": {"somewhere": 0}, "fixed": {}}'},
        {"mapping": '{"found": {}, "fixed": {"somewhere": "x"}}'},
        {"shown_row": "x"},
    ):
        answer = post(client, "/imports/villages/write", page="/imports", **(sound | changed))
        assert answer.status_code == 400, changed
    for changed in ({"lines": "{}"}, {"shown_row": "9"}, {"mapping": '{"found": {}, "fixed": {}}'}):
        answer = post(client, "/imports/villages/write", page="/imports", **(sound | changed))
        assert answer.status_code == 422, changed
    assert post(client, "/imports/villages/write", page="/imports", **sound).status_code == 302


def test_a_provincial_manager_imports_no_places(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    assert "Thôn, bản" not in client.get("/imports").text
    assert upload(client, "villages", b"a,b\n1,2\n").status_code == 403
