"""Commands of the phone's side: `tungnha simulate` and `tungnha phone`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

import click

from mobile.simulation.demo import PIN as DEMO_PIN
from mobile.simulation.demo import DemoPhone, demo_clock, demo_phone
from mobile.simulation.fleet import ROLES as PHONE_ROLES
from mobile.simulation.report import SimulationReport
from mobile.simulation.run import Plan
from mobile.simulation.run import simulate as play
from mobile.store.store import Store
from shared.faults import Refused
from shared.permissions import STATION

#: The demonstration's administrator; another server's is given by --user and --password.
DEMO_USER = "quantri"
DEMO_PASSWORD = "tung-nha-2022"  # noqa: S105 printed by `tungnha demo`
PASSWORD_VARIABLE = "TUNGNHA_DEMO_PASSWORD"  # noqa: S105 a name
#: Where `tungnha demo` serves unless told otherwise.
DEMO_SERVER = "http://127.0.0.1:8022"


@click.command()
@click.option("--server", required=True, help="The server's address, as http://127.0.0.1:8022")
@click.option("--devices", default=20, show_default=True, type=click.IntRange(1, 1000), help="Phones")
@click.option(
    "--days", default=10, show_default=True, type=click.IntRange(1, 365), help="Field days, up to today"
)
@click.option("--seed", default=1, show_default=True, help="The same seed plays the same days")
@click.option(
    "--offline",
    default=0.7,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="Share of days without a network",
)
@click.option("--user", default=DEMO_USER, show_default=True, help="An administrator, to get enrolment codes")
@click.option("--password", envvar=PASSWORD_VARIABLE, default=DEMO_PASSWORD, help="Or TUNGNHA_DEMO_PASSWORD")
@click.option("--place", help="Only users who work in this place (its id)")
@click.option("--replay", is_flag=True, help="At the end push everything again: nothing may change")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the phones' stores in this new folder",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output")
def simulate(
    server: str,
    devices: int,
    days: int,
    seed: int,
    offline: float,
    user: str,
    password: str,
    place: str | None,
    replay: bool,
    keep: Path | None,
    as_json: bool,
) -> None:
    """Play field days on real phone stores and sync them with a running server.

    Exit 1 when a phone did not end with a receipt for everything it recorded.
    """
    plan = Plan(server, devices, days, seed, offline, user, password, place, replay)
    folder = nullcontext(keep) if keep else tempfile.TemporaryDirectory(prefix="tungnha-simulate-")
    try:
        with folder as home, click.progressbar(length=1, label="Mô phỏng", file=sys.stderr) as bar:

            def tell(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            report = play(plan, Path(home), tell)
    except Refused as error:
        _say(error)
        raise SystemExit(1) from error
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, sort_keys=True))
    else:
        _print(report)
    raise SystemExit(0 if report.complete else 1)


@click.command()
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of this phone's store  [default: ~/.tungnha/phone]",
)
@click.option("--server", help="The server's address, filled into the enrolment form")
@click.option("--code", help="An enrolment code, filled into the form")
@click.option("--pin", help="Unlock with this PIN at once; with --screenshot also set a new phone up with it")
@click.option("--size", help="Window size in dp, as 360x640")
@click.option(
    "--demo",
    is_flag=True,
    help="A phone of the running demonstration, enrolled by itself; so it is anyway when no phone was set up here",
)
@click.option(
    "--role",
    type=click.Choice(PHONE_ROLES),
    default=STATION,
    show_default=True,
    help="Whose phone of the demonstration",
)
@click.option("--screenshot", type=click.Path(path_type=Path, dir_okay=False), help="Write a picture and end")
def phone(
    home: Path | None,
    server: str | None,
    code: str | None,
    pin: str | None,
    size: str | None,
    demo: bool,
    role: str,
    screenshot: Path | None,
) -> None:
    """Open the phone app."""
    chosen = home or (Path(os.environ["TUNGNHA_PHONE_HOME"]) if "TUNGNHA_PHONE_HOME" in os.environ else None)
    usual = Path.home() / ".tungnha" / "phone"
    clock = None
    unchosen = not (chosen or server or code) and not Store.exists(usual)
    if demo or (unchosen and demo_clock(DEMO_SERVER) is not None):
        folder = chosen or usual.with_name(f"demo-{role}")
        found = _of_the_demo(server or DEMO_SERVER, role, folder)
        chosen, clock, pin = found.home, found.clock, DEMO_PIN

    from mobile import app  # Kivy opens a window when imported

    app.run(chosen or usual, server, size, screenshot, code, pin, clock)


def _of_the_demo(server: str, role: str, home: Path) -> DemoPhone:
    """The demonstration's phone, and its PIN said; exit 1 with the fault when there is none."""
    try:
        found = demo_phone(server, role, home, DEMO_USER, os.environ.get(PASSWORD_VARIABLE, DEMO_PASSWORD))
    except Refused as error:
        _say(error)
        raise SystemExit(1) from error
    click.echo(f"{found.home}   PIN {DEMO_PIN}", err=True)
    return found


def _say(refused: Refused) -> None:
    for found in refused.faults:
        click.echo(f"{found.message('vi')}\n{found.message('en')}", err=True)


def _print(report: SimulationReport) -> None:
    click.echo(f"{report.first_day:%d/%m/%Y} – {report.last_day:%d/%m/%Y}")
    for each in report.devices:
        refused = f", {each.refused} refused" if each.refused else ""
        click.echo(f"{each.number:>4} {each.username:<24} {each.role:<22} {each.text}{refused}")
        for found in each.faults:
            click.echo(f"     {found['vi']}")
    for count in report.doses:
        click.echo(f"     {count.village_name:<32} {count.dose_type:<10} {count.doses:>5}")
    if report.replayed is not None:
        click.echo(f"{report.replayed} pushed again: all known, receipts unchanged")


commands: list[click.Command] = [simulate, phone]
