"""The app's process is killed after each touch on each form: the app started again shows the form as it stood (L13)."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mobile.store import observations, stock
from mobile.store.store import Store
from shared import wire
from shared.clock import FixedClock
from tests.mobile.phones import LOT, OTHER_VILLAGE, PIN, STATION, TODAY, VILLAGE
from tests.phone.goods import AZ_LATER, FRIDGE, INCOMING, OUTGOING
from tests.phone.village import FATHER, GRANDMOTHER, HOME, MOTHER, OLD_LOT, REMARK, set_up

pytestmark = [pytest.mark.phone, pytest.mark.slow]

#: How often somebody touches each form before the process is killed; each touch is one moment to be killed at.
TOUCHES = 4

#: Every form: its screen's name and how it is opened. "@session", "@dose" and "@holding" are of `Field`.
FORMS: dict[str, dict[str, str]] = {
    "visit": {"household": HOME},
    "person_form": {"person": FATHER},
    "household_form": {"village": VILLAGE},
    "move": {"household": HOME},
    "person_change": {"person": FATHER, "what": "absent"},
    "withdraw": {"entry": "@dose"},
    "session_form": {},
    "screening": {"session": "@session", "person": FATHER},
    "dose": {"session": "@session", "person": MOTHER},
    "session_close": {"session": "@session"},
    "count": {"site": STATION},
    "stock_receive": {"site": STATION},
    "stock_action": {"site": STATION, "holding": "@holding", "action": "discard"},
    "dispatch": {"site": STATION, "transfer": OUTGOING},
    "receipt": {"site": STATION, "transfer": INCOMING},
    "equipment_form": {"site": STATION, "equipment": FRIDGE},
    "tell": {"kind": "staff_shortage"},
    "message": {"message": REMARK},
    "reaction_form": {"person": GRANDMOTHER, "dose": "@dose"},
    "same_person": {"one": MOTHER, "other": FATHER},
    "report": {"day": TODAY.isoformat()},
}


class Field:
    """A station's phone with a session under way: somebody was given a dose and is observed, somebody was screened."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "phone"
        set_up(self.home, "station", FixedClock(TODAY), stocked=True)
        store = Store.open(self.home, PIN, clock=FixedClock(TODAY))
        lots = [{"lot": OLD_LOT, "vials_taken": 2}, {"lot": LOT, "vials_taken": 1}]
        session = store.record(
            "session",
            place=STATION,
            body={"session_type": "fixed", "villages": [VILLAGE, OTHER_VILLAGE], "lots": lots},
        )
        dose = {"vaccine": "PFZ_ADULT", "dose_type": "booster_1", "screening": "eligible", "lot": OLD_LOT}
        given = store.record(
            "dose", subject=GRANDMOTHER, place=STATION, body=dose | {"session": session.subject}
        )
        store.record(
            "screening",
            subject=MOTHER,
            place=STATION,
            body={"outcome": "eligible", "session": session.subject},
        )
        holding = next(h.id for h in stock.holdings(store, STATION) if h.lot.id == AZ_LATER)
        self.names = {"@session": session.subject, "@dose": given.id, "@holding": holding}
        self.recorded = store.outbox_summary().total
        self.watched = observations.watched(store, session.subject)
        assert [seen.still for seen in self.watched] == [True]
        store.close()

    def params(self, form: str) -> dict[str, str]:
        """How a form is opened on this phone."""
        return {name: self.names.get(value, value) for name, value in FORMS[form].items()}


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Field:
    """Set up once; every form is written on a copy."""
    return Field(tmp_path_factory.mktemp("field"))


@contextmanager
def somebody_writes(home: Path, form: str, params: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The process of the app, killed at the end of the block."""
    seed = str(sum(form.encode()))
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.phone.killed", str(home), form, json.dumps(params), seed],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.mark.proves("L13", "R039")
@pytest.mark.parametrize("form", FORMS)
def test_a_form_killed_after_any_touch_opens_as_it_stood(form: str, field: Field, tmp_path: Path) -> None:
    """Each touch leaves files behind as a kill at that moment would: they are copied while the process stands still.
    After the last one it is killed for good.
    """
    home, params = tmp_path / "phone", field.params(form)
    shutil.copytree(field.home, home)
    moments: list[tuple[Path, dict[str, Any]]] = []
    with somebody_writes(home, form, params) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for touch in range(TOUCHES + 1):
            line = process.stdout.readline()
            assert line, f"the app ended by itself after {[said['did'] for _, said in moments]}"
            if touch == TOUCHES:
                moments.append((home, json.loads(line)))
                break
            left = tmp_path / f"killed{touch}"
            shutil.copytree(home, left)
            moments.append((left, json.loads(line)))
            process.stdin.write("\n")
            process.stdin.flush()
    opened = moments[0][1]["stands"]
    assert any(said["stands"] != opened for _, said in moments), "nothing was written"
    so_far = []
    for left, said in moments:
        so_far.append(said["did"])
        assert stands_after_the_start(left, form, params) == said["stands"], so_far
        assert_whole(left, field)


def stands_after_the_start(home: Path, form: str, params: dict[str, str]) -> list[list[Any]]:
    """What the form shows when the app is started again."""
    from tests.phone.killed import open_form, standing

    phone = open_form(home, form, params)
    try:
        return json.loads(json.dumps(standing(phone)))  # type: ignore[no-any-return]
    finally:
        phone.close()


def assert_whole(home: Path, field: Field) -> None:
    """Nothing was lost or added of what had been recorded before the kill."""
    store = Store.open(home, PIN, clock=FixedClock(TODAY))
    sent = store.next_batch(1000)
    assert [number for number, _ in sent] == list(range(1, field.recorded + 1))
    [chain] = store.database.row("SELECT chain FROM entry WHERE origin = 'own' ORDER BY device_seq DESC")
    assert bytes(chain) == wire.chain_all(wire.EMPTY_HASH, [wire.digest(payload) for _, payload in sent])
    assert store.outbox_summary().unsent == field.recorded
    assert observations.watched(store, field.names["@session"]) == field.watched, (
        "the time of who is observed"
    )
    store.close()


def test_every_form_is_killed() -> None:
    import tests.phone.harness  # noqa: F401  Kivy's settings come first
    from mobile.screens.base import SCREENS
    from mobile.screens.filling import FormScreen

    assert set(FORMS) == {name for name, screen in SCREENS.items() if issubclass(screen, FormScreen)}
