"""Which requirements (R001…) and field lessons (L1…) have a test: `make traceability`, also ARGS=--json."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sys
from collections import defaultdict
from pathlib import Path
from textwrap import fill
from typing import Any

import pytest

HERE = Path(__file__).parent


def rows() -> list[dict[str, str]]:
    """Every requirement and lesson: id, text, priority (a lesson has none)."""
    listed = []
    for file, column in (("requirements.csv", "requirement"), ("lessons.csv", "rule")):
        with (HERE / file).open(encoding="utf-8", newline="") as lines:
            listed.extend(
                {"id": row["id"], "text": row[column], "priority": row.get("priority", "")}
                for row in csv.DictReader(lines)
            )
    return listed


def known_ids() -> set[str]:
    """The ids that a test may say it proves."""
    return {row["id"] for row in rows()}


class Collector:
    """A pytest plug-in that notes which test functions say they prove what."""

    def __init__(self) -> None:
        self.tests: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """A test with parameters counts once."""
        for item in session.items:
            for mark in item.iter_markers("proves"):
                for proven in mark.args:
                    self.tests[proven].add(item.nodeid.partition("[")[0])


def main() -> int:
    """Print the table; exit 1 when the tests cannot be collected."""
    collector = Collector()
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        status = pytest.main(["--collect-only", "--quiet", str(HERE)], plugins=[collector])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        print(output.getvalue(), file=sys.stderr)
        return 1
    table = [row | {"tests": sorted(collector.tests.get(row["id"], ()))} for row in rows()]
    if "--json" in sys.argv[1:]:
        print(json.dumps(table, ensure_ascii=False, indent=1))
    else:
        _print(table)
    return 0


def _print(table: list[dict[str, Any]]) -> None:
    for row in table:
        files = sorted({test.partition("::")[0] for test in row["tests"]})
        proof = f"{len(row['tests'])} ({', '.join(files)})" if files else "–"
        print(f"{row['id']:<5} {row['priority']:<7} {proof}\n      {row['text']}")
    without = [row["id"] for row in table if not row["tests"]]
    for letter, name in (("R", "requirements"), ("L", "lessons")):
        total = sum(row["id"].startswith(letter) for row in table)
        bare = [row_id for row_id in without if row_id.startswith(letter)]
        print(f"\n{name}: {total - len(bare)} of {total} have a test. Without:")
        print(fill(" ".join(bare) or "none", 100, initial_indent="  ", subsequent_indent="  "))


if __name__ == "__main__":
    sys.exit(main())
