"""Phones of villages with people with long names, at 15/04/2022."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.clock import FixedClock
from tests.mobile.phones import TODAY

Opening = Callable[..., Any]


@pytest.fixture
def clock() -> FixedClock:
    """The morning of the documents' day."""
    return FixedClock(TODAY)


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A phone with room, however full the disk of the machine is that tests it."""
    monkeypatch.setattr("mobile.store.room.free_bytes", lambda _: 10 << 30)


@pytest.fixture
def open_phone(tmp_path: Path, clock: FixedClock) -> Iterator[Opening]:
    """Opens the app on a phone; `role` None leaves it new, otherwise it is enrolled, filled and unlocked."""
    from tests.phone.harness import Harness
    from tests.phone.village import set_up

    opened: list[Any] = []

    def open_app(role: str | None = "station", unlock: bool = True, **more: Any) -> Any:
        home = tmp_path / f"phone{len(opened)}"
        if role is not None:
            set_up(home, role, clock, **more)
        harness = Harness(home, clock)
        opened.append(harness)
        if role is not None and unlock:
            harness.pad("246810")
            harness.at("home")
        return harness

    yield open_app
    for harness in opened:
        if not harness.closed:
            harness.close()
