"""A walk to every screen, in both languages and text sizes: a picture of each, and nothing cut off or in the way.

``SCREENSHOTS=folder`` keeps the pictures in ``folder/phone``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mobile.store import movements, stock
from mobile.store.store import Store
from mobile.syncing.result import Progress
from mobile.words import words
from tests.mobile.phones import LOT, PIN, STATION, VILLAGE, answer, identity
from tests.phone import golden, walks
from tests.phone.goods import AZ_LATER, FRIDGE, INCOMING, OTHER_STATION, OUTGOING, QUARREL
from tests.phone.village import CHILD, FATHER, GRANDMOTHER, HOME, MOTHER, REMARK, REMINDER, URGENT
from tests.phone.walks import Walk

pytestmark = [pytest.mark.phone, pytest.mark.slow]

#: Language, and whether text is large: what a worker reads first, and what needs the most room.
PASSES = [("vi", False), ("en", True)]


class Pictures:
    """A phone in the hand of somebody who shows every screen."""

    def __init__(
        self, phone: Any, lang: str, large: bool, folder: Path, names: set[str] | None = None
    ) -> None:
        """`names` of the pictures taken so far are shared by all walks of a language."""
        self.phone, self.lang, self.folder = phone, lang, folder
        self.names: set[str] = set() if names is None else names
        self.seen: set[str] = set()
        self.wrong: list[str] = []
        phone.app.phone.settings.lang, phone.app.phone.settings.large = lang, large
        phone.app.phone.sync = phone.app.phone.sync_soon = lambda: None
        phone.app.rebuild()

    def take(self, name: str, screen: str) -> None:
        """A picture of the screen; when pictures are kept, also of the other end of what scrolls."""
        phone = self.phone
        phone.at(screen)
        self.seen.add(screen)
        self._shoot(name)
        page = phone.screen.ids.get("page")
        if page is not None and page.ids.column.height > page.height * 1.1:
            scroll, page.scroll_y = page.scroll_y, 0 if page.scroll_y > 0 else 1
            phone.app.stage.unsay()
            self._shoot(f"{name}-2")
            page.scroll_y = scroll
            phone.settle(0.05)

    def go(self, name: str, **params: Any) -> Any:
        """Open a screen."""
        screen = self.phone.app.stage.go(name, **params)
        self.phone.settle(0.1)
        return screen

    def start(self) -> None:
        """Return to the home screen."""
        self.phone.app.stage.start("home")
        self.phone.settle(0.1)

    def see(self, name: str, **params: Any) -> Any:
        """Open a screen and take its picture."""
        screen = self.go(name, **params)
        self.take(name.replace("_", "-"), name)
        return screen

    def _shoot(self, name: str) -> None:
        from tests.phone.layout import misplaced

        times = sum(1 for taken in self.names if taken.partition("~")[0] == name)
        name = f"{name}~{times + 1}" if times else name
        self.names.add(name)
        shot = self.phone.shot(self.folder / f"{self.lang}-{name}.png")
        self.wrong += [f"{name}: {fault}" for fault in misplaced(self.phone)]
        if (golden.keeping() or golden.FOLDER.exists()) and (found := golden.wrong(shot, self.lang, name)):
            self.wrong.append(f"{name}: {found}")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the pictures go; the language is put back after, and time is the walks' own."""
    from tests.phone.harness import own_time

    with own_time():
        yield Path(os.environ.get("SCREENSHOTS") or tmp_path) / "phone"
    words.lang = "vi"


@pytest.mark.parametrize(("lang", "large"), PASSES, ids=[lang for lang, _ in PASSES])
def test_no_screen_has_anything_cut_off_or_in_the_way(open_phone, folder, lang, large):
    from mobile.screens.base import SCREENS

    names: set[str] = set()
    seen: set[str] = set()
    wrong: list[str] = []
    for walk in every_walk():
        phone = open_phone(walk.role, unlock=False, **walk.phone)
        pictures = Pictures(phone, lang, large, folder, names)
        walk.go(pictures)
        phone.close()
        seen |= pictures.seen
        wrong += pictures.wrong
    wrong += [f"{name}: no walk takes this picture" for name in golden.stale(lang, names)]
    assert not wrong, "\n".join(wrong)
    assert set(SCREENS) == seen, "a screen without a picture"


