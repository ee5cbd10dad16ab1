"""Progress of a goal: what is left, what pace it needs, whether the present pace will do."""

from __future__ import annotations

import pytest

from server.indicators.progress import Progress


@pytest.mark.proves("R017", "R028")
def test_the_pace_needed_counts_today_and_the_due_date() -> None:
    progress = Progress(due=100, covered=40, last_7_days=14, days_left=14)
    assert progress.to_go == 60
    assert progress.needed_per_day == 4
    assert progress.shortfall == 60 - 28
    assert progress.state == "behind"


@pytest.mark.parametrize(
    ("progress", "state"),
    [
        (Progress(0, 0, 0, 5), "none"),
        (Progress(10, 10, 0, -5), "done"),
        (Progress(10, 9, 7, -1), "late"),
        (Progress(10, 9, 7, 0), "behind"),
        (Progress(10, 9, 7, 1), "on_track"),
        (Progress(10, 0, 0, 60), "not_started"),
        (Progress(10, 0, 0, 20), "behind"),
        (Progress(10, 1, 0, 60), "behind"),
    ],
)
def test_states(progress: Progress, state: str) -> None:
    assert progress.state == state


def test_after_the_due_date_no_pace_is_needed() -> None:
    assert Progress(10, 5, 7, -1).needed_per_day is None
    assert Progress(10, 5, 7, -1).shortfall == 5
