"""Models and migrations agree, on both databases, from empty and back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import server
from server.database import migrate, open_engine
from server.tables import metadata

MIGRATIONS = Path(server.__file__).parent / "migrations"


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    return made


def test_the_models_are_what_the_migrations_make(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_table_is_declared_and_made(database_url: str) -> None:
    engine = open_engine(database_url)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_there_is_one_line_of_migrations_dated_and_in_order() -> None:
    script = ScriptDirectory.from_config(config())
    assert len(script.get_heads()) == 1
    revisions = [revision.revision for revision in script.walk_revisions()][::-1]
    assert revisions == sorted(revisions)
    assert {file.stem[:13] for file in (MIGRATIONS / "versions").glob("2*.py")} == {r[:13] for r in revisions}


def test_down_and_up_again(database_url: str) -> None:
    engine = open_engine(database_url)
    made = config()
    with engine.connect() as connection:
        made.attributes["connection"] = connection
        command.downgrade(made, "base")
        connection.commit()
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrate(engine)
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


@pytest.mark.postgresql
def test_two_servers_that_start_together_migrate_once(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    program = (
        "import sys; from server.database import migrate, open_engine; migrate(open_engine(sys.argv[1]))"
    )
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", program, postgresql_url], cwd=MIGRATIONS.parents[1], stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    told = [server.communicate(timeout=60)[1].decode() for server in starting]
    assert [server.returncode for server in starting] == [0, 0, 0], told
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()
