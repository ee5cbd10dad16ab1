"""`tungnha device code`: a one-time code that turns a phone into a user's device."""

from __future__ import annotations

import json

import click
from sqlalchemy import Engine, select

from server.accounts.devices import CODE_LIFE, issue_code
from server.accounts.models import User
from server.accounts.users import normal_username
from server.cli.application import app_for
from server.cli.options import database_option
from server.database import db
from shared.faults import Refused, fault


@click.group()
def device() -> None:
    """Thiết bị / devices."""


@device.command("code")
@click.option("--user", "username", required=True, help="Tên đăng nhập / user name")
@database_option
@click.option(
    "--json", "as_json", is_flag=True, help="Một đối tượng JSON / one JSON object on standard output"
)
def code(engine: Engine, username: str, as_json: bool) -> None:
    """Cấp mã đăng ký dùng một lần / issue a one-time enrolment code. With --json: {code, username, role, days}."""
    with app_for(engine).app_context():
        found = db.session.scalar(select(User).where(User.username == normal_username(username)))
        if found is None:
            raise Refused(fault("user.unknown", "user"))
        issued = issue_code(found.id, None)
        document = {"code": issued, "username": found.username, "role": found.role, "days": CODE_LIFE.days}
        db.session.commit()
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        click.echo(f"{issued[:4]} {issued[4:]}   ({_lives(CODE_LIFE.days)})")


def _lives(days: int) -> str:
    return f"dùng một lần, trong {days} ngày / once, within {days} days"


commands: list[click.Command] = [device]
