"""Pages of reports: what each role may see and do, files, imports of forms and of the CDC's figures."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from server.database import db
from server.reports.models import Reconciliation, ReportLayout
from tests.server.conftest import Desk, post, token
from tests.server.reports.desk import DAY, Commune
from tests.server.web.test_imports import code_of, confirm, counts, upload

ADDRESS = f"form=PL5_43&kind=day&on={DAY.isoformat()}"


@pytest.fixture
def commune(desk: Desk) -> Commune:
    """A commune of the desk's province that vaccinated, sent, and had its period closed."""
    commune = Commune(desk.app, desk.world)
    with desk.app.app_context():
        from server.reports.reviewing import accept

        for person in commune.people[:6]:
            commune.dose(person)
        accept(commune.hand(commune.reviewer), sent := commune.send(), ",".join(sent.heads))
        commune.close()
        db.session.commit()
    return commune


def names(commune: Commune) -> dict[str, str]:
    with commune.app.app_context():
        return {
            "station": commune.hand().user.username, "district": commune.reviewer,
            "unit": commune.unit.name, "report": f"/reports/PL5_43/day/{DAY.isoformat()}/{commune.id}",
            "close": f"/reports/periods/close/PL5_43/day/{DAY.isoformat()}/{commune.district}",
            "cell": f"{commune.world.campaign}|PFZ_ADULT|doses.booster_1",
        }  # fmt: skip


def closed_address(client: FlaskClient) -> str:
    return re.findall(r'href="(/reports/periods/[0-9a-f-]{36})"', client.get("/reports/periods").text)[0]


@pytest.mark.proves("L24")
def test_another_districts_reports_do_not_exist(desk: Desk, commune: Commune) -> None:
    known = names(commune)
    closed = closed_address(desk.sign_in(known["district"]))
    other = next(name for name in desk.world.users if name.startswith("huyen.") and name != known["district"])
    client = desk.sign_in(other)
    for address in (known["report"], f"{known['report']}/cells?cell={known['cell']}", known["close"], closed):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert known["unit"] not in answer.text
    for address in (known["report"], f"{known['report']}/review", f"{known['report']}/answer"):
        assert post(client, address, page="/reports/reconciliation").status_code == 404
    assert post(client, f"{closed}/compare", page="/reports/reconciliation").status_code == 404
    for address in (
        f"/reports?{ADDRESS}",
        f"/reports/sheet?{ADDRESS}",
        "/reports/summary",
        "/reports/periods",
    ):
        assert known["unit"] not in client.get(address).text, address
    assert known["unit"] not in client.get(f"/reports/sheet.csv?{ADDRESS}").text
    with commune.app.app_context():
        district = commune.district
    assert client.get(f"/reports/sheet?{ADDRESS}&district={district}").status_code == 404


def test_what_each_role_may_do(desk: Desk, commune: Commune) -> None:
    known = names(commune)
    inspector = desk.sign_in("thanhtra")
    assert "Gửi báo cáo" not in inspector.get(known["report"]).text
    page = "/password"
    for address in (
        known["report"],
        f"{known['report']}/review",
        f"{known['report']}/answer",
        known["close"],
    ):
        assert post(inspector, address, page=page).status_code == 403, address
    assert post(inspector, "/reports/reconciliation", page=page).status_code == 403
    assert inspector.get("/reports/queue").status_code == 403
    station = desk.sign_in(known["station"])
    assert post(station, f"{known['report']}/review", page=page).status_code == 403
    assert post(station, known["close"], page=page).status_code == 403
    assert "Chốt kỳ" not in station.get("/reports/periods").text
    manager = desk.sign_in("tinh")
    assert post(manager, known["report"], page=page).status_code == 403
    assert manager.get(known["close"]).status_code == 200


def test_a_village_worker_has_no_reports(desk: Desk) -> None:
    from server.accounts.users import create_user
    from tests.server.world import PASSWORD

    with desk.app.app_context():
        village = desk.world.villages[desk.world.communes[0]][0]
        create_user(
            username="thon.1", password=PASSWORD, full_name="Lò Thị A", role="village_health_worker",
            places=[village],
        )  # fmt: skip
        db.session.commit()
    client = desk.sign_in("thon.1")
    for address in ("/reports", "/reports/sheet", "/reports/periods", "/reports/summary", "/reports/forms"):
        assert client.get(address).status_code == 403, address


@pytest.mark.proves("R002")
def test_names_behind_a_cell_are_masked_and_the_file_has_none(desk: Desk, commune: Commune) -> None:
    known = names(commune)
    address = f"{known['report']}/cells?cell={known['cell']}"
    open_, masked = desk.sign_in(known["district"]), desk.sign_in("tinh")
    shown = re.findall(r'<a href="/persons/[^"]+">([^<]+)</a>', open_.get(address).text)
    assert len(shown) == 6
    assert all("." not in name for name in shown)
    hidden = re.findall(r'<a href="/persons/[^"]+">([^<]+)</a>', masked.get(address).text)
    assert len(hidden) == 6
    assert all(re.fullmatch(r"(\w\. ?)+", name) for name in hidden)
    text = open_.get(address.replace("/cells?", "/cells.csv?")).text
    assert len(text.strip().splitlines()) == 7
    assert not any(name in text for name in shown)


