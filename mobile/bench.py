"""Times on a phone with 10,000 people: `python -m mobile.bench [--json]`.

One JSON object: {people, limit_ms, cold_start_ms, unlock_ms, open_list_ms, search_ms, save_visit_ms}. The limit
is the least a list can cost: the people of one screen by primary key, from the same encrypted file. Cold start is
the real app from nothing to its first picture, off the screen; the others are the store's part of what a touch
does.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import click

from mobile.store import registers
from mobile.store.identity import Identity
from mobile.store.store import Store
from shared import wire
from shared.clock import FixedClock
from shared.identifiers import named_id, new_id
from shared.kinds import KINDS

PEOPLE = 10_000
HOUSEHOLD = 4
ROUNDS = 21
PIN = "246810"
TODAY = date(2022, 4, 15)

#: What one screen shows.
SCREEN = 50

_FAMILY = ("Lò", "Giàng", "Vàng", "Tao", "Phùng", "Chẻo", "Lý", "Nguyễn", "Đèo", "Pờ")
_MIDDLE = ("Thị", "Văn", "A", "Go", "Sài", "Thị Hoàng")
_GIVEN = ("Mỷ", "Páo", "Ân", "Quỳnh Như", "Sử", "Xè", "Quẩy", "Phương", "Sơn", "Dở", "Chính")

_PROVINCE, _COMMUNE, _VILLAGE = (named_id("bench", name) for name in ("province", "commune", "village"))
_OTHER = named_id("bench", "other")


def measure() -> dict[str, float]:
    """The figures in ms (medians)."""
    with tempfile.TemporaryDirectory(prefix="tungnha-bench-") as folder:
        home = Path(folder) / "phone"
        clock = FixedClock(TODAY)
        store = _filled(home, clock)
        store.close()
        unlock = _median_ms(lambda: Store.open(home, PIN, clock=clock).close(), 3)
        cold = _cold_start_ms(home)
        store = Store.open(home, PIN, clock=clock)
        found = {
            "people": float(PEOPLE),
            "limit_ms": _limit_ms(store),
            "cold_start_ms": cold,
            "unlock_ms": unlock,
            "open_list_ms": _median_ms(lambda: registers.people(store, _VILLAGE, limit=SCREEN)),
            "search_ms": _median_ms(lambda: registers.people(store, query="quynh nh", limit=SCREEN)),
            "save_visit_ms": _save_visit_ms(store),
        }
        store.close()
    return {name: round(value, 2) for name, value in found.items()}


def _filled(home: Path, clock: FixedClock) -> Store:
    """An enrolled phone after its first sync."""
    store = Store.create(home, PIN, clock=clock)
    store.set_identity(
        Identity(
            device=named_id("bench", "phone"),
            token="bench",  # noqa: S106 opens nothing
            server_url="http://127.0.0.1:9",
            label="bench",
            user_id=named_id("bench", "user"),
            username="bench",
            full_name="bench",
            role="station",
            places=(_COMMUNE,),
            site=None,
            province=_PROVINCE,
            streams=(_PROVINCE, _VILLAGE),
        )
    )
    _deliver(store, _PROVINCE, list(_places()), more=True)
    entries = list(_people())
    _deliver(store, _VILLAGE, entries, more=False)
    store.note_sync()
    return store


def _deliver(store: Store, stream: str, entries: list[dict[str, Any]], *, more: bool) -> None:
    """Pages as a server sends them."""
    reached, running = 0, wire.EMPTY_HASH
    while reached < len(entries):
        part = entries[reached : reached + wire.PAGE_ENTRIES]
        running = wire.chain_all(running, (wire.digest(wire.canonical(raw)) for raw in part))
        sent = {
            "id": stream,
            "from": reached,
            "to": reached + len(part),
            "hash": running.hex(),
            "entries": part,
        }
        reached += len(part)
        page = {"streams": [sent], "cursor": "c", "more": more or reached < len(entries)}
        store.apply_page(page | {"server_time": "2022-04-15T01:00:00.000Z"})


def _places() -> Iterator[dict[str, Any]]:
    numbers = count(1)
    for place, level, name, parent in (
        (_PROVINCE, "province", "Tỉnh Lai Châu", None),
        (_COMMUNE, "commune", "Xã Nậm Hàng", _PROVINCE),
        (_VILLAGE, "village", "Bản Nậm Củm", _COMMUNE),
    ):
        version = {"valid_from": "2020-01-01", "name": name, "unit_type": level}
        if parent:
            version["parent"] = parent
        yield _entry(next(numbers), "place", _PROVINCE, place, {"level": level, "versions": [version]})


def _people() -> Iterator[dict[str, Any]]:
    numbers = count(1_000)
    for house in range(PEOPLE // HOUSEHOLD):
        household = named_id("bench", "house", str(house))
        names = [_name(house * HOUSEHOLD + member) for member in range(HOUSEHOLD)]
        yield _entry(next(numbers), "household", _VILLAGE, household, {"head_name": names[0]})
        for member, name in enumerate(names):
            body = {
                "household": household,
                "full_name": name,
                "birth_date": f"{1940 + (house + 17 * member) % 75}-03-04",
                "birth_precision": "day",
                "sex": "female" if member % 2 else "male",
                "id_kind": "none",
                "residence": "permanent",
            }
            person = named_id("bench", "person", str(house), str(member))
            yield _entry(next(numbers), "person", _VILLAGE, person, body)


def _name(number: int) -> str:
    return " ".join(
        (
            _FAMILY[number % len(_FAMILY)],
            _MIDDLE[number // 3 % len(_MIDDLE)],
            _GIVEN[number // 7 % len(_GIVEN)],
        )
    )


def _entry(number: int, kind: str, place: str, subject: str, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": kind,
        "version": KINDS[kind].version,
        "subject": subject,
        "place": place,
        "author": _OTHER,
        "device": _OTHER,
        "device_seq": number,
        "occurred_on": TODAY.isoformat(),
        "recorded_at": "2022-04-15T01:00:00.000Z",
        "body": body,
    }


def _limit_ms(store: Store) -> float:
    persons = [named_id("bench", "person", str(house), "0") for house in range(SCREEN)]
    marks = ",".join("?" * len(persons))
    query = f"SELECT * FROM person WHERE id IN ({marks})"  # noqa: S608 question marks of our own
    return _median_ms(lambda: store.database.rows(query, tuple(persons)))


def _save_visit_ms(store: Store) -> float:
    houses = count()

    def save() -> None:
        house = str(next(houses))
        outcomes = [
            {"person": named_id("bench", "person", house, str(member)), "outcome": "reviewed"}
            for member in range(HOUSEHOLD)
        ]
        body = {"visit_type": "door_to_door", "outcomes": outcomes}
        store.record("visit", place=_VILLAGE, subject=named_id("bench", "house", house), body=body)

    return _median_ms(save)


#: What the installed app does from nothing to its first frame, which asks for the PIN.
_FIRST_FRAME = """
import sys
from pathlib import Path
from mobile.app import prepare
prepare(None, offscreen=True)
from kivy.base import EventLoop
from kivy.core.window import Window
from mobile.picture import frame
from mobile.shell import TungNhaApp
stage = TungNhaApp(Path(sys.argv[1])).build()
EventLoop.ensure_window()
Window.add_widget(stage)
frame()
Window.dispatch("on_draw")
"""


def _cold_start_ms(home: Path) -> float:
    """A process from nothing to the first frame, on a phone that holds its register."""
    settings = {"SDL_VIDEODRIVER": "offscreen", "KIVY_NO_CONSOLELOG": "1", "KIVY_NO_ARGS": "1"}
    command = [sys.executable, "-c", _FIRST_FRAME, str(home)]
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(command, env=os.environ | settings, check=True, capture_output=True, timeout=120)
        taken.append(time.perf_counter() - started)
    return min(taken) * 1_000


def _median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    work()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1_000


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output")
def main(as_json: bool) -> None:
    """Measure the phone's store and the app's cold start."""
    found = measure()
    if as_json:
        click.echo(json.dumps(found))
        return
    for name, value in found.items():
        click.echo(f"{name:<16} {value:>10.2f}")


if __name__ == "__main__":
    main()
