"""Every check can fail: whatever is changed in a small database, verify names it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Column, Connection, Engine, Table, Uuid, delete, func, insert, select, update

from server.checks.cells import CELLS
from server.checks.findings import SHOWN, Findings
from server.checks.verify import CHECKS, verify
from server.cli import checking
from server.database import Instant, migrate, open_engine
from server.sync.projectors import PROJECTED
from server.tables import metadata
from shared.identifiers import named_id
from tests.server.checks import small

TABLES = metadata.tables

#: Columns outside the projections, and the check that must notice a change.
WATCHED = {
    "entry": ("entries", set(TABLES["entry"].c.keys()) - {"received_at"}),
    "held": ("entries", set(TABLES["held"].c.keys()) - {"received_at"}),
    "quarantine": ("entries", {"digest", "payload"}),
    "device": ("devices", {"received_through", "received_count", "received_hash"}),
    "stream": ("streams", {"id", "head", "hash"}),
    "delivery": ("streams", {"stream_id", "position", "entry_id", "hash"}),
    "home": ("homes", {"person_id", "village_id"}),
    "village_count": ("cells", {"village_id", "village_head"}),
    **{name: ("cells", set(TABLES[name].c.keys())) for name in CELLS},
}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One filled database for all tests that roll back what they change."""
    if request.param == "sqlite":
        engine = open_engine(str(tmp_path_factory.mktemp("checks") / "small.db"))
    else:
        cluster, template = request.getfixturevalue("_postgresql")
        engine = open_engine(cluster.url(cluster.create(template)))
    migrate(engine)
    small.fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A filled database of the test's own."""
    engine = open_engine(database_url)
    small.fill(engine)
    yield engine
    engine.dispose()


def found(connection: Connection, check: str) -> Findings:
    findings = Findings(check, lambda name, done, total: None)
    CHECKS[check](connection, findings)
    return findings


def another(column: Column[Any], value: Any) -> Any:
    """A value of the column's type that is not the one there."""
    if isinstance(column.type, Instant):
        return value + timedelta(seconds=1)
    if column.type.python_type is bool:
        return not value
    if column.type.python_type is int:
        return (value or 0) + 100_000
    if column.type.python_type is bytes:
        return bytes(reversed(value))
    if column.type.python_type is date:
        return (value or small.TODAY) + timedelta(days=400)
    if isinstance(column.type, Uuid):
        return named_id("tampered", column.name)
    return f"{value}x"[-40:] if column.name != "payload" else value.replace("2022", "2021")


@pytest.mark.proves("R047")
def test_an_honest_database_passes(shared: Engine) -> None:
    verdict = verify(shared)
    assert verdict.ok, verdict.as_json()
    looked_at = {check.name: check.checked for check in verdict.checks}
    assert all(looked_at.values()), looked_at
    with shared.connect() as connection:
        for name, (_, measures) in CELLS.items():
            figures = select(*(func.sum(TABLES[name].c[measure]) for measure in measures))
            sums = dict(zip(measures, connection.execute(figures).one(), strict=True))
            unused = (
                {"absent", "deferred", "contraindicated"} if name == "outreach_cell" else {"from_certificate"}
            )
            missing = {measure for measure in measures if not sums[measure]} - unused
            assert not missing, f"the small database must count something of everything: {name} {missing}"
        for table in PROJECTED:
            assert connection.scalar(select(func.count()).select_from(table)), table.name


@pytest.mark.parametrize("table", PROJECTED, ids=lambda table: table.name)
def test_a_changed_projection_is_named(shared: Engine, table: Table) -> None:
    others = [column for column in table.columns if not column.primary_key]
    together = [others[start : start + SHOWN] for start in range(0, len(others), SHOWN)]
    for columns in [*([column] for column in table.primary_key), *together]:
        with shared.connect() as connection:
            tampered = tamper(connection, table, *columns)
            named = [
                d.params
                for d in found(connection, "projections").differences
                if d.params["table"] == table.name
            ]
            if columns[0].primary_key:
                assert any(str(tampered[columns[0].name]) in params["row"] for params in named)
            else:
                assert {params.get("column") for params in named} == set(tampered)
            connection.rollback()


