"""Done when 1: `tungnha demo` ends with the server up, coverage on the page, expiring lots, a phone that opens."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from mobile import cli
from mobile.simulation.demo import PIN
from mobile.store import registers
from mobile.store.store import Store
from shared.clock import FieldClock

TIMEOUT = 10


@dataclass
class Running:
    """A demonstration under way, and what its first line said."""

    process: subprocess.Popen[str]
    said: dict[str, Any]

    def sign_in(self, username: str) -> requests.Session:
        session = requests.Session()
        page = session.get(f"{self.said['url']}/sign-in", timeout=TIMEOUT).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        user = next(each for each in self.said["users"] if each["username"] == username)
        sent = {"csrf_token": token[1], "username": username, "password": user["password"]}
        answer = session.post(f"{self.said['url']}/sign-in", data=sent, timeout=TIMEOUT)
        assert answer.status_code == 200
        assert "sign-in" not in answer.url
        return session


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "shared.command", "demo", "--home", str(home), "--port", "0", "--json"]
    return subprocess.Popen(
        [*command, "--communes", "6", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    process = start(tmp_path_factory.mktemp("demo"))
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        pytest.fail(process.communicate()[1])
    found = Running(process, json.loads(line))
    yield found
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{found.said['url']}/healthz", timeout=TIMEOUT)


@pytest.mark.slow
@pytest.mark.phone
class TestDemo:
    def test_the_overview_shows_communes_with_coverage(self, running: Running) -> None:
        session = running.sign_in("quantri")
        overview = session.get(running.said["url"], timeout=TIMEOUT).text
        assert "Tỉnh Lai Châu" in overview
        district = re.search(r'href="(/places/[^"?]+)"[^>]*>\s*Thành phố Lai Châu', overview)
        assert district is not None
        page = session.get(running.said["url"] + district[1], timeout=TIMEOUT).text
        assert "Phường Quyết Thắng" in page
        shares = [float(share.replace(",", ".")) for share in re.findall(r"(\d+(?:,\d)?) ?%", overview)]
        assert any(0 < share <= 100 for share in shares)

    def test_the_list_of_expiring_lots_is_not_empty(self, running: Running) -> None:
        page = running.sign_in("tinh").get(f"{running.said['url']}/stock/expiring", timeout=TIMEOUT).text
        assert "FP8191" in page
        assert "Trạm Y tế" in page

    def test_the_phone_wrote_its_picture(self, running: Running) -> None:
        picture = Path(running.said["phone_screenshot"])
        assert picture.read_bytes().startswith(b"\x89PNG")

    def test_a_printed_code_enrols_a_phone(self, running: Running) -> None:
        codes = {code["role"]: code for code in running.said["codes"]}
        assert set(codes) == {"village_health_worker", "station", "mobile_team"}
        sent = {"code": codes["station"]["code"], "label": "thử"}
        answer = requests.post(f"{running.said['url']}/api/v1/enrol", json=sent, timeout=TIMEOUT).json()
        assert answer["user"]["username"] == codes["station"]["username"]
        assert answer["site"]
        assert len(answer["streams"]) > 3

    def test_the_phone_command_opens_a_phone_of_the_demo_and_syncs_with_it(
        self, running: Running, tmp_path: Path
    ) -> None:
        home, picture = tmp_path / "phone", tmp_path / "phone.png"
        command = [sys.executable, "-m", "shared.command", "phone", "--demo", "--server", running.said["url"]]
        command += ["--home", str(home), "--size", "360x640", "--screenshot", str(picture)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        assert picture.read_bytes().startswith(b"\x89PNG")
        store = Store.open(home, PIN)
        assert store.identity is not None
        assert store.identity.server_url == running.said["url"]
        assert store.clock_offset_s is not None
        assert abs(store.clock_offset_s) < 60, "the phone lives in the demonstration's day"
        villages = registers.villages(store)
        assert sum(village.people for village in villages) > 0
        store.clock = FieldClock(datetime.fromisoformat(f"{running.said['today']}T09:00:00+07:00"))
        store.record("household", place=villages[0].id, body={"head_name": "Lò Văn Thử"})
        store.close()
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        store = Store.open(home, PIN)
        assert store.outbox_summary().total == 1
        assert store.outbox_summary().complete
        store.close()

    def test_without_a_phone_the_command_takes_the_demos(
        self, running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened: list[tuple[object, ...]] = []
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.delenv("TUNGNHA_PHONE_HOME", raising=False)
        monkeypatch.setattr(cli, "DEMO_SERVER", running.said["url"])
        monkeypatch.setattr("mobile.app.run", lambda *given: opened.append(given))
        done = CliRunner().invoke(cli.phone, ["--size", "360x640"], catch_exceptions=False)
        assert done.exit_code == 0
        ((home, _, size, _, _, pin, clock),) = opened
        assert (home, size, pin) == (tmp_path / ".tungnha" / "demo-station", "360x640", PIN)
        assert isinstance(clock, FieldClock)
        assert clock.today().isoformat() == running.said["today"]

    def test_its_database_passes_verify(self, running: Running) -> None:
        command = [sys.executable, "-m", "shared.command", "verify", "--json", "--database"]
        done = subprocess.run(
            [*command, running.said["database"]], capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout
        assert json.loads(done.stdout)["ok"]


@pytest.mark.slow
def test_it_stops_by_itself_and_starts_again_on_the_same_data(tmp_path: Path) -> None:
    for _ in range(2):
        process = start(tmp_path, "--no-phone", "--stop-after", "0")
        out, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        said = json.loads(out)
        assert said["phone_screenshot"] is None
        assert {user["role"] for user in said["users"]} >= {"administrator", "inspector", "station"}
    assert Path(said["database"].removeprefix("sqlite:///")).exists()


@pytest.mark.slow
def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = start(tmp_path, "--no-phone", "--port", port)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "in use" in errors
    assert "Traceback" not in errors
