"""`tungnha user add` and `user mail`: a user, for a start without pages or by a script; where mail goes."""

from __future__ import annotations

import json

import click
from sqlalchemy import Engine, select

from server.accounts.models import User
from server.accounts.users import create_user, normal_username
from server.alerts.addresses import address_of, keep_address
from server.cli.application import app_for
from server.cli.options import database_option, field_clock
from server.database import db
from server.places.tree import Tree
from shared.faults import Refused
from shared.identifiers import is_id
from shared.permissions import ROLES


@click.group()
def user() -> None:
    """Người dùng / users."""


@user.command("add")
@click.argument("username")
@click.option("--full-name", required=True, help="Họ và tên / full name")
@click.option("--role", type=click.Choice(list(ROLES)), required=True, help="Vai trò / role")
@click.option(
    "--place", "places", multiple=True, required=True, metavar="ID|LEVEL:CODE",
    help="Địa bàn / place answered for, by id or as commune:03388; may be repeated",
)  # fmt: skip
@click.password_option(
    "--password", envvar="TUNGNHA_PASSWORD", help="Or TUNGNHA_PASSWORD; asked for otherwise"
)
@database_option
@click.option(
    "--json", "as_json", is_flag=True, help="Một đối tượng JSON / one JSON object on standard output"
)
def add(
    engine: Engine,
    username: str,
    full_name: str,
    role: str,
    places: tuple[str, ...],
    password: str,
    as_json: bool,
) -> None:
    """Thêm người dùng / add a user. With --json: {id, username, role, places}."""
    with engine.connect().execution_options(readonly=True) as connection:
        tree = Tree.load(connection, field_clock().today())
    found = [_place(tree, text) for text in places]
    with app_for(engine).app_context():
        made = create_user(username=username, password=password, full_name=full_name, role=role, places=found)
        document = {"id": made.id, "username": made.username, "role": role, "places": found}
        db.session.commit()
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    names = ", ".join(tree.name(place) for place in found)
    click.echo(f"{document['username']}: {ROLES[role].vi} / {ROLES[role].en}, {names}")


@user.command("mail")
@click.argument("username")
@click.option("--address", help="Địa chỉ thư; để trống để xóa / mail address; empty to forget it")
@click.option("--alerts/--no-alerts", "wanted", default=None, help="Nhận cảnh báo mỗi ngày / daily alerts")
@database_option
def mail(engine: Engine, username: str, address: str | None, wanted: bool | None) -> None:
    """Địa chỉ thư và cảnh báo của một người dùng / a user's mail address and daily alerts.

    A new address is sent alerts unless --no-alerts is given.
    """
    with engine.begin() as connection:
        query = select(User.id).where(User.username == normal_username(username))
        user_id = connection.scalar(query)
        if user_id is None:
            raise click.BadParameter(f"không có người dùng / no such user: {username}", param_hint="USERNAME")
        known, wished = address_of(connection, user_id)
        kept = known if address is None else address.strip()
        wish = wanted if wanted is not None else bool(kept) and (wished or address is not None)
        try:
            keep_address(connection, user_id, kept, wanted=wish)
        except Refused as refused:
            said = " ".join(f"{f.message('vi')} / {f.message('en')}" for f in refused.faults)
            raise click.ClickException(said) from refused
    told = "nhận cảnh báo / alerts" if wish else "không nhận cảnh báo / no alerts"
    click.echo(f"{username}: {kept or '–'}, {told}")


def _place(tree: Tree, text: str) -> str:
    """The id of a place given by id or as ``level:code``."""
    level, _, code = text.partition(":")
    found = [
        node.id
        for node in tree.nodes.values()
        if node.id == text or (code and node.level == level and node.code == code)
    ]
    if len(found) != 1:
        hint = "" if is_id(text) or code else " (commune:03388)"
        raise click.BadParameter(f"không có địa bàn / no such place: {text}{hint}", param_hint="--place")
    return found[0]


commands: list[click.Command] = [user]
