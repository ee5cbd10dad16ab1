"""What a worker waits for, in the real app: `python -m mobile.bench.using HOME URL` prints JSON.

{name: {value, bare}} in ms; `bare` is the least that the same work costs here: a bare Kivy list, a bare SQLCipher
query. Times are of the drawing thread's processor, so that nothing else on the machine counts, but for saving and for
frames during a sync, which are of the clock. Drawing is left out: here the processor does it, on a phone the graphics
chip.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import patch
from urllib.request import urlopen

# No phone has it: what it would speed up here costs more there.
sys.modules["orjson"] = None  # type: ignore[assignment]

from mobile.app import prepare  # noqa: E402
from mobile.bench import commune  # noqa: E402

prepare(None, offscreen=True)

from kivy.config import Config  # noqa: E402

Config.set("graphics", "maxfps", "0")

from kivy.clock import Clock  # noqa: E402
from kivy.core.window import Window  # noqa: E402
from kivy.lang import Builder  # noqa: E402
from kivy.uix.recycleview import RecycleView  # noqa: E402

from mobile.bench.hands import Hands  # noqa: E402
from mobile.phone import Phone  # noqa: E402
from mobile.picture import frame  # noqa: E402
from mobile.store.database import Database  # noqa: E402
from mobile.widgets.lists import Rows  # noqa: E402

ROUNDS = 5
#: What is searched for, letter by letter.
TYPED = "quynh nhu 19"
#: What one screen shows.
SCREEN = 50

Figure = dict[str, float]

Builder.load_string(
    """
<BareList>:
    viewclass: 'Label'
    RecycleBoxLayout:
        default_size: None, dp(84)
        default_size_hint: 1, None
        size_hint_y: None
        height: self.minimum_height
        orientation: 'vertical'
"""
)


class BareList(RecycleView):  # type: ignore[misc]
    """A list of labels and nothing else."""

    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self.data = [{"text": text} for text in said]


def main(home: Path, url: str) -> dict[str, Figure]:
    """Every figure, in the order a worker meets them."""
    hands = Hands(home, commune.CLOCK)
    found = {"unlock": _unlock(hands)}
    hands.rest(1.0)
    found["list"], shown = _list(hands)
    found["scroll"] = _scroll(hands, shown)
    hands.look()
    found["keystroke"] = _keystroke(hands)
    hands.look()
    found["save_visit"] = _save_visit(hands)
    found["sync_frame"] = _sync_frame(hands, url)
    hands.look()
    found["memory"] = {"value": _memory_mib()}
    hands.close()
    return found


def _unlock(hands: Hands) -> Figure:
    """From the last digit of the PIN to the home screen; bare: the file opened by its key."""
    hands.rest(3.0)  # as long as six digits take
    hands.unlock(commune.PIN[:-1])
    started = time.thread_time()
    hands.unlock(commune.PIN[-1])
    while hands.stage.top.name != "home":
        frame()
    frame()
    taken = _ms(started)
    database = hands.app.phone.store.database
    return {"value": taken, "bare": _median(lambda: _opened(database))}


def _opened(database: Database) -> None:
    """Every thread opens the file for itself."""
    opening = Thread(target=lambda: database.row("SELECT count(*) FROM sqlite_master"))
    opening.start()
    opening.join()


def _list(hands: Hands) -> tuple[Figure, Any]:
    """The largest village's households; bare: as many labels."""
    nav = hands.app.phone.nav

    def shown() -> None:
        nav.go("village", village=commune.village(0))
        frame()
        frame()

    def left() -> None:
        nav.back()
        hands.look()

    taken = _median(shown, after=left)
    shown()
    rows = next(widget for widget in hands.every(hands.stage) if isinstance(widget, Rows))
    made: list[Any] = []

    def bare() -> None:
        made.append(BareList([row["title"] for row in rows.data]))
        Window.add_widget(made[-1])
        frame()
        frame()

    def put_away() -> None:
        Window.remove_widget(made.pop())
        frame()

    limit = _median(bare, after=put_away)
    return {"value": taken, "bare": limit}, rows


def _scroll(hands: Hands, rows: Any) -> Figure:
    """The 95th percentile of a frame's work while a thumb flicks through the list; bare: through labels."""
    hands.rest(0.1)
    taken = [each for _ in range(8) for each in hands.flick(Window.height * 0.5, 15)]
    _sure(rows.scroll_y < 1, "the list did not move")
    labels = BareList([str(number) for number in range(1_000)])
    hands.stage.add_widget(labels)
    hands.rest(0.1)
    bare = [each for _ in range(8) for each in hands.flick(Window.height * 0.5, 15)]
    _sure(labels.scroll_y < 1, "the bare list did not move")
    hands.stage.remove_widget(labels)
    hands.app.phone.nav.back()
    frame()
    return {"value": _p95(taken), "bare": _p95(bare)}