@pytest.mark.proves("R051")
def test_the_public_file_holds_no_person_and_no_small_group(desk: Desk, commune: Commune) -> None:
    data = desk.sign_in("tinh").get("/reports/public.xlsx").data
    page, source = load_workbook(io.BytesIO(data)).worksheets
    rows = [row for row in page.iter_rows(min_row=4, values_only=True) if row[0]]
    assert len(rows) == 2 * len(desk.world.communes)
    for row in rows:
        due, covered, note = row[5], row[6], row[8]
        if note:
            assert (due, covered, row[7]) == (None, None, None)
        else:
            assert not 0 < covered < 5
            assert not 0 < due - covered < 5
    assert any(row[8] for row in rows), "the small province has small groups"
    assert "Số liệu đến" in [cell.value for cell in source["A"]]


@pytest.mark.proves("R006", "R019")
def test_the_summary_adds_up_in_its_file(desk: Desk, commune: Commune) -> None:
    client = desk.sign_in("tinh")
    assert client.get("/reports/summary").status_code == 200
    book = load_workbook(io.BytesIO(client.get("/reports/summary.xlsx").data))
    goals, districts, communes, doses, source = book.worksheets
    for sheet in (districts, communes):
        heads = [cell.value for cell in sheet[4]]
        due = sum(row[heads.index("Đến lịch")] or 0 for row in sheet.iter_rows(min_row=5, values_only=True))
        assert due == sum(row[6] or 0 for row in goals.iter_rows(min_row=5, values_only=True))
    given = [row for row in doses.iter_rows(min_row=5, values_only=True) if row[0]]
    assert sum(row[2] for row in given) == sum(row[3] for row in given) > 0
    assert "08:00 15/04/2022" in [cell.value for cell in source["B"]]
    assert client.get("/reports/summary.csv").text.startswith("\ufeff")
    assert client.get("/reports/summary.pdf").status_code == 404


def test_files_of_the_form_state_plan_and_source(desk: Desk, commune: Commune) -> None:
    data = desk.sign_in("tinh").get(f"/reports/sheet.xlsx?{ADDRESS}").data
    page, source = load_workbook(io.BytesIO(data)).worksheets
    facts = {row[0]: row[1] for row in source.iter_rows(values_only=True)}
    assert facts["Theo kế hoạch"] == "KH 1130/KH-UBND (01/03/2022)"
    assert facts["Số đã chốt"] == "1"
    assert page["B4"].value == "Địa phương/ Cơ sở y tế / Ngày triển khai"


FORM = (
    "form_code,form,column_no,column_vi,indicator,document,status\n"
    "PL5_SYT,Mẫu của Sở,1,Nơi tiêm,place,CV 123/SYT,confirmed\n"
    "PL5_SYT,Mẫu của Sở,2,Số tiêm được – Mũi 3,doses.booster_1,CV 123/SYT,confirmed\n"
)


def test_a_province_loads_a_form_of_its_own(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    preview = upload(client, "report_layout", FORM.encode("utf-8-sig"))
    assert counts(preview)["new"] == 2
    confirm(client, "report_layout", preview)
    with desk.app.app_context():
        assert db.session.scalars(select(ReportLayout.code)).all() == ["PL5_SYT"]
    text = client.get("/reports/forms").text
    assert "Mẫu của Sở" in text
    sheet = client.get(f"/reports/sheet?{ADDRESS.replace('PL5_43', 'PL5_SYT')}").text
    assert "Nơi tiêm" in sheet
    assert counts(upload(client, "report_layout", FORM.encode("utf-8-sig")))["same"] == 2
    gap = FORM.replace(",2,", ",3,").encode("utf-8-sig")
    assert counts(upload(client, "report_layout", gap))["fault"] == 2


def test_the_cdcs_figures_come_from_a_file(desk: Desk, commune: Commune) -> None:
    client = desk.sign_in("tinh")
    code = code_of(desk.app, commune.id)
    file = f"commune_code,period_kind,period,indicator,cdc_value\n{code},day,{DAY.isoformat()},doses.booster_1,8\n"
    preview = upload(client, "cdc_figures", file.encode())
    assert counts(preview)["new"] == 1
    confirm(client, "cdc_figures", preview)
    with desk.app.app_context():
        [found] = db.session.execute(select(Reconciliation.__table__)).all()
    assert (found.unit_value, found.cdc_value, found.state) == (6, 8, "open")
    assert counts(upload(client, "cdc_figures", file.encode()))["same"] == 1
    assert counts(upload(client, "cdc_figures", file.replace(",8", ",9").encode()))["changed"] == 1
    assert "+" not in client.get("/reports/reconciliation").text.split('data-label="Chênh lệch"')[1][:80]


def test_forms_and_periods_that_do_not_exist(desk: Desk) -> None:
    client = desk.sign_in("tinh")
    unit = desk.world.communes[0]
    for address in (
        f"/reports/NONE/day/2022-04-15/{unit}", f"/reports/PL5_43/day/2022-13-45/{unit}",
        f"/reports/PL5_43/year/2022/{unit}", f"/reports/PL5_43/day/2022-05-15/{unit}",
        f"/reports/PL5_43/campaign/{unit}/{unit}", f"/reports/PL5_43/day/2022-04-15/{desk.world.province}",
        f"/reports/SCREENING_3802/day/2022-04-15/{unit}",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    for address in ("/reports?form=NONE&kind=x&on=%00", "/reports?kind=week&on=2022-W99"):
        assert client.get(address).status_code == 200
    for kind in ("week", "month", "campaign"):
        text = client.get(f"/reports?kind={kind}").text
        assert "Chưa gửi" in text
    assert token(client, "/reports/reconciliation")
