"""`tungnha demo`: everything at once on made-up data: database, server, scheduler, phone."""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import click
from sqlalchemy import Engine, select

from server.accounts.devices import issue_code
from server.accounts.models import User, UserPlace
from server.cli.application import app_for
from server.cli.children import Children, run_to_end, wait_until_answering
from server.cli.demo_home import DemoHome, free_port
from server.database import db
from server.places.tree import Tree
from server.seed.users import demo_password
from shared.permissions import ROLES

#: How long a phone gets to enrol, fetch its villages and draw its first screen, in seconds.
PICTURE_S = 180


@dataclass(frozen=True, slots=True)
class SignIn:
    """A user of the demonstration as printed."""

    username: str
    password: str
    role: str
    place: str


@dataclass(frozen=True, slots=True)
class Code:
    """An enrolment code as printed."""

    code: str
    username: str
    role: str


@click.command()
@click.option("--today", is_flag=True, help="Ngày hiện tại / the present day, not 15/04/2022")
@click.option("--database", metavar="URL", help="Cơ sở dữ liệu khác / another database (default: in --home)")
@click.option("--port", default=8022, show_default=True, type=click.IntRange(0, 65535), help="Cổng / port")
@click.option(
    "--home", default=".demo", show_default=True, type=click.Path(path_type=Path, file_okay=False),
    help="Thư mục / folder of the demonstration",
)  # fmt: skip
@click.option("--no-phone", is_flag=True, help="Không mở điện thoại / without the phone app")
@click.option(
    "--stop-after", type=click.FloatRange(min=0), metavar="SECONDS", help="Tự dừng / stop by itself"
)
@click.option(
    "--communes", type=click.IntRange(min=1), hidden=True, help="Seed only the first so many communes"
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Dòng đầu là một đối tượng JSON / the first line is one JSON object",
)
def demo(
    today: bool,
    database: str | None,
    port: int,
    home: Path,
    no_phone: bool,
    stop_after: float | None,
    communes: int | None,
    as_json: bool,
) -> None:
    """Chạy thử với dữ liệu Lai Châu / run everything on data of Lai Châu, until Ctrl-C.

    With --json the first line on standard output is {url, database, home, today, users: [{username, password,
    role, place}], codes: [{code, username, role}], phone_screenshot}; the picture is null without one.
    """
    port = free_port(port)
    place = DemoHome(home.resolve(), today, database, communes)
    engine = place.prepare()
    environment = place.environment(port)
    url = f"http://127.0.0.1:{port}"
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    children = Children(place.folder)
    try:
        children.start("serve", ["serve", "--workers", "2"], environment)
        wait_until_answering(children, "serve", f"{url}/healthz")
        children.start("scheduler", ["scheduler"], environment)
        users = _users(engine, place.day)
        chosen = _chosen(users)
        picture = None if no_phone else _phone(children, place, engine, environment, url, chosen[0].username)
        codes = [Code(_code(engine, user.username), user.username, user.role) for user in chosen]
        if as_json:
            found = {
                "url": url,
                "database": place.database,
                "home": str(place.folder),
                "today": place.day.isoformat(),
                "users": [asdict(user) for user in users],
                "codes": [asdict(code) for code in codes],
                "phone_screenshot": picture,
            }
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            _tell(place, url, users, codes, picture)
        sys.stdout.flush()
        _watch(children, stopped, stop_after)
    finally:
        children.stop()
        engine.dispose()


def _watch(children: Children, stopped: threading.Event, seconds: float | None) -> None:
    """Wait for Ctrl-C, the time given, or the server's end, which is a fault."""
    left = seconds
    while not stopped.wait(0.2 if left is None else min(0.2, left)):
        if "serve" in children.ended():
            raise click.ClickException(f"Máy chủ đã dừng / the server ended: {children.log('serve')}")
        if left is not None:
            left -= 0.2
            if left <= 0:
                return