def _keystroke(hands: Hands) -> Figure:
    """The dearest letter of a search over everybody, with all it sets off; bare: one screen of people by their keys."""
    phone = hands.app.phone
    screen = phone.nav.go("search")
    hands.rest(0.3)
    writing = screen.ids.search.ids.writing
    writing.focus = True
    hands.rest(0.1)
    began = time.thread_time()
    hands.rest(0.3)
    idle = _ms(began)
    taken = []
    for letter in TYPED:
        started = time.thread_time()
        Window.dispatch("on_textinput", letter)
        frame()
        hands.rest(0.3)  # the search begins when the fingers rest
        taken.append(_ms(started) - idle)
    _sure("quỳnh như" in screen.ids.rows.data[0]["title"].lower(), "nobody was found")
    phone.nav.back()
    frame()
    persons = [commune.person(number) for number in range(SCREEN)]
    marks = ",".join("?" * SCREEN)
    query = f"SELECT * FROM person WHERE id IN ({marks})"  # noqa: S608 question marks of our own
    return {"value": max(taken), "bare": _median(lambda: phone.store.database.rows(query, persons))}


def _save_visit(hands: Hands) -> Figure:
    """A visit of six from the last touch until it is durable; bare: one durable row of its size."""
    phone, nav = hands.app.phone, hands.app.phone.nav
    taken: list[float] = []
    left: list[float] = []
    for house in range(ROUNDS):
        nav.go("household", household=commune.household(house))
        hands.look()
        screen = nav.go("visit", household=commune.household(house))
        hands.look()  # six answers take longer
        for member in screen.members:
            screen.sheet.outcomes[member.id] = {"outcome": "absent"}
        before = phone.store.outbox_summary().total
        left.clear()
        started = time.perf_counter()
        # The visit is durable when the screen goes back to the one beneath.
        with patch.object(nav, "back", lambda: left.append(time.perf_counter())):
            screen.save()
        taken += [(moment - started) * 1_000 for moment in left]
        nav.back()
        hands.look()
        _sure(phone.store.outbox_summary().total == before + 1, "the visit was not written")
        nav.back()
        frame()
    database = phone.store.database
    database.connection.execute("CREATE TABLE bare (row BLOB)")

    def bare() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO bare VALUES (?)", (bytes(1_000),))

    limit = _median(bare, clock=time.perf_counter)
    database.connection.execute("DROP TABLE bare")
    return {"value": statistics.median(taken), "bare": limit}


def _sync_frame(hands: Hands, url: str) -> Figure:
    """The longest a frame is late while 5,000 entries come and a thumb scrolls, then with the home screen that follows
    what comes; bare: the thumb with no sync.
    """
    phone = hands.app.phone
    screen = phone.nav.go("village", village=commune.village(0))
    hands.look()
    scrolling = Clock.schedule_interval(lambda _: _scroll_on(hands, screen.ids.rows), 0)
    quiet = hands.rest(4.0)
    with urlopen(f"{url}/open") as answer:  # noqa: S310 our own server
        answer.read()
    phone.sync()
    late = hands.rest_until(lambda: not phone.syncing or _half_came(phone), 300.0)
    scrolling.cancel()
    _sure(phone.syncing, "the sync was over before the home screen was open")
    phone.nav.back()
    touching = Clock.schedule_interval(lambda _: hands.touch(), 0)
    late += hands.rest_until(lambda: not phone.syncing, 300.0)
    late += hands.rest(1.0)
    touching.cancel()
    result = phone.result
    if result is None or not result.complete:
        raise SystemExit("the sync was not complete")
    _sure(result.pulled == commune.TO_COME, f"{result.pulled} entries came")
    return {"value": max(late) * 1_000, "bare": max(quiet) * 1_000}


def _half_came(phone: Phone) -> bool:
    progress = phone.progress
    return progress is not None and progress.stage == "receiving" and progress.done >= commune.TO_COME / 2


def _scroll_on(hands: Hands, rows: Any) -> None:
    hands.touch()
    rows.scroll_y = rows.scroll_y - 0.002 if rows.scroll_y > 0.5 else 1.0


def _sure(true: bool, otherwise: str) -> None:
    if not true:
        raise RuntimeError(otherwise)


def _memory_mib() -> float:
    """What the process holds, but for the libraries that draw without a graphics chip: no phone has them."""
    kib, drawing = 0, False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        name, *rest = line.split()
        if name == "Rss:":
            kib += 0 if drawing else int(rest[0])
        elif not name.endswith(":"):
            drawing = any(library in line for library in ("libLLVM", "swrast"))
    return kib / 1024


def _median(
    work: Callable[[], object],
    after: Callable[[], object] = lambda: None,
    clock: Callable[[], float] = time.thread_time,
) -> float:
    taken = []
    for _ in range(ROUNDS):
        started = clock()
        work()
        taken.append((clock() - started) * 1_000)
        after()
    return statistics.median(taken)


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] * 1_000


def _ms(started: float) -> float:
    return (time.thread_time() - started) * 1_000


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))
