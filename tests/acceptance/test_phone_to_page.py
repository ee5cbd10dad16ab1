"""A day without a server, by touch in the real app; then the server is back and the province's pages know."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from playwright.sync_api import Page, sync_playwright

from mobile.store import registers, stock
from shared.clock import FixedClock, parse_now
from tests.acceptance.conftest import NOW, TUNGNHA, command, environment

if TYPE_CHECKING:
    from mobile.store.store import Store
    from tests.phone.harness import Harness

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)
PIN = "246810"


class Backend:
    """The server as an operator starts and stops it, on one port and one database."""

    def __init__(self, folder: Path) -> None:
        self.database = f"sqlite:///{folder / 'tungnha.db'}"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve for the length of the block."""
        settings = {"TUNGNHA_DEMO": "1", "TUNGNHA_SECURE_COOKIES": "0", "TUNGNHA_SECRET_KEY": "k" * 40}
        words = [TUNGNHA, "serve", "--database", self.database, "--port", str(self.port), "--workers", "1"]
        process = subprocess.Popen(words, env=environment() | settings, stderr=subprocess.DEVNULL)
        try:
            for _ in range(300):
                if self.answers():
                    break
                time.sleep(0.1)
            assert self.answers(), "the server did not start"
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)
        assert not self.answers(), "the server did not stop"

    def answers(self) -> bool:
        """Whether somebody listens."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=10).ok
        except requests.RequestException:
            return False


@pytest.mark.slow
@pytest.mark.phone
@pytest.mark.browser
@pytest.mark.proves("L2", "L22", "R002", "R010", "R060", "R085")
def test_a_day_without_the_server_reaches_the_pages(tmp_path: Path) -> None:
    backend = Backend(tmp_path)
    command("seed", "--database", backend.database, "--communes", "2", "--json")
    user = "tram.03386"
    code = command("device", "code", "--user", user, "--database", backend.database, "--json")["code"]
    clock = FixedClock(parse_now(NOW))

    from tests.phone.harness import Harness

    phone = Harness(tmp_path / "phone", clock)
    try:
        with backend.running():
            _enrol(phone, backend.url, code)
            before = _overview(backend, user)
        store: Store = phone.app.phone.store

        visited = _visit(phone, store)
        person = _dose(phone, store)
        counted = _count(phone, store)
        assert store.outbox_summary().unsent == store.outbox_summary().total >= 4
        phone.app.stage.go("outbox")
        phone.settle()
        unsent = store.outbox_summary().unsent
        phone.press("Đồng bộ ngay")
        phone.wait_for(lambda: phone.says(f"{unsent} bản ghi vẫn an toàn trên máy"), 60)

        with backend.running():
            phone.press("Đồng bộ ngay")
            phone.wait_for(lambda: store.outbox_summary().unsent == 0 and not phone.app.phone.syncing, 60)
            total = store.outbox_summary().total
            phone.wait_for(lambda: phone.says(f"Máy chủ đã nhận {total}/{total} bản ghi"))
            command("scheduler", "--once", "refresh_cells", "--database", backend.database, "--json")
            after = _overview(backend, user)
            _check_pages(backend, before, after, counted)
        assert registers.household(store, visited).visits
        assert registers.person(store, person).doses
    finally:
        phone.close()


def _enrol(phone: Harness, url: str, code: str) -> None:
    phone.at("choose_pin")
    phone.pad(PIN * 2)
    phone.type(phone.id("server"), url.removeprefix("http://"))
    phone.type(phone.id("code"), code)
    phone.press("Kết nối")
    phone.wait_for(lambda: phone.screen.name == "home", 90)
    phone.settle()
    phone.app.phone.lock()
    phone.at("unlock")
    phone.pad(PIN)
    phone.at("home")
    phone.wait_for(lambda: not phone.app.phone.syncing)
    phone.settle(1)


def _visit(phone: Harness, store: Store) -> str:
    """Visit the first household that nobody visited, whose head's name stands once in its village."""
    for village in registers.villages(store):
        rows = registers.households(store, village.id, "", 200, 0)
        names = Counter(row.head_name for row in rows)
        found = [r for r in rows if not r.last_visited_on and names[r.head_name] == 1 and r.people]
        if found:
            break
    household = found[0]
    phone.press(village.name)
    phone.at("village")
    phone.type(phone.id("search"), household.head_name)
    phone.put_down()
    phone.settle()
    phone.press(household.head_name, "RecycledRow")
    phone.at("household")
    phone.press("Ghi lần thăm")
    screen = phone.at("visit")
    for _ in registers.household(store, household.id).members:
        phone.choose("reviewed")
    phone.touch(screen.main)
    phone.at("household")
    _home(phone)
    return household.id


def _dose(phone: Harness, store: Store) -> str:
    """Open a session and give somebody who is due an adult's third dose."""
    phone.press("Mở buổi tiêm")
    phone.press("Mở buổi tiêm")
    phone.at("session")
    due = registers.due_people(store, None, store.clock.today())
    names = Counter(row.full_name for row in due)
    person = next(
        r
        for r in due
        if names[r.full_name] == 1 and r.next_dose == "booster_1" and r.residence == "permanent"
    )
    phone.type(phone.id("search"), person.full_name)
    phone.put_down()
    phone.settle()
    phone.press(person.full_name, "RecycledRow")
    phone.at("dose")
    phone.choose("eligible")
    phone.press("Ghi mũi tiêm")
    phone.at("session")
    _home(phone)
    return person.id


def _count(phone: Harness, store: Store) -> tuple[str, int]:
    """Count one lot; its number and the vials counted."""
    phone.press("Tồn kho và kiểm kê")
    phone.press("Kiểm kê")
    screen = phone.at("count")
    site = store.identity.site
    holding = stock.holdings(store, site)[0]
    card = next(card for card in screen.cards.values() if card.lot == holding.lot.lot_number)
    phone.touch(card.stepper.ids.number.__self__)
    phone.pad("77")
    phone.touch(screen.done)
    phone.touch(screen.main)
    phone.at("stock")
    _home(phone)
    return holding.lot.lot_number, 77


def _home(phone: Harness) -> None:
    phone.app.stage.start("home")
    phone.settle()
    phone.at("home")


def _overview(backend: Backend, user: str) -> dict[str, Any]:
    """The coverage the province page shows for the third dose, and its newest counts, read by a browser."""
    with _signed_in(backend) as page:
        text = page.inner_text("main")
        figures = re.findall(r"([\d.]+) / ([\d.]+) người đến lịch", text)
        if shots := os.environ.get("SCREENSHOTS"):
            Path(shots).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(shots) / "acceptance-overview.png", full_page=True)
        return {"covered": [int(done.replace(".", "")) for done, _ in figures], "text": text}


@contextmanager
def _signed_in(backend: Backend) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(backend.url)
        page.fill("input[name=username]", "tinh")
        page.fill("input[name=password]", "tung-nha-2022")
        page.press("input[name=password]", "Enter")
        page.wait_for_selector("main h1")
        yield page
        browser.close()


def _check_pages(
    backend: Backend, before: dict[str, Any], after: dict[str, Any], counted: tuple[str, int]
) -> None:
    assert before["covered"], before["text"]
    assert sum(after["covered"]) == sum(before["covered"]) + 1, (before["covered"], after["covered"])
    lot, vials = counted
    assert f"{lot}" in after["text"]
    assert re.search(rf"{re.escape(lot)}\s+15/04/2022\s+{vials}\b", after["text"]), after["text"]
    assert not re.search(rf"{re.escape(lot)}\s+15/04/2022\s+{vials}\b", before["text"])