@pytest.mark.parametrize(
    ("table", "column"), [(t, c) for t, (_, columns) in WATCHED.items() for c in sorted(columns)]
)
def test_a_changed_column_is_noticed(shared: Engine, table: str, column: str) -> None:
    check, _ = WATCHED[table]
    with shared.connect() as connection:
        tamper(connection, TABLES[table], TABLES[table].c[column])
        findings = found(connection, check)
        assert findings.found, f"{table}.{column}"
        assert all(
            difference.message("vi") and difference.message("en") for difference in findings.differences
        )
        connection.rollback()


def tamper(connection: Connection, table: Table, *columns: Column[Any]) -> dict[str, Any]:
    """Change columns of one row (a device's is the phone's); the values written."""
    query = select(table).limit(1)
    if table.name == "device":
        query = query.where(table.c.id == small.PHONE)
    row = connection.execute(query).one()
    values = {column.name: another(column, getattr(row, column.name)) for column in columns}
    where = [table.c[c.name] == getattr(row, c.name) for c in table.primary_key]
    connection.execute(update(table).where(*where).values(values))
    return values


@pytest.mark.parametrize(
    ("table", "check", "code"),
    [
        ("entry", "deliveries", "delivery.dangling"),
        ("entry", "devices", "device.count"),
        ("delivery", "streams", "stream.gap"),
        ("delivery", "deliveries", "delivery.missing"),
        ("stream", "streams", "stream.unknown"),
        ("home", "homes", "home.missing"),
        ("stock_movement", "balances", "balance.vials"),
        ("stock_balance", "balances", "balance.missing"),
        ("transfer_line", "conservation", "transfer.line"),
        ("transfer_document", "conservation", "transfer.line"),
        *((name, "cells", "cell.missing") for name in CELLS),
        ("held", "devices", "device.count"),
        ("quarantine", "devices", "device.count"),
    ],
)
def test_a_row_taken_away_is_missed(shared: Engine, table: str, check: str, code: str) -> None:
    rows = TABLES[table]
    with shared.connect() as connection:
        first = select(rows).order_by(*rows.primary_key).limit(1)
        if table == "delivery":
            first = first.where(rows.c.stream_id == small.STATION)
        if (
            table == "stock_movement"
        ):  # one of several of a holding, else the whole balance would be one too many
            several = select(rows.c.holding_id).group_by(rows.c.holding_id).having(func.count() > 1)
            first = first.where(rows.c.holding_id.in_(several))
        row = connection.execute(first).one()
        connection.execute(delete(rows).where(*(c == getattr(row, c.name) for c in rows.primary_key)))
        findings = found(connection, check)
        assert code in {difference.code for difference in findings.differences}
        connection.rollback()


def test_an_entry_missing_from_a_home_is_named(shared: Engine) -> None:
    delivery, entry = TABLES["delivery"], TABLES["entry"]
    with shared.connect() as connection:
        dose = connection.execute(
            select(entry.c.id, entry.c.place_id).where(entry.c.kind == "dose").limit(1)
        ).one()
        at_home = (delivery.c.entry_id == dose.id) & (delivery.c.stream_id != dose.place_id)
        connection.execute(delete(delivery).where(at_home))
        codes = {difference.code for difference in found(connection, "deliveries").differences}
        assert codes == {"delivery.missing_at_home"}
        connection.rollback()


def test_an_entry_delivered_twice_or_astray_is_named(shared: Engine) -> None:
    delivery = TABLES["delivery"]
    with shared.connect() as connection:
        station = delivery.c.stream_id == small.STATION
        row = connection.execute(select(delivery).where(station).limit(1)).one()
        for stream in (small.STATION, small.DISTRICT):
            again = {"stream_id": stream, "position": 9_999, "entry_id": row.entry_id, "hash": row.hash}
            connection.execute(insert(delivery).values(again))
        codes = {difference.code for difference in found(connection, "deliveries").differences}
        assert codes == {"delivery.twice", "delivery.astray"}
        connection.rollback()


def test_the_state_of_a_balance_is_checked(shared: Engine) -> None:
    balance = TABLES["stock_balance"]
    for name in ("site_id", "lot_id", "state", "thawed_on", "vials", "doses"):
        with shared.connect() as connection:
            tamper(connection, balance, balance.c[name])
            assert found(connection, "balances").found
            connection.rollback()


