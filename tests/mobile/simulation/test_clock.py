"""The simulated clock, and the commands' options."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from mobile.cli import commands
from mobile.simulation.clock import SimulatedClock

NOW = datetime(2022, 4, 15, 1, 30, tzinfo=UTC)


def test_it_tells_the_servers_time_until_it_goes_to_a_day() -> None:
    clock = SimulatedClock(NOW)
    assert abs(clock.now() - NOW) < timedelta(seconds=5)
    clock.go_to(date(2022, 4, 6))
    assert clock.today() == date(2022, 4, 6)
    assert abs(clock.now() - NOW + timedelta(days=9)) < timedelta(seconds=5)


def test_a_sync_is_in_the_present() -> None:
    clock = SimulatedClock(NOW)
    clock.go_to(date(2022, 4, 6))
    with clock.in_the_present():
        assert clock.today() == date(2022, 4, 15)
    assert clock.today() == date(2022, 4, 6)


def test_there_are_two_commands() -> None:
    assert [command.name for command in commands] == ["simulate", "phone"]


@pytest.mark.parametrize("command", commands, ids=lambda command: str(command.name))
def test_help_names_every_option(command: object) -> None:
    result = CliRunner().invoke(command, ["--help"])  # type: ignore[arg-type]
    assert result.exit_code == 0
    assert "--server" in result.output


@pytest.mark.parametrize(
    "options", [[], ["--server", "x", "--offline", "2"], ["--server", "x", "--devices", "0"]]
)
def test_wrong_options_are_refused(options: list[str]) -> None:
    assert CliRunner().invoke(commands[0], options).exit_code == 2


def test_store_syncing_and_simulation_know_no_kivy_and_no_server() -> None:
    program = (
        "import sys, mobile.cli, mobile.store.store, mobile.store.registers, mobile.store.plans,"
        " mobile.syncing.worker, mobile.simulation.run;"
        "print([n for n in sys.modules if n.split('.')[0] in ('kivy', 'server', 'sqlalchemy', 'flask')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
