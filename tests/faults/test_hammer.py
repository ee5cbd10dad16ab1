"""The hammer: eight writers, the same batch sent several times at once, people moving, backends and workers killed.

`HAMMER_SECONDS` (12) and `HAMMER_SEED` make it longer or other.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from server.checks.verify import verify
from server.database import open_engine
from server.ledger.models import EntryRow
from shared import wire
from tests.faults import hammer
from tests.server.ledger.hands import enrol, holds, rebuilds_alike

SECONDS = float(os.environ.get("HAMMER_SECONDS", "12"))
SEED = int(os.environ.get("HAMMER_SEED", "20220415"))
WRITERS = 8


@pytest.mark.postgresql
@pytest.mark.slow
@pytest.mark.proves("L4", "L6", "L7", "L9", "L10")
def test_nothing_is_lost_doubled_or_locked_for_ever(postgresql_url: str, tmp_path: Path) -> None:
    engine = open_engine(postgresql_url, pool_size=30, max_overflow=30)
    board = hammer.Board()
    hands = enrol(engine, *["station"] * WRITERS)
    tokens = hammer.give_tokens(engine, hands)
    with hammer.gunicorn(postgresql_url, 3, tmp_path / "gunicorn.log") as (port, master):
        direct, http = hammer.directly(engine, board), hammer.over_http(port, tokens, board)
        until = time.monotonic() + SECONDS
        writers = [
            hammer.Writer(hand, SEED + n, board, http if n % 3 == 0 else direct)
            for n, hand in enumerate(hands)
        ]
        failures: list[BaseException] = []
        threads = [
            threading.Thread(target=_guarded, args=(failures, writer.work, until)) for writer in writers
        ]
        killers = [
            threading.Thread(
                target=_guarded,
                args=(failures, hammer.kill_backends, postgresql_url, SEED, until, 0.08, board),
            ),
            threading.Thread(
                target=_guarded, args=(failures, hammer.kill_workers, master, SEED, until, 1.5, board)
            ),
        ]
        for thread in threads + killers:
            thread.start()
        for thread in threads + killers:
            thread.join(SECONDS + 60)
        assert not any(thread.is_alive() for thread in threads + killers), "somebody waits for ever"
    engine.dispose()
    print(f"\n{len(board.acknowledged)} entries, {dict(board.met)}")
    assert failures == []
    assert board.met["backends killed"] > 0
    assert board.met["workers killed"] > 0
    assert board.met["http 500"] == 0, (tmp_path / "gunicorn.log").read_text()[-5_000:]
    assert not [what for what in board.met if what in ("database 40P01", "server.busy")]
    assert hammer.deadlocks(postgresql_url) == ""
    _all_there(postgresql_url, board, {hand.device: len(hand.written) for hand in hands})


def _guarded(failures: list[BaseException], work: object, *args: object) -> None:
    try:
        work(*args)  # type: ignore[operator]
    except BaseException as error:  # noqa: BLE001  told by the test itself
        failures.append(error)


def _all_there(url: str, board: hammer.Board, written: dict[str, int]) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        stored = {
            row.id: bytes(row.digest) for row in connection.execute(select(EntryRow.id, EntryRow.digest))
        }
        expected = {raw["id"]: wire.digest(wire.canonical(raw)) for raw in board.acknowledged.values()}
        assert stored == expected
        assert board.receipts == {device: count for device, count in written.items() if count}
        holds(connection)
        rebuilds_alike(connection)
    verdict = verify(engine)
    assert verdict.ok, verdict.as_json()
    engine.dispose()
