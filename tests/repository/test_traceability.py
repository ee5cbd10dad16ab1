"""The lists of what is asked for, and the tool that says what has a test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.traceability import known_ids

TESTS = Path(__file__).parents[1]


def test_lists_every_requirement_and_lesson() -> None:
    assert known_ids() == {f"R{n:03}" for n in range(1, 100)} | {f"L{n}" for n in range(1, 29)}


@pytest.mark.slow
def test_tool_reports_the_tests_of_each() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.traceability", "--json"],
        capture_output=True,
        text=True,
        check=True,
        cwd=TESTS.parent,
    )
    table = json.loads(run.stdout)
    assert {row["id"] for row in table} == known_ids()
    assert all(set(row) == {"id", "text", "priority", "tests"} for row in table)


def test_a_misprint_in_proves_stops_the_run(misprint: Path) -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-c",
            "pyproject.toml",
            "-p",
            "tests.conftest",
            "--collect-only",
            misprint,
        ],
        capture_output=True,
        text=True,
        cwd=TESTS.parent,
    )
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "R999" in run.stdout + run.stderr


@pytest.fixture
def misprint(tmp_path: Path) -> Path:
    """A test file with a misprint, run under this project's own settings and conftest."""
    file = tmp_path / "test_misprint.py"
    file.write_text("import pytest\n\n@pytest.mark.proves('R999')\ndef test_nothing() -> None: ...\n")
    return file
