"""`tungnha verify`: every check, in one snapshot of the data."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine

from server.checks.balances import check_balances
from server.checks.cells import check_cells
from server.checks.conservation import check_conservation
from server.checks.deliveries import check_deliveries, check_homes, check_streams
from server.checks.entries import check_devices, check_entries
from server.checks.findings import Findings, Tell
from server.checks.rebuilt import check_projections

Check = Callable[[Connection, Findings], None]

#: Every check by its name, in the order they run: what later ones trust, earlier ones have checked.
CHECKS: dict[str, Check] = {
    "entries": check_entries,
    "streams": check_streams,
    "deliveries": check_deliveries,
    "homes": check_homes,
    "devices": check_devices,
    "projections": check_projections,
    "balances": check_balances,
    "conservation": check_conservation,
    "cells": check_cells,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all checks found."""

    checks: tuple[Findings, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not any(check.found for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """{ok, checks: [{name, checked, found, differences: [{code, vi, en}], seconds, stale?}]}."""
        return {"ok": self.ok, "checks": [check.as_json() for check in self.checks]}


def verify(engine: Engine, tell: Tell = lambda name, done, total: None, *, fresh: bool = False) -> Verdict:
    """Run every check. Others may write meanwhile: all checks see the data as of one moment.

    `fresh`: coverage cells that wait for a refresh count as differences too.
    """
    found = []
    with _snapshot(engine) as connection:
        for name, check in (CHECKS | {"cells": partial(check_cells, fresh=fresh)}).items():
            findings = Findings(name, tell)
            started = time.perf_counter()
            check(connection, findings)
            findings.seconds = time.perf_counter() - started
            found.append(findings)
    return Verdict(tuple(found))


def _snapshot(engine: Engine) -> Connection:
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return connection.execution_options(readonly=True)