def _users(engine: Engine, day: date) -> list[SignIn]:
    """Every active user with the place they answer for, the province's first."""
    with engine.connect().execution_options(readonly=True) as connection:
        tree = Tree.load(connection, day)
        query = select(User.username, User.role, UserPlace.place_id).join(UserPlace).where(User.active)
        found: dict[str, SignIn] = {}
        for row in connection.execute(query.order_by(User.username, UserPlace.place_id)):
            if row.place_id not in tree.nodes:
                continue
            path = " – ".join(node.name for node in reversed(tree.path(row.place_id)[-2:]))
            found.setdefault(row.username, SignIn(row.username, demo_password(), row.role, path))
    order = list(reversed(ROLES))
    return sorted(found.values(), key=lambda user: (order.index(user.role), user.username))


def _chosen(users: list[SignIn]) -> list[SignIn]:
    """A worker, their commune's station and their district's team: phones to enrol. Of the country before the town."""
    by_name = {user.username: user for user in users}
    workers = [user for user in users if user.role == "village_health_worker"]
    worker = next((user for user in workers if "– Xã" in user.place), workers[0])
    station = by_name[f"tram.{worker.username.split('.')[1]}"]
    district = station.place.rpartition(" – ")[2]
    teams = [user for user in users if user.role == "mobile_team"]
    return [worker, station, next((team for team in teams if team.place.endswith(district)), teams[0])]


def _code(engine: Engine, username: str) -> str:
    with app_for(engine).app_context():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        issued = issue_code(user.id, None)
        db.session.commit()
    return issued


def _phone(
    children: Children, place: DemoHome, engine: Engine, environment: dict[str, str], url: str, username: str
) -> str | None:
    """Open the app where there is a display; draw a picture of it otherwise. The picture's path, or None."""
    folder = place.folder / "phone"
    arguments = ["phone", "--server", url, "--home", str(folder)]
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        children.start("phone", [*arguments, "--code", _code(engine, username)], environment)
        return None
    place.forget_phone()
    picture, log = place.folder / "phone.png", place.folder / "phone.log"
    picture.unlink(missing_ok=True)
    arguments += ["--code", _code(engine, username), "--pin", f"{secrets.randbelow(10**6):06d}"]
    if (
        run_to_end([*arguments, "--screenshot", str(picture)], environment, log, PICTURE_S)
        and picture.exists()
    ):
        return str(picture)
    click.echo(f"Không vẽ được màn hình điện thoại / no picture of the phone: {log}", err=True)
    return None


def _tell(place: DemoHome, url: str, users: list[SignIn], codes: list[Code], picture: str | None) -> None:
    """Where to look, in Vietnamese and in English."""
    day = f"{place.day:%d/%m/%Y}"
    click.secho(f"\n  Từng Nhà: {url}   ({day})\n", bold=True)
    click.echo(f"  Mật khẩu của mọi người dùng / everybody's password: {demo_password()}\n")
    shown: dict[str, list[SignIn]] = {}
    for user in users:
        shown.setdefault(user.role, []).append(user)
    for role, found in shown.items():
        more = f"  (+ {len(found) - 1})" if len(found) > 1 else ""
        label = f"{ROLES[role].vi} / {ROLES[role].en}"
        click.echo(f"  {found[0].username:<16} {label:<44} {found[0].place}{more}")
    click.echo("\n  Mã đăng ký điện thoại, dùng một lần / enrolment codes for phones, each once:")
    for code in codes:
        click.echo(f"  {code.code[:4]} {code.code[4:]}        {code.username}  ({ROLES[code.role].vi})")
    if picture:
        click.echo(f"\n  Ảnh màn hình điện thoại / picture of the phone: {picture}")
    click.echo(f"\n  tungnha phone --server {url}")
    click.echo(f"  tungnha simulate --server {url} --devices 20 --days 10")
    click.echo(f"  tungnha verify --database {place.database}")
    click.echo("\n  Ctrl-C để dừng / to stop.\n")


commands: list[click.Command] = [demo]
