"""What acceptance walks share: the server as an operator runs it, and a phone that enrols with it."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from playwright.sync_api import Page, sync_playwright

from tests.acceptance.conftest import NOW, TUNGNHA, environment

if TYPE_CHECKING:
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
    def running(self, now: str = NOW) -> Iterator[None]:
        """Serve for the length of the block; its clock begins at `now`."""
        settings = {"TUNGNHA_DEMO": "1", "TUNGNHA_SECURE_COOKIES": "0", "TUNGNHA_SECRET_KEY": "k" * 40}
        words = [TUNGNHA, "serve", "--database", self.database, "--port", str(self.port), "--workers", "1"]
        process = subprocess.Popen(words, env=environment(now) | settings, stderr=subprocess.DEVNULL)
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

    @contextmanager
    def signed_in(self, username: str) -> Iterator[Page]:
        """A browser window of a user of the demonstration."""
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.goto(self.url)
            page.fill("input[name=username]", username)
            page.fill("input[name=password]", "tung-nha-2022")
            page.press("input[name=password]", "Enter")
            page.wait_for_selector("main h1")
            yield page
            browser.close()


def enrol(phone: Harness, url: str, code: str) -> None:
    """Choose a PIN, enrol, sync, lock, unlock: the home screen stands."""
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


def home(phone: Harness) -> None:
    """Back to the home screen."""
    phone.app.stage.start("home")
    phone.settle()
    phone.at("home")


def sync(phone: Harness) -> None:
    """Send everything, by touch, and wait until the receipt says so."""
    store = phone.app.phone.store
    phone.wait_for(lambda: not phone.app.phone.syncing, 60)  # it may have begun by itself
    phone.app.stage.go("outbox")
    phone.settle()
    phone.press("Đồng bộ ngay")
    phone.wait_for(lambda: store.outbox_summary().unsent == 0 and not phone.app.phone.syncing, 60)
    home(phone)