def every_walk() -> list[Walk]:
    """The walks below and those of `tests/phone/walks`, by the names of their modules."""
    folder = Path(walks.__file__).parent
    names = sorted(file.stem for file in folder.glob("*.py") if file.stem != "__init__")
    days = [
        Walk(None, the_first_day),
        Walk("village_health_worker", a_village_workers_day),
        Walk("station", a_stations_day),
        Walk("station", a_storekeepers_day, phone={"stocked": True}),
    ]
    return days + [walk for name in names for walk in import_module(f"{walks.__name__}.{name}").WALKS]


def the_first_day(pictures: Pictures) -> None:
    """A PIN, the enrolment, and the first fetch of the registers."""
    phone, app = pictures.phone, pictures.phone.app
    phone.pad(PIN[:3])
    pictures.take("choose-pin", "choose_pin")
    phone.pad(PIN[3:] + PIN)
    phone.press_id("main")
    pictures.take("enrol-missing", "enrol")
    phone.id("server").fault = phone.id("code").fault = ""
    phone.id("server").text, phone.id("code").text = "tramyte.example.vn", "K7QF-3MXD"
    pictures.take("enrol", "enrol")
    phone.screen.fault = words.t("enrol.unreachable")
    pictures.take("enrol-unreachable", "enrol")
    app.phone.store.set_identity(identity())
    app.phone.enter()
    app.phone.progress = Progress("receiving", 1840, 3210)
    app.stage.refresh_bar()
    pictures.take("first-sync", "first_sync")
    app.phone.progress = None
    phone.screen.running, phone.screen.fault = False, words.t("sync.offline")
    pictures.take("first-sync-stopped", "first_sync")


def a_village_workers_day(pictures: Pictures) -> None:
    """The register, and a visit."""
    phone = pictures.phone
    phone.pad(PIN[:-1] + "1")
    pictures.take("unlock", "unlock")
    phone.pad(PIN)
    pictures.take("home-village-worker", "home")
    pictures.see("village", village=VILLAGE)
    phone.type(phone.id("search"), "hoang quynh nhu")
    pictures.take("village-search", "village")
    phone.id("search").clear()
    phone.type(phone.id("search"), "xyz")
    pictures.take("village-none", "village")
    pictures.see("person", person=MOTHER)
    pictures.see("household_form", village=VILLAGE)
    phone.press_id("main")
    pictures.take("household-form-missing", "household_form")
    pictures.see("person_form", person=CHILD).show_more()
    pictures.take("person-form-more", "person_form")
    phone.screen.form.fields["ethnic"].when_open()
    phone.settle(0.1)
    pictures.take("pick", "pick")
    pictures.start()
    pictures.see("household", household=HOME)
    visit(pictures)


def visit(pictures: Pictures) -> None:
    """An outcome for each member, with a reason where one is asked."""
    phone = pictures.phone
    screen = pictures.see("visit", household=HOME)
    phone.choose("refused")
    pictures.take("visit-reason", "visit")
    phone.choose("side_effects")
    phone.choose("reviewed")
    screen.go_to(len(screen.members))
    phone.settle(0.1)
    pictures.take("visit-summary-left", "visit")
    phone.touch(screen.main)
    phone.choose("absent")
    phone.choose("fields")
    phone.choose("reviewed")
    pictures.take("visit-parent", "visit")
    phone.choose("agree")
    pictures.take("visit-summary", "visit")
    phone.touch(screen.main)
    pictures.take("household-visited", "household")


def a_stations_day(pictures: Pictures) -> None:
    """A session, a count, and what the server says of it all."""
    pictures.phone.pad(PIN)
    pictures.take("home-station", "home")
    session(pictures)
    pictures.take("home-session-closed", "home")
    count(pictures)
    pictures.start()
    messages(pictures)
    pictures.start()
    outbox(pictures)
    screen = pictures.go("settings")
    hash_ = pictures.phone.app.phone.store.receipt_hash  # it is another one in each run
    screen.device = screen.device.replace(hash_[:8], "8bb211df")
    pictures.take("settings", "settings")


