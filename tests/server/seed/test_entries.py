"""The seed goes through the ledger: the same every time, nothing refused, nothing doubtful."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select, text

from server.ledger.models import EntryRow
from server.seed.plan import SeedPlan
from server.seed.run import seed
from server.seed.writing import Ids
from shared.faults import Refused
from tests.server.seed.conftest import Sown, sow


def digests(url: str, plan: SeedPlan) -> list[tuple[str, bytes]]:
    engine, _ = sow(url, plan)
    with engine.connect() as connection:
        rows = connection.execute(select(EntryRow.id, EntryRow.digest).order_by(EntryRow.id)).all()
    engine.dispose()
    return [(row.id, bytes(row.digest)) for row in rows]


def test_the_same_seed_gives_the_same_entries(tmp_path: Path) -> None:
    first, again, other = (
        digests(f"sqlite:///{tmp_path / name}", SeedPlan(seed=number, communes=2))
        for name, number in (("first.db", 7), ("again.db", 7), ("other.db", 8))
    )
    assert first == again
    assert not {digest for _, digest in first} & {digest for _, digest in other[-500:]}


def test_on_both_databases(database_url: str, tmp_path: Path) -> None:
    plan = SeedPlan(communes=2)
    assert digests(database_url, plan) == digests(f"sqlite:///{tmp_path / 'other.db'}", plan)


@pytest.mark.parametrize("table", ["quarantine", "held", "flag", "conflict"])
def test_nothing_is_refused_held_or_doubted(spring: Sown, table: str) -> None:
    found = spring.connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    assert found == 0


def test_what_it_says_it_made_is_there(spring: Sown) -> None:
    made, tree = spring.made, spring.tree
    count = {
        table: spring.connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
        for table in ("person", "dose", "entry", "user")
    }
    assert (made.people, made.doses, made.entries, made.users) == (
        count["person"], count["dose"], count["entry"], count["user"],
    )  # fmt: skip
    levels = [node.level for node in tree.nodes.values()]
    assert made.communes == 20 == levels.count("commune") == levels.count("station")
    assert made.villages == levels.count("village")


def test_every_phone_ends_with_all_its_entries_received(spring: Sown) -> None:
    behind = spring.connection.execute(
        text("SELECT count(*) FROM device WHERE received_through <> received_count")
    ).scalar_one()
    assert behind == 0


def test_a_database_with_data_is_left_alone(spring: Sown) -> None:
    with pytest.raises(Refused) as refused:
        seed(spring.engine, spring.plan)
    assert [fault.code for fault in refused.value.faults] == ["seed.not_empty"]


def test_identifiers_are_uuid_version_7_in_growing_order() -> None:
    ids = Ids(Random(1), 3)
    made = [ids.new() for _ in range(50)]
    assert {UUID(each).version for each in made} == {7}
    assert all(first < second for first, second in pairwise(made))
    assert made[0] < Ids(Random(1), 4).new()
