"""`tungnha scheduler`: the process that refreshes cells, watches expiry and silent phones."""

from __future__ import annotations

import json
import logging

import click
from sqlalchemy import Engine

from server.cli.options import database_option, field_clock
from server.mail_settings import MailSettings
from server.scheduler.jobs import JOBS, Ran, run
from server.scheduler.process import serve
from server.settings import SettingsError


@click.command()
@database_option
@click.option(
    "--once",
    metavar="JOB",
    type=click.Choice(list(JOBS)),
    help="Chạy một việc rồi thôi / run one job and end",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Mỗi lượt chạy một đối tượng JSON / one JSON object a run"
)
def scheduler(engine: Engine, once: str | None, as_json: bool) -> None:
    """Chạy việc định kỳ trong tiến trình riêng / run the periodic jobs in a process of its own.

    Ends cleanly on SIGTERM. With --once: exit 0 when the job ran, 1 when it failed or runs elsewhere. With
    --json: {job, state, seconds, result}; state is ran, busy, rested or failed.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    clock = field_clock()
    try:
        MailSettings.from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error

    def told(ran: Ran) -> None:
        click.echo(json.dumps(ran.as_json()) if as_json else _line(ran))

    if once is None:
        serve(engine, clock, told)
        return
    ran = run(engine, clock, JOBS[once], rest=False)
    told(ran)
    raise SystemExit(0 if ran.state == "ran" else 1)


def _line(ran: Ran) -> str:
    return f"{ran.job:<16} {ran.state:<8} {ran.seconds:6.2f} s  {json.dumps(ran.result, ensure_ascii=False)}"


commands: list[click.Command] = [scheduler]