def messages(pictures: Pictures) -> None:
    """An urgent instruction read and answered, a shortage told upward."""
    pictures.see("messages")
    pictures.see("message", message=URGENT)
    pictures.see("message", message=REMARK)
    pictures.take("message-remark", "message")
    pictures.go("message", message=REMINDER).answer("acknowledged")
    pictures.start()
    pictures.see("tell", kind="staff_shortage")
    pictures.phone.press_id("main")
    pictures.take("tell-missing", "tell")
    pictures.see("tell", kind="proposal")
    pictures.start()
    pictures.go("messages")
    pictures.take("messages-answered", "messages")


def session(pictures: Pictures) -> None:
    """Lots taken, a dose given, one too early, one put off; every vial accounted for."""
    phone = pictures.phone
    screen = pictures.go("session_form")
    steppers = [w for w in phone.every() if type(w).__name__ == "Stepper"]
    for stepper in reversed(steppers):
        stepper.put(5)  # all of the shortest-dated lot, so that no other is out of turn
    pictures.take("session-form", "session_form")
    phone.press_id("main")
    screen = phone.at("session")
    pictures.take("session", "session")
    pictures.see("screening", session=screen.session, person=MOTHER)
    phone.press_id("main")
    pictures.take("dose-eligible", "dose")
    phone.press_id("main")
    pictures.take("session-dose-given", "session")
    pictures.go("dose", session=screen.session, person=FATHER).choose(lot="by_hand")
    pictures.take("dose-not-due", "dose")
    pictures.go("screening", session=screen.session, person=GRANDMOTHER).conclude(outcome="deferred")
    pictures.take("screening-put-off", "screening")
    phone.app.phone.clock.advance(minutes=31)
    pictures.start()
    phone.press_id("main")
    phone.press_id("main")
    phone.at("session_close").cards[0].ids.vials_discarded.put(1)
    pictures.take("session-close-disagrees", "session_close")
    phone.screen.cards[0].ids.vials_discarded.put(0)
    pictures.take("session-close", "session_close")
    phone.press_id("main")


def count(pictures: Pictures) -> None:
    """One lot as the book has it, one with the pad open, one left uncounted."""
    phone = pictures.phone
    pictures.see("stock", site=STATION)
    phone.touch(phone.screen.main)
    screen = phone.at("count")
    first, second, _ = screen.cards.values()
    first.stepper.step(1)
    phone.touch(second.stepper.ids.number.__self__)
    phone.pad("7")
    pictures.take("count-pad", "count")
    phone.touch(screen.done)
    screen.ids.page.scroll_y = 1
    pictures.take("count", "count")
    phone.touch(screen.main)
    pictures.take("stock-counted", "stock")


def a_storekeepers_day(pictures: Pictures) -> None:
    """What the store holds and what is the matter with it, goods in and out, equipment, a count of everything."""
    phone = pictures.phone
    phone.pad(PIN)
    pictures.take("home-store", "home")
    pictures.see("stock", site=STATION)
    pictures.take("stock-full", "stock")
    pictures.see("alerts", site=STATION)
    holding(pictures)
    goods(pictures)
    pictures.start()
    pictures.see("commitments", site=STATION)
    pictures.see("equipment", site=STATION)
    pictures.see("equipment_form", site=STATION, equipment=FRIDGE)
    pictures.start()
    whole_count(pictures)
    out_of_turn(pictures)


def holding(pictures: Pictures) -> None:
    """A lot, what can be done with it, and a record taken back."""
    phone, store = pictures.phone, pictures.phone.app.phone.store
    lot = next(h for h in stock.holdings(store, STATION) if h.lot.id == AZ_LATER)
    pictures.see("holding", site=STATION, holding=lot.id)
    pictures.see("stock_action", site=STATION, holding=lot.id, action="discard")
    phone.choose("broken")
    phone.screen.steppers["many"].put(2)
    pictures.take("stock-discard", "stock_action")
    phone.touch(phone.screen.main)
    pictures.take("holding-discarded", "holding")
    pictures.see("stock_action", site=STATION, holding=lot.id, action="open")
    pictures.take("stock-open-out-of-turn", "stock_action")
    phone.screen.go_back()
    moved = next(m for m in movements.movements(store, lot.id) if m.mine)
    pictures.see("reversal", site=STATION, holding=lot.id, entry=moved.entry)
    phone.touch(phone.screen.main)
    pictures.take("holding-reversed", "holding")
    pictures.start()
    screen = pictures.see("stock_receive", site=STATION)
    screen.code.text = "(01)05000456062589(10)ABY7781(17)221231"
    screen.look_up()
    phone.settle(0.1)
    screen.steppers["vials"].put(12)
    pictures.take("stock-receive-found", "stock_receive")
    pictures.start()


