"""A day without a server, by touch in the real app; then the server is back and the province's pages know."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mobile.store import registers, stock
from shared.clock import FixedClock, parse_now
from tests.acceptance.conftest import NOW, command
from tests.acceptance.field import Backend, enrol, home

if TYPE_CHECKING:
    from mobile.store.store import Store
    from tests.phone.harness import Harness


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
            enrol(phone, backend.url, code)
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


def _visit(phone: Harness, store: Store) -> str:
    """Visit the first household that nobody visited, whose head's name stands once on the phone."""
    rows = registers.households(store, limit=registers.household_count(store))
    names = Counter(row.head_name for row in rows)
    household = next(r for r in rows if not r.last_visited_on and names[r.head_name] == 1 and r.people)
    phone.press("Tìm người, tìm hộ", "QuietButton")
    phone.at("search")
    phone.choose("houses")
    phone.type(phone.id("search"), household.head_name)
    phone.put_down()
    phone.settle()
    phone.press(household.head_name, "RecycledRow")
    phone.at("household")
    phone.press("Ghi lần thăm")
    screen = phone.at("visit")
    while screen.at < len(screen.members):
        phone.choose("agree" if screen.sheet.asking == "consent" else "reviewed")
    phone.touch(screen.main)
    phone.at("household")
    home(phone)
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
    phone.at("screening")
    phone.press_id("main")  # every answer is no
    phone.at("dose")
    phone.press("Ghi mũi tiêm")
    phone.at("session")
    home(phone)
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
    home(phone)
    return holding.lot.lot_number, 77


def _overview(backend: Backend, user: str) -> dict[str, Any]:
    """The coverage the province page shows for the third dose, and its newest counts, read by a browser."""
    with backend.signed_in("tinh") as page:
        text = page.inner_text("main")
        figures = re.findall(r"([\d.]+) / ([\d.]+) người đến lịch", text)
        if shots := os.environ.get("SCREENSHOTS"):
            Path(shots).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(shots) / "acceptance-overview.png", full_page=True)
        return {"covered": [int(done.replace(".", "")) for done, _ in figures], "text": text}


def _check_pages(
    backend: Backend, before: dict[str, Any], after: dict[str, Any], counted: tuple[str, int]
) -> None:
    assert before["covered"], before["text"]
    assert sum(after["covered"]) == sum(before["covered"]) + 1, (before["covered"], after["covered"])
    lot, vials = counted
    assert f"{lot}" in after["text"]
    assert re.search(rf"{re.escape(lot)}\s+15/04/2022\s+{vials}\b", after["text"]), after["text"]
    assert not re.search(rf"{re.escape(lot)}\s+15/04/2022\s+{vials}\b", before["text"])
