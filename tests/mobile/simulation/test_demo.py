"""The demonstration's phone: enrolled by itself, and never in the way of an older one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mobile.simulation import demo
from mobile.store.store import Store
from shared.clock import Clock, FixedClock
from shared.faults import Refused
from tests.mobile.phones import TODAY, make_phone

NOBODY = "http://127.0.0.1:9"


def test_without_a_demonstration_it_says_what_to_run(tmp_path: Path) -> None:
    assert demo.demo_clock(NOBODY) is None
    with pytest.raises(Refused) as refused:
        demo.demo_phone(NOBODY, "station", tmp_path / "phone", "quantri", "secret")
    assert refused.value.faults[0].code == "demo.not_running"
    assert "make demo" in refused.value.faults[0].message("en")
    assert not (tmp_path / "phone").exists()


def test_a_phone_of_another_demonstration_is_set_aside_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "demo-station"
    make_phone(home).close()  # another PIN than the demonstration's
    enrolled: list[str] = []

    def enrol(home: Path, clock: Clock, server: str, code: str) -> None:
        enrolled.append(code)
        Store.create(home, demo.PIN, clock=clock).close()

    monkeypatch.setattr(demo, "demo_clock", lambda _: FixedClock(TODAY))
    monkeypatch.setattr(demo, "ask_codes", lambda *_: ["K7QF3MXD"])
    monkeypatch.setattr(demo, "_enrol", enrol)
    found = demo.demo_phone(NOBODY, "station", home, "quantri", "secret")
    assert found.home == home
    assert enrolled == ["K7QF3MXD"]
    assert Store.exists(tmp_path / "demo-station.1")
    Store.open(home, demo.PIN).close()
