"""Headless Chromium against the server on loopback. `SCREENSHOTS=folder` keeps a picture of every page."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import create_engine
from werkzeug.serving import WSGIRequestHandler, make_server

from server.accounts import passwords
from server.database import migrate
from shared.text.translations import Catalogue
from tests.server.conftest import close, make_app, quick_hasher
from tests.server.world import PASSWORD, World, build

CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 640}
ZOOMED = {"width": 683, "height": 384}


class _Quiet(WSGIRequestHandler):
    def log(self, *args: Any, **kwargs: Any) -> None:
        pass


@dataclass
class Site:
    """The server as browsers reach it; `database` is where it keeps its data."""

    url: str
    world: World
    database: str


@dataclass
class Desk:
    """One browser window: its page, and what it complained about or asked of other hosts."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.site.url + path)

    def sign_in(self, username: str = "quantri") -> None:
        self.open("/sign-in")
        self.page.fill("#username", username)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_url("**/")

    def picture(self, name: str, *, full: bool = False) -> None:
        """Keep a picture when pictures are wanted."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            width = (self.page.viewport_size or DESK)["width"]
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"page-{name}-{width}.png", full_page=full)


def check_accessibility(page: Page) -> None:
    """Fail on every serious or critical fault that axe-core finds on the page as it stands."""
    # The content policy keeps the page from loading axe; the browser's own door does not go through it.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    grave = [fault for fault in found["violations"] if fault["impact"] in ("serious", "critical")]
    assert not grave, "\n".join(
        f"{fault['id']}: {fault['help']}: " + ", ".join(node["html"][:160] for node in fault["nodes"][:3])
        for fault in grave
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A small province, served."""
    yield from serve_site(tmp_path_factory, lambda app, world: None)


def serve_site(
    tmp_path_factory: pytest.TempPathFactory, fill: Callable[[Flask, World], None]
) -> Iterator[Site]:
    """A small province with what `fill` adds to it, served."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "HASHER", quick_hasher())
    patch.setattr(Catalogue, "strict", True)
    url = f"sqlite:///{tmp_path_factory.mktemp('site') / 'tungnha.db'}"
    engine = create_engine(url)
    migrate(engine)
    engine.dispose()
    app = make_app(url)
    world = build(app, communes=3, households=4)
    fill(app, world)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.port}", world, url)
    server.shutdown()
    thread.join()
    server.server_close()
    close(app)
    patch.undo()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed: make setup")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def desk(browser: Browser, site: Site) -> Iterator[Desk]:
    """A window of a desk's size; afterwards nothing may have gone wrong in it."""
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    yield from _window(context, site)


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Desk]:
    """A window of a phone's size."""
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    yield from _window(context, site)


@pytest.fixture
def zoomed(browser: Browser, site: Site) -> Iterator[Desk]:
    """A desk's window at 200 % zoom."""
    context = browser.new_context(viewport=ZOOMED, device_scale_factor=2)  # type: ignore[arg-type]
    yield from _window(context, site)


@pytest.fixture
def scriptless(browser: Browser, site: Site) -> Iterator[Desk]:
    """A window in which no script runs."""
    context = browser.new_context(viewport=DESK, java_script_enabled=False)  # type: ignore[arg-type]
    yield from _window(context, site)


def _window(context: BrowserContext, site: Site) -> Iterator[Desk]:
    context.set_default_timeout(15_000)
    desk = Desk(context.new_page(), site)
    page = desk.page
    page.on("console", lambda said: desk.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    page.on("request", lambda asked: _note(desk, asked.url))
    yield desk
    context.close()
    assert desk.complaints == []
    assert desk.strangers == []


def _note(desk: Desk, url: str) -> None:
    if not url.startswith((desk.site.url, "data:")):
        desk.strangers.append(url)
