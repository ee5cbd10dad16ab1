"""`tungnha serve`: the server under gunicorn, its database brought up to date first."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from server.cli.application import prepared_engine
from server.settings import Settings, SettingsError

#: The server's processes as `deploy/` describes them.
CONFIGURATION = Path(__file__).parents[2] / "deploy" / "gunicorn.conf.py"


@click.command()
@click.option("--database", metavar="URL", help="Cơ sở dữ liệu / the database (or TUNGNHA_DATABASE)")
@click.option("--host", help="Địa chỉ / address to listen on (or TUNGNHA_HOST)")
@click.option("--port", type=click.IntRange(1, 65535), help="Cổng / port (or TUNGNHA_PORT)")
@click.option("--workers", type=click.IntRange(1, 64), help="Số tiến trình / processes (or TUNGNHA_WORKERS)")
@click.option("--threads", type=click.IntRange(1, 64), help="Số luồng mỗi tiến trình / threads a process")
def serve(
    database: str | None, host: str | None, port: int | None, workers: int | None, threads: int | None
) -> None:
    """Chạy máy chủ / run the server. Settings come from TUNGNHA_* variables; options win over them."""
    chosen = {
        "TUNGNHA_DATABASE": database,
        "TUNGNHA_HOST": host,
        "TUNGNHA_PORT": port,
        "TUNGNHA_WORKERS": workers,
    }
    os.environ.update({name: str(value) for name, value in chosen.items() if value is not None})
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    if find_spec("gunicorn") is None:
        raise click.ClickException(
            "Chưa cài gunicorn: pip install 'tungnha[server]'\ngunicorn is not installed: pip install 'tungnha[server]'"
        )
    prepared_engine(settings.database).dispose()
    command = [sys.executable, "-m", "gunicorn", "--config", str(CONFIGURATION)]
    if threads is not None:
        command += ["--threads", str(threads)]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [*command, "server.wsgi:app"])  # noqa: S606 this process becomes gunicorn


commands: list[click.Command] = [serve]
