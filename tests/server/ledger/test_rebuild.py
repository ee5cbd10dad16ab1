"""Rebuilding, and entries made on the server."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from server.accounts.models import Device, User
from server.database import open_engine
from server.ledger import rebuild as rebuilding
from server.ledger.author import ServerAuthor
from server.ledger.inspect import history, inspect
from server.ledger.models import EntryRow
from server.ledger.rebuild import rebuild
from server.sync.projectors import PROJECTED, PROJECTORS
from server.tables import metadata
from shared.faults import Refused
from tests.server.ledger.hands import (
    CLOCK,
    PROVINCE,
    VILLAGES,
    Hand,
    enrol,
    holds,
    projected,
    push,
    rebuilds_alike,
)
from tests.server.ledger.histories import hands, write


def filled(engine: Engine) -> None:
    made = enrol(engine, *[hand.role for hand in hands()])
    spelt = write([(n % 3, n % 12, n % 4, n * 7) for n in range(80)])
    for hand, written in zip(made, spelt, strict=True):
        push(engine, hand, *written.written)


@pytest.mark.parametrize("chunk", [1, 7, 5_000])
def test_a_rebuild_gives_the_same_tables_whatever_it_reads_at_once(
    engine: Engine, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(engine)
    monkeypatch.setattr(rebuilding, "CHUNK", chunk)
    told: list[tuple[int, int]] = []
    with engine.begin() as connection:
        before = projected(connection)
        for table in PROJECTED:
            connection.execute(table.delete())
        count = rebuild(
            connection, connection, PROJECTORS, PROJECTED, lambda done, total: told.append((done, total))
        )
        assert projected(connection) == before
        assert sum(map(len, before.values())) > 40
    assert told[-1] == (count, count)


def test_a_rebuild_beside_the_ledger(engine: Engine, tmp_path: Any) -> None:
    filled(engine)
    beside = open_engine(str(tmp_path / "beside.db"))
    metadata.create_all(beside, tables=list(PROJECTED))
    with engine.connect() as source, beside.begin() as target:
        rebuild(source, target, PROJECTORS, PROJECTED)
        assert projected(target) == projected(source)
    beside.dispose()


def author(session: Session, hand: Hand) -> ServerAuthor:
    return ServerAuthor(session.connection(), session.get_one(User, hand.user), CLOCK, PROJECTORS)


def campaign(**changed: Any) -> dict[str, Any]:
    return {
        "name_vi": "x",
        "name_en": "x",
        "disease": "x",
        "document": "x",
        "starts_on": "2022-01-01",
    } | changed


def test_entries_made_here_go_the_same_way(engine: Engine) -> None:
    [admin] = enrol(engine, "administrator")
    for round_ in range(2):  # the next author of the same user goes on with the numbers
        with Session(engine) as session:
            writing = author(session, admin)
            subject = writing.write(
                "campaign", place=PROVINCE, body=campaign(ends_on=None), occurred_on=date(2022, 4, 1)
            )
            writing.flush()
            heads = writing.heads("campaign", subject)
            writing.write(
                "campaign",
                place=PROVINCE,
                subject=subject,
                body={"ends_on": None, "name_vi": "y"},
                based_on=heads,
            )
            assert writing.flush() is not None
            assert writing.flush() is None
            session.commit()
        with engine.begin() as connection:
            rows = (
                connection.execute(select(EntryRow.device_seq).order_by(EntryRow.device_seq)).scalars().all()
            )
            assert rows == list(range(1, 2 * round_ + 3))
            assert connection.execute(select(Device.is_server).where(Device.is_server)).scalars().all() == [
                True
            ]
            assert {row[2] for row in projected(connection)["campaign"]} == {"y"}
            holds(connection)
            rebuilds_alike(connection)


def test_one_bad_row_of_an_import_stores_nothing(engine: Engine) -> None:
    [admin] = enrol(engine, "administrator")
    with Session(engine) as session:
        writing = author(session, admin)
        writing.write("campaign", place=PROVINCE, body=campaign())
        writing.write("campaign", place=PROVINCE, body=campaign(starts_on="soon"))
        with pytest.raises(Refused) as refused:
            writing.flush()
        assert [(f.code, f.field) for f in refused.value.faults] == [("field.not_day", "starts_on")]
        session.rollback()
    with engine.connect() as connection:
        assert connection.execute(select(EntryRow.id)).all() == []


def test_many_entries_go_in_parts(engine: Engine) -> None:
    [admin] = enrol(engine, "administrator")
    told = []
    with Session(engine) as session:
        writing = author(session, admin)
        writing.between = lambda: told.append(1)
        for _ in range(1_005):
            writing.write("campaign", place=PROVINCE, body=campaign())
        writing.flush()
        session.commit()
    assert len(told) == 2
    with engine.connect() as connection:
        assert len(projected(connection)["campaign"]) == 1_005


@pytest.mark.proves("R002")
def test_an_entry_is_shown_with_everything_known_of_it(engine: Engine) -> None:
    [hand] = enrol(engine, "station")
    first = hand.person("p", VILLAGES[0])
    dose = hand.dose("p")
    mended = hand.dose("p", corrects=dose["id"])
    other = hand.dose("q", corrects=dose["id"])
    push(engine, hand, first, dose, mended, other)
    with engine.connect() as connection:
        found = inspect(connection, dose["id"])
        assert found is not None
        assert found.intact
        assert found.corrected_by == mended["id"], "a correction is about the same subject"
        assert found.places == {dose["place"], VILLAGES[0]}
        assert len(found.deliveries) == 2
        assert inspect(connection, hand.device) is None
        assert [row[0] for row in history(connection, first["subject"])] == sorted(
            (first["id"], dose["id"], mended["id"]), reverse=True
        )
