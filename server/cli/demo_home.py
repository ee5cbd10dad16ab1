"""The folder of a demonstration: its database, its key, and what the server reads from the environment."""

from __future__ import annotations

import secrets
import shutil
import socket
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
from sqlalchemy import Engine

from server.cli.application import prepared_engine
from server.cli.options import progress
from server.seed.plan import DEMO_DAY, SeedPlan
from server.seed.run import is_empty
from server.seed.run import seed as fill
from shared.clock import FieldClock

#: The hour at which the demonstration opens, Vietnam's time.
OPENS = "T08:00"


@dataclass(frozen=True, slots=True)
class DemoHome:
    """A demonstration's folder and its day. `today`: the present day instead of 15/04/2022."""

    folder: Path
    today: bool
    database_url: str | None = None
    communes: int | None = None

    @property
    def day(self) -> date:
        """The day on which it opens."""
        return FieldClock().today() if self.today else DEMO_DAY

    @property
    def file(self) -> Path:
        """Its own database file; one for each present day, as the data are made around the day."""
        return self.folder / (f"tungnha-{self.day.isoformat()}.db" if self.today else "tungnha.db")

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.file.resolve()}"

    def environment(self, port: int) -> dict[str, str]:
        """What the server, the scheduler and the phone of the demonstration are told."""
        return {
            "TUNGNHA_DATABASE": self.database,
            "TUNGNHA_SECRET_KEY": self._key(),
            "TUNGNHA_DEMO": "1",
            "TUNGNHA_HOST": "127.0.0.1",
            "TUNGNHA_PORT": str(port),
            "TUNGNHA_SECURE_COOKIES": "0",
            "TUNGNHA_NOW": "" if self.today else f"{self.day.isoformat()}{OPENS}",
        }

    def prepare(self) -> Engine:
        """The engine of the seeded database. A seed that was interrupted leaves no half-filled file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.database_url is None and not self.file.exists():
            unfinished = self.folder / "unfinished.db"
            for name in ("unfinished.db", "unfinished.db-wal", "unfinished.db-shm"):
                (self.folder / name).unlink(missing_ok=True)
            self._fill(f"sqlite:///{unfinished.resolve()}")
            unfinished.rename(self.file)
            self.forget_phone()
        engine = prepared_engine(self.database)
        if is_empty(engine):
            self._fill(self.database)
            self.forget_phone()
        return engine

    def forget_phone(self) -> None:
        """Remove the demonstration's phone: it knows another server, or nobody knows its PIN."""
        shutil.rmtree(self.folder / "phone", ignore_errors=True)

    def _fill(self, url: str) -> None:
        engine = prepared_engine(url)
        try:
            with progress("Dữ liệu mẫu / seed data") as tell:
                fill(engine, SeedPlan("small", 1, self.day, communes=self.communes), tell)
        finally:
            engine.dispose()

    def _key(self) -> str:
        """The key that signs sessions, the same in every server process and after a restart."""
        file = self.folder / "secret-key"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(32))
        return file.read_text().strip()


def free_port(wanted: int) -> int:
    """`wanted`, or any free port for 0. Raises ClickException when something listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            raise click.ClickException(
                f"Cổng {wanted} đang bận; chọn cổng khác: --port 8023\n"
                f"Port {wanted} is in use; choose another: --port 8023"
            ) from None
        return int(probe.getsockname()[1])
