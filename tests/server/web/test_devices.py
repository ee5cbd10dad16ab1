"""The devices page: codes shown once, for one user or a commune; revocation."""

from __future__ import annotations

import re

from server.accounts.devices import enrol
from server.accounts.models import Device
from server.database import db
from tests.server.conftest import Desk, post


def test_a_code_from_the_page_enrols_a_phone(desk: Desk) -> None:
    client = desk.sign_in("huyen.105")
    user = re.findall(r'name="user" value="([^"]+)"', client.get("/devices").text)[0]
    page = post(client, "/devices/codes", page="/devices", user=user).text
    code = re.findall(r"<strong>(\w{4}) (\w{4})</strong>", page)[0]
    assert 'src="data:image/svg+xml' in page
    with desk.app.app_context():
        made = enrol("".join(code), "Samsung A03")
        db.session.commit()
    listed = client.get("/devices?state=never").text
    assert "Samsung A03" in listed
    address = f"/devices/{made.device_id}/revoke"
    assert "Samsung A03" in client.get(address).text
    assert post(client, address, page=address).status_code == 302
    with desk.app.app_context():
        assert db.session.get_one(Device, made.device_id).revoked_at is not None
    assert "Đã khóa" in client.get("/devices?state=revoked").text


def test_codes_for_a_whole_commune(desk: Desk) -> None:
    client = desk.sign_in("quantri")
    page = post(client, "/devices/codes", page="/devices", commune=desk.world.communes[0]).text
    assert len(re.findall(r'class="enrol"', page)) == 1


def test_a_district_cannot_revoke_anothers_device(desk: Desk) -> None:
    client = desk.sign_in("huyen.105")
    assert client.get("/devices/none/revoke").status_code == 404
    assert post(client, "/devices/none/revoke", page="/devices").status_code == 404
