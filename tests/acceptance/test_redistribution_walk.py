"""One lot's way: thawed at A, at risk there, proposed to B, approved, sent and received short without a network, the
dispute settled, the doses given at B, and the move scored.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from mobile.store import registers, risk, stock, transfers
from shared.clock import FixedClock, parse_now
from tests.acceptance.conftest import NOW, command
from tests.acceptance.field import PIN, Backend, enrol, home, sync

if TYPE_CHECKING:
    from tests.phone.harness import Harness

A, B = "tram.03386", "tram.03387"
LOT = "FP8191"
#: After the 31 days of the thaw are over.
LATER = "2022-05-20T08:00"


@pytest.mark.slow
@pytest.mark.phone
@pytest.mark.browser
@pytest.mark.proves("R008", "R009", "R036", "R063", "R081")
def test_a_thawed_lot_finds_its_people(tmp_path: Path) -> None:
    backend = Backend(tmp_path)
    database = ("--database", backend.database, "--json")
    command("seed", "--communes", "2", *database)
    codes = {user: command("device", "code", "--user", user, *database)["code"] for user in (A, B)}

    from tests.phone.harness import Harness

    clock = FixedClock(parse_now(NOW))

    def phone_of(user: str, now: FixedClock = clock) -> Harness:
        return Harness(tmp_path / user, now)

    phone = phone_of(A)
    with backend.running():
        enrol(phone, backend.url, codes[A])
    thawed = _receive_and_thaw(phone, 50)
    _at_risk_there(phone)
    with backend.running():
        sync(phone)
        command("scheduler", "--once", "refresh_cells", *database)
        told = command("scheduler", "--once", "redistribute", *database)
        assert told[0]["state"] == "ran" if isinstance(told, list) else told["state"] == "ran", told
        with backend.signed_in("huyen1") as page:
            vials = _approve(page, backend.url)
        sync(phone)
    _dispatch(phone, vials)  # no server runs
    phone.close()

    with backend.running():
        phone = phone_of(B)
        enrol(phone, backend.url, codes[B])
    # B never heard of A's dispatch: it goes by the order.
    transfer = _receive_short(phone, vials)
    phone.close()

    phone = phone_of(A)
    _unlock(phone)
    with backend.running():
        sync(phone)
        phone.close()
        phone = phone_of(B)
        _unlock(phone)
        sync(phone)
        found = transfers.transfer(phone.app.phone.store, transfer)
        assert found is not None
        assert found.stage == "disputed"
        with backend.signed_in("huyen1") as page:
            _settle(page, backend.url, transfer)
        sync(phone)
    found = transfers.transfer(phone.app.phone.store, transfer)
    assert found is not None
    assert found.stage == "closed"
    given = _give_doses(phone, thawed)
    with backend.running():
        sync(phone)
    phone.close()
    assert command("verify", *database)["ok"]

    command("scheduler", "--once", "redistribute", *database, now=LATER)
    with backend.running(LATER), backend.signed_in("tinh") as page:
        page.goto(f"{backend.url}/stock/outcomes")
        row = page.locator("table tbody tr", has_text=LOT).first
        expect(row).to_be_visible()
        shown = [int(n.replace(".", "")) for n in re.findall(r"\d[\d.]*", row.inner_text())]
        assert (vials - 1) * 6 in shown, "doses received"
        assert given in shown, "doses given"


def _unlock(phone: Harness) -> None:
    phone.at("unlock")
    phone.pad(PIN)
    phone.at("home")
    phone.settle(1)


def _stepper(phone: Harness, screen: Any, name: str, digits: str) -> None:
    phone.touch(screen.steppers[name].ids.number.__self__)
    phone.pad(digits)
    phone.touch(screen.done)


def _receive_and_thaw(phone: Harness, vials: int) -> str:
    """Frozen vials by a typed code, then all of them thawed; the lot."""
    store = phone.app.phone.store
    [lot] = [found for found in stock.lots(store, LOT) if found.vaccine == "PFZ_ADULT"]
    gtin = store.database.row("SELECT gtin FROM item WHERE id = ?", (lot.item_id,))[0]
    phone.press("Tồn kho và kiểm kê")
    phone.at("stock")
    phone.press("Nhập hàng từ ngoài")
    screen = phone.at("stock_receive")
    phone.type(screen.code, f"01{gtin}1722083110{LOT}")
    phone.press("Tìm lô")
    phone.settle()
    phone.choose("frozen")
    _stepper(phone, screen, "vials", str(vials))
    phone.press("Ghi nhập")
    phone.at("stock")
    [frozen] = [
        h for h in stock.holdings(store, store.identity.site) if h.lot.id == lot.id and h.state == "frozen"
    ]
    assert frozen.vials == vials
    phone.app.stage.go("holding", site=frozen.site_id, holding=frozen.id)
    phone.settle()
    phone.press("Rã đông")
    screen = phone.at("stock_action")
    _stepper(phone, screen, "many", str(vials))
    phone.press(f"Ghi rã đông {vials} lọ")
    home(phone)
    return lot.id


def _at_risk_there(phone: Harness) -> None:
    """The phone says, without a network, that A cannot use it all in 31 days."""
    store = phone.app.phone.store
    site = store.identity.site
    items = [i for i in risk.items(store, site) if i.lot.vaccine == "PFZ_ADULT"]
    losing = sum(lot.at_risk or 0 for i in items for lot in i.lots if lot.holding.lot.lot_number == LOT)
    assert losing > 100
    assert str(items[0].lots[0].holding.expires_on) <= "2022-05-16"


def _approve(page: Page, url: str) -> int:
    """The district reads why, makes it four vials and approves; the vials."""
    page.goto(f"{url}/stock/proposals")
    row = page.locator("table tbody tr", has_text=LOT).first
    expect(row).to_contain_text("Pfizer")
    row.locator("th a").click()
    expect(page.locator("main")).to_contain_text("Nơi nhận còn phải tiêm")
    expect(page.locator("main")).to_contain_text("không dùng kịp lô này trước ngày 16/05/2022")
    page.fill("#vials", "4")
    page.fill("#document", "QĐ 12/TTYT")
    page.fill("#reason", "Xã bên có thêm công nhân mới về")
    page.get_by_role("button", name="Duyệt").first.click()
    expect(page.get_by_role("status").first).to_be_visible()
    return 4


def _dispatch(phone: Harness, vials: int) -> None:
    store = phone.app.phone.store
    [found] = [t for t in transfers.transfers(store, store.identity.site) if t.stage == "approved"]
    phone.app.stage.go("transfer", site=store.identity.site, transfer=found.id)
    phone.settle()
    phone.press("Ghi phiếu xuất")
    screen = phone.at("dispatch")
    phone.type(screen.form.fields["cold_box"], "Phich 3")
    phone.press(f"Ghi phiếu xuất ({vials} đơn vị)")
    phone.at("transfer")
    assert store.outbox_summary().unsent
    home(phone)


def _receive_short(phone: Harness, vials: int) -> str:
    """One vial fewer than the order says; the transfer."""
    store = phone.app.phone.store
    site = store.identity.site
    [found] = [t for t in transfers.transfers(store, site) if t.destination == site and t.stage == "approved"]
    phone.app.stage.go("receipt", site=site, transfer=found.id)
    phone.settle()
    screen = phone.at("receipt")
    card = next(card for card in screen.cards.values() if card.lot == LOT)
    phone.touch(card.stepper("accepted").ids.number.__self__)
    phone.pad(str(vials - 1))
    phone.touch(screen.done)
    phone.choose("no")
    phone.press("Ghi phiếu nhập")
    phone.settle()
    assert store.outbox_summary().unsent
    row = transfers.transfer(store, found.id)
    assert row is not None
    assert row.stage == "unconfirmed"
    home(phone)
    # Sent while the server answers again, in the block that follows.
    return found.id


def _settle(page: Page, url: str, transfer: str) -> None:
    page.goto(f"{url}/stock/transfers/{transfer}")
    expect(page.locator("h1 + p .chip").first).to_have_text("Chênh lệch giao nhận")
    page.get_by_role("link", name="Xử lý chênh lệch").click()
    page.locator("input[name=line-0-lost]").fill("1")
    page.select_option("#cause", "broken")
    page.fill("#reason", "Một lọ vỡ trên đường, có biên bản")
    page.get_by_role("button", name="Ghi kết luận").click()
    expect(page.locator("h1 + p .chip").first).to_have_text("Xong")


def _give_doses(phone: Harness, lot: str) -> int:
    """Doses of the lot to people of B who are due, by the store behind the screens, and vials opened for them."""
    store = phone.app.phone.store
    site = store.identity.site
    due = [r for r in registers.due_people(store, None, store.clock.today()) if r.next_dose == "booster_1"][
        :6
    ]
    assert due
    session = store.record("session", place=site, body={"session_type": "fixed"}).subject
    for person in due:
        body = {
            "vaccine": "PFZ_ADULT", "dose_type": "booster_1", "screening": "eligible", "lot": lot, "session": session,
        }  # fmt: skip
        store.record("dose", subject=person.id, place=site, body=body)
    day = str(store.clock.today())
    thawed: dict[str, Any] = {"state": "thawed", "thawed_on": day}
    opened = {"to_state": "opened", "to_opened_on": day, "to_thawed_on": day, "reason": "opened"}
    store.record(
        "stock_movement", subject=lot, place=site, body={**thawed, **opened, "vials": -1, "doses": -6}
    )
    used = {
        "state": "opened",
        "thawed_on": day,
        "opened_on": day,
        "reason": "administered",
        "session": session,
    }
    spent = {"vials": -1, "doses": -len(due)}
    store.record("stock_movement", subject=lot, place=site, body=used | spent)
    return len(due)