def goods(pictures: Pictures) -> None:
    """Goods ordered out, goods come in short and spoilt, a quarrel."""
    phone = pictures.phone
    pictures.see("transfers", site=STATION)
    pictures.see("transfer", site=STATION, transfer=QUARREL)
    pictures.go("transfer", site=STATION, transfer=OUTGOING)
    pictures.take("transfer-ordered", "transfer")
    screen = pictures.see("dispatch", site=STATION, transfer=OUTGOING)
    pictures.start()
    pictures.go("transfers", site=STATION)
    pictures.go("dispatch", site=STATION, destination=OTHER_STATION)
    last = max(phone.screen.lines, key=lambda line: str(line.holding.expires_on))
    phone.screen.steppers[last.key].put(2)
    pictures.take("dispatch-out-of-turn", "dispatch")
    pictures.start()
    screen = pictures.see("receipt", site=STATION, transfer=INCOMING)
    first = next(iter(screen.cards.values()))
    first.stepper("accepted").put(2)
    first.stepper("rejected").put(1)
    first.why.text = "Chỉ thị nhiệt độ đã sẫm màu"
    if first.watched:
        first.picker.pick(3)
    phone.choose("no")
    screen.ids.page.scroll_y = 1
    pictures.take("receipt-short", "receipt")
    phone.touch(screen.main)


def whole_count(pictures: Pictures) -> None:
    """Every lot with what is told of it besides its number."""
    screen = pictures.go("count", site=STATION)
    for card in screen.cards.values():
        card.stepper.step(1)
    pictures.take("count-whole", "count")
    pictures.start()


def out_of_turn(pictures: Pictures) -> None:
    """A session that leaves the shortest-dated lot behind, and the doses left in its last vial."""
    phone = pictures.phone
    screen = pictures.go("session_form")
    cards = [w for w in phone.every() if type(w).__name__ == "LotCard"]
    next(card for card in cards if card.lot == "FN1234").stepper.put(1)
    phone.settle(0.1)
    pictures.take("session-form-out-of-turn", "session_form")
    screen.lots._because(LOT, "not_on_site")
    phone.press_id("main")
    session = phone.at("session").session
    pictures.go("screening", session=session, person=MOTHER)
    phone.press_id("main")
    phone.press_id("main")
    phone.at("session")
    phone.press_id("main")
    pictures.take("session-close-left", "session_close")
    pictures.start()


def outbox(pictures: Pictures) -> None:
    """Unsent, on the way, received with proof, and one returned."""
    phone, store = pictures.phone, pictures.phone.app.phone.store
    pictures.see("outbox")
    phone.app.phone.progress = Progress("sending", 4, 6)
    phone.app.stage.refresh_bar()
    pictures.take("outbox-sending", "outbox")
    phone.app.phone.progress = None
    receive(store)
    phone.app.stage.swap("outbox")
    pictures.take("outbox-received", "outbox")
    store.edit("household", HOME, {"note": "Nhà mới dời lên đầu bản"})
    receive(store, refused="entry.other_author")
    phone.app.stage.swap("outbox")
    pictures.take("outbox-returned", "outbox")
    pictures.start()
    pictures.take("home-returned", "home")


def receive(store: Store, refused: str = "") -> None:
    """The server's word for everything unsent; `refused` is the fault it returns them with."""
    faults = {"faults": [{"code": refused, "field": None, "params": {}}]} if refused else {}
    word = {"outcome": "refused" if refused else "accepted"} | faults
    unsent = [item.id for item in store.outbox(100) if item.state == "unsent"]
    store.apply_answer(answer(store, [{"id": entry, **word} for entry in unsent]))
    store.note_sync()
