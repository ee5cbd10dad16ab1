"""`tungnha`: clear words, one JSON object, exit codes, never a traceback."""

from __future__ import annotations

import json
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from server.database import migrate, open_engine
from shared.command import GROUP, Programs, main
from shared.faults import Refused, fault


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, arguments)


def document(result: Result) -> Any:
    """The one object on standard output."""
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('cli') / 'seeded.db'}"
    found = document(run("seed", "--communes", "2", "--database", url, "--json"))
    assert found["communes"] == 2
    assert found["people"] > 100
    assert set(found) == {
        "database", "size", "seed", "today", "province", "communes", "villages", "people", "doses", "entries",
        "users", "seconds",
    }  # fmt: skip
    return url


def test_every_command_is_there_and_says_what_it_does() -> None:
    listed = run("--help").stdout
    for name in (
        "demo",
        "serve",
        "seed",
        "scheduler",
        "verify",
        "rebuild",
        "report",
        "user",
        "device",
        "phone",
    ):
        assert f"  {name} " in listed
        assert run(name, "--help").exit_code == 0


def test_a_command_of_an_extra_that_is_not_installed_names_the_extra() -> None:
    lacking = EntryPoint("mobile", "no_such_module_at_all:commands", GROUP)
    result = CliRunner().invoke(Programs("tungnha", found=[lacking]), ["phone"])
    assert result.exit_code == 2
    assert "pip install 'tungnha[mobile]'" in result.stderr
    assert CliRunner().invoke(Programs("tungnha", found=[lacking]), ["--help"]).exit_code == 0


def test_what_is_refused_is_said_in_both_languages() -> None:
    @click.command()
    def fail() -> None:
        raise Refused(fault("seed.not_empty"))

    group = Programs("tungnha", found=[])
    group.add_command(fail)
    result = CliRunner().invoke(group, ["fail"])
    assert result.exit_code == 1
    assert "Cơ sở dữ liệu đã có dữ liệu" in result.stderr
    assert "The database holds data already" in result.stderr
    assert result.stdout == ""


def test_a_seed_into_data_is_refused(seeded: str) -> None:
    result = run("seed", "--communes", "2", "--database", seeded)
    assert result.exit_code == 1
    assert "empty database" in result.stderr
    assert "Traceback" not in result.output


def test_a_wrong_database_is_a_wrong_use() -> None:
    result = run("seed", "--database", "mysql://nowhere/x")
    assert result.exit_code == 2
    assert "is not an SQLite or PostgreSQL URL" in result.stderr


def test_a_database_that_does_not_answer_is_named() -> None:
    result = run("seed", "--database", "postgresql://tungnha:secret@127.0.0.1:9/tungnha")
    assert result.exit_code == 2
    assert "cannot be opened" in result.stderr
    assert "Traceback" not in result.output


def test_adding_a_user(seeded: str) -> None:
    added = document(
        run(
            "user", "add", "xa.thu", "--full-name", "Lò Thị Thử", "--role", "station", "--place", "commune:03386",
            "--password", "một câu đủ dài", "--database", seeded, "--json", TUNGNHA_NOW="2022-04-15",
        )
    )  # fmt: skip
    assert added["role"] == "station"
    assert len(added["places"]) == 1


def test_a_user_at_no_place_and_with_a_short_password(seeded: str) -> None:
    common = ("user", "add", "quantri", "--full-name", "Lò Thử", "--role", "station", "--database", seeded)
    nowhere = run(*common, "--place", "commune:99999", "--password", "x" * 12, TUNGNHA_NOW="2022-04-15")
    assert nowhere.exit_code == 2
    assert "no such place" in nowhere.stderr
    weak = run(*common, "--place", "province:12", "--password", "ngắn", TUNGNHA_NOW="2022-04-15")
    assert weak.exit_code == 1
    assert "quantri" in weak.stderr


def test_issuing_a_code(seeded: str) -> None:
    issued = document(run("device", "code", "--user", "tram.03386", "--database", seeded, "--json"))
    assert issued["username"] == "tram.03386"
    assert issued["role"] == "station"
    assert len(issued["code"]) == 8
    unknown = run("device", "code", "--user", "nobody", "--database", seeded)
    assert unknown.exit_code == 1
    assert "no such user" in unknown.stderr


def test_serving_without_a_key_says_what_is_missing(tmp_path: Path) -> None:
    result = run(
        "serve", "--database", f"sqlite:///{tmp_path / 'x.db'}", TUNGNHA_SECRET_KEY="", TUNGNHA_DEMO=""
    )
    assert result.exit_code == 1
    assert "TUNGNHA_SECRET_KEY" in result.stderr
    assert "Traceback" not in result.output


def test_an_empty_database_has_no_users(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    assert run("device", "code", "--user", "quantri", "--database", url).exit_code == 1