@pytest.mark.proves("R081")
def test_goods_that_vanish_between_two_books_are_named(shared: Engine) -> None:
    movement = TABLES["stock_movement"]
    with shared.connect() as connection:
        row = connection.execute(
            select(movement.c.id).where(movement.c.transfer_id.is_not(None)).limit(1)
        ).one()
        connection.execute(update(movement).where(movement.c.id == row.id).values(vials=movement.c.vials + 1))
        codes = {difference.code for difference in found(connection, "conservation").differences}
        assert codes == {"transfer.conserved"}
        connection.rollback()


@pytest.mark.proves("R081")
def test_a_reversal_that_mirrors_nothing_is_named(shared: Engine) -> None:
    movement = TABLES["stock_movement"]
    with shared.connect() as connection:
        connection.execute(update(movement).where(movement.c.reverses_id.is_not(None)).values(vials=3))
        assert "balance.reversal" in {d.code for d in found(connection, "balances").differences}
        connection.rollback()


@pytest.mark.parametrize("table", ["person", "dose"])
def test_the_recount_does_not_read_what_the_cells_were_made_from(shared: Engine, table: str) -> None:
    """A cell computed from a wrong immunisation row disagrees with the doses; one person more is noticed."""
    with shared.connect() as connection:
        if table == "dose":
            made = TABLES["immunisation"]
            connection.execute(update(made).values(booster_1_on=None))
            small.refresh(connection, list(small.VILLAGES), small.CLOCK)
            assert "covered" in measures(found(connection, "cells"))
        else:
            people = TABLES["person"]
            connection.execute(update(people).values(birth_date=people.c.birth_date, residence="moved"))
            assert {"people", "due"} <= measures(found(connection, "cells"))
        connection.rollback()


def measures(findings: Findings) -> set[Any]:
    return {difference.params.get("measure") for difference in findings.differences}


def test_stale_villages_are_counted_and_with_fresh_they_fail(engine: Engine) -> None:
    with engine.begin() as connection:
        nurse = small.author(connection, small.NURSE, "station")
        nurse.write("household", place=small.VILLAGES[0], body={"head_name": "Vàng A Chỉnh"})
        nurse.flush()
    verdict = verify(engine)
    assert verdict.ok
    assert verdict.checks[-1].stale == 1
    assert [d.code for d in verify(engine, fresh=True).checks[-1].differences] == ["cell.stale"]


def test_only_ten_differences_are_told(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(update(TABLES["person"]).values(full_name="?"))
    check = next(c for c in verify(engine).checks if c.name == "projections")
    assert check.found == 60
    assert len(check.differences) == 10


def test_the_command_answers_for_people_and_for_programs(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    honest = CliRunner().invoke(checking.verify, ["--database", url, "--json"])
    assert honest.exit_code == 0, honest.output
    told = json.loads(honest.stdout)
    assert told["ok"]
    assert [check["name"] for check in told["checks"]] == list(CHECKS)
    with engine.begin() as connection:
        tamper(connection, TABLES["stock_balance"], TABLES["stock_balance"].c.vials)
    wrong = CliRunner().invoke(checking.verify, ["--database", url])
    assert wrong.exit_code == 1
    assert "số dư 100042" in wrong.stdout
    assert "balance 100042" in wrong.stdout


def test_a_database_that_is_not_there_is_said_so(tmp_path: Any) -> None:
    for url, words in ((f"sqlite:///{tmp_path}/none.db", "không mở được"), ("mysql://x/y", "không phải")):
        answer = CliRunner().invoke(checking.verify, ["--database", url])
        assert answer.exit_code == 2
        assert words in answer.output
    assert not (tmp_path / "none.db").exists()


def test_a_rebuild_repairs_projections_and_cells(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(update(TABLES["person"]).values(full_name="?"))
        connection.execute(delete(TABLES["coverage_cell"]))
        connection.execute(delete(TABLES["stock_balance"]))
    assert not verify(engine).ok
    answer = CliRunner().invoke(checking.rebuild, ["--database", url, "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert told["cells"] == 6
    assert verify(engine, fresh=True).ok
