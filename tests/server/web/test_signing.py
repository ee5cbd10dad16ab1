"""The page of signing: what is listed, taken, brought back and withdrawn, by whom, and of which area."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.accounts.exports import exports_of
from server.database import db
from server.reports.models import Signature
from server.reports.reviewing import accept
from server.reports.signing_exchange import COLUMNS, LIST_FILE
from tests.server.conftest import Desk, post, token
from tests.server.reports.desk import DAY, Commune

SESSIONS = f"/reports/signing?of=session&kind=day&on={DAY.isoformat()}"
REPORTS = f"/reports/signing?of=report&form=PL5_43&kind=day&on={DAY.isoformat()}"
DOSES = f"/reports/signing?of=dose&kind=day&on={DAY.isoformat()}"


@pytest.fixture
def commune(desk: Desk) -> Commune:
    """A commune that held a session, gave two doses at it, and whose report of the day is accepted."""
    commune = Commune(desk.app, desk.world)
    with desk.app.app_context():
        held = "00000000-0000-7000-8000-00000000beef"
        body = {"session_type": "fixed", "point_name": "Nhà văn hóa bản Nậm Củm", "closed": True}
        commune.write("session", held, commune.station, body)
        for person in commune.people[:2]:
            commune.dose(person, session=held)
        accept(commune.hand(commune.reviewer), sent := commune.send(), ",".join(sent.heads))
        db.session.commit()
    return commune


def names(commune: Commune) -> tuple[str, str]:
    with commune.app.app_context():
        return commune.hand().user.username, commune.reviewer


def ticked(client: FlaskClient, page: str) -> list[str]:
    return re.findall(r'form="package" name="id" value="([^"]+)"', client.get(page).text)


def taken(client: FlaskClient, page: str, **fields: str) -> list[dict[str, str]]:
    answer = post(client, page.replace("/signing?", "/signing/package?"), page=page, **fields)
    assert answer.content_type == "application/zip", answer.text[:300]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return list(csv.DictReader(io.StringIO(packed.read(LIST_FILE).decode("utf-8-sig"))))


def bring(client: FlaskClient, page: str, rows: list[dict[str, str]]) -> TestResponse:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    data = {"csrf_token": token(client, page), "file": (io.BytesIO(out.getvalue().encode()), "danh-sach.csv")}
    return client.post(page, data=data, content_type="multipart/form-data")


def signed(row: dict[str, str]) -> dict[str, str]:
    return row | {
        "signer": "Hoàng Thị Ân",
        "certificate": "5402 1FA0; CA thử",
        "signed_at": "10/04/2022 14:05",
    }


@pytest.mark.proves("R012", "R078")
def test_taken_signed_brought_back_and_withdrawn(desk: Desk, commune: Commune) -> None:
    station, _ = names(commune)
    client = desk.sign_in(station)
    [held] = ticked(client, SESSIONS)
    [row] = taken(client, SESSIONS, id=held)
    assert (row["id"], row["kind"], row["period"]) == (held, "session", f"{DAY:%d/%m/%Y}")
    with desk.app.app_context():
        [log] = exports_of(db.session.connection(), [commune.id, commune.station], 9)
        assert (log.what, log.rows, log.username) == ("signing", 1, station)

    answer = bring(client, SESSIONS, [signed(row)])
    assert answer.status_code == 302, answer.text
    page = client.get(SESSIONS).text
    assert "Đã ghi 1 chữ ký" in page
    assert "Hoàng Thị Ân, 14:05 10/04/2022" in page
    assert 'class="chip good">Đã ký' in page
    assert "5402 1FA0" in page

    with desk.app.app_context():
        entry = db.session.query(Signature.id).filter_by(of_id=held).scalar()
    told = client.get(f"/entries/{entry}").text
    assert "14:05 10/04/2022" in told
    assert "Chứng thư số" in told

    withdraw = f"/reports/signing/{held}/withdraw?of=session"
    assert "Thiếu thông tin bắt buộc" in client.get(post(client, withdraw, page=SESSIONS).location).text
    assert post(client, withdraw, page=SESSIONS, reason="ký nhầm buổi").status_code == 302
    page = client.get(SESSIONS).text
    assert "ký nhầm buổi" in page
    assert ticked(client, f"{SESSIONS}&state=withdrawn") == [held]
    again = post(client, withdraw, page=SESSIONS, reason="lần nữa")
    assert "Không còn chữ ký nào" in client.get(again.location).text


@pytest.mark.proves("R012")
def test_a_signed_report_says_so_and_so_does_one_changed_since(desk: Desk, commune: Commune) -> None:
    station, reviewer = names(commune)
    client = desk.sign_in(reviewer)
    [row] = taken(client, REPORTS, all="1")
    assert bring(client, REPORTS, [signed(row)]).status_code == 302
    address = f"/reports/PL5_43/day/{DAY.isoformat()}/{commune.id}"
    assert address in client.get(f"{REPORTS}&state=signed").text
    assert "Hoàng Thị Ân, 14:05 10/04/2022" in client.get(address).text
    with desk.app.app_context():
        commune.send(commune.fill(people_referred=1))
        db.session.commit()
    assert "Đã thay đổi sau khi ký" in desk.sign_in(station).get(address).text


def test_the_doses_of_a_signed_session_are_signed_on_the_persons_page(desk: Desk, commune: Commune) -> None:
    station, _ = names(commune)
    client = desk.sign_in(station)
    assert len(ticked(client, DOSES)) == 2
    [row] = taken(client, SESSIONS, all="1")
    with desk.app.app_context():
        person = commune.people[0]
    assert "Đã ký" not in client.get(f"/persons/{person}").text
    bring(client, SESSIONS, [signed(row)])
    assert "Đã ký" in client.get(f"/persons/{person}").text


def test_a_list_with_a_wrong_row_is_refused_with_its_number(desk: Desk, commune: Commune) -> None:
    station, _ = names(commune)
    client = desk.sign_in(station)
    [row] = taken(client, SESSIONS, all="1")
    answer = bring(client, SESSIONS, [signed(row), signed(row) | {"digest": "0" * 64}])
    assert answer.status_code == 422
    assert "Dòng 3: mã kiểm tra khác" in answer.text
    assert ticked(client, f"{SESSIONS}&state=signed") == []
    assert bring(client, SESSIONS, [signed({"id": "x"})]).status_code == 422
    nothing = post(client, SESSIONS.replace("/signing?", "/signing/package?"), page=SESSIONS)
    assert "Chưa chọn văn bản nào" in client.get(nothing.location).text


@pytest.mark.proves("L24")
def test_another_districts_documents_do_not_exist(desk: Desk, commune: Commune) -> None:
    station, reviewer = names(commune)
    own = desk.sign_in(station)
    [held], [row] = ticked(own, SESSIONS), taken(own, SESSIONS, all="1")
    other = next(n for n in desk.world.users if n.startswith("huyen.") and n != reviewer)
    client = desk.sign_in(other)
    for page in (SESSIONS, REPORTS, DOSES):
        assert ticked(client, page) == []
        assert "Nậm Củm" not in client.get(page).text
    nothing = post(client, SESSIONS.replace("/signing?", "/signing/package?"), page=SESSIONS, id=held)
    assert nothing.status_code == 302, "what is not listed is not given out"
    refused = bring(client, SESSIONS, [signed(row)])
    assert refused.status_code == 422
    assert "không phải của báo cáo, buổi tiêm hay mũi tiêm nào trong địa bàn" in refused.text
    assert post(client, f"/reports/signing/{held}/withdraw", page=SESSIONS, reason="x").status_code == 404


def test_who_only_reads_takes_and_writes_nothing(desk: Desk, commune: Commune) -> None:
    for username in ("thanhtra", "quantri"):
        client = desk.sign_in(username)
        assert "Nhà văn hóa bản Nậm Củm" in client.get(SESSIONS).text
        assert ticked(client, SESSIONS) == []
        for address in (SESSIONS, SESSIONS.replace("/signing?", "/signing/package?")):
            assert post(client, address, page="/password").status_code == 403
