"""`tungnha alerts`: what of the stock needs somebody, and the daily mails about it."""

from __future__ import annotations

import json

import click
from sqlalchemy import Engine

from server.alerts.digests import due, send_digests
from server.alerts.gathering import alerts as gather
from server.alerts.naming import Names
from server.cli.options import database_option, field_clock, province_option
from server.mail_settings import MailSettings
from server.places.tree import Tree
from server.settings import SettingsError
from shared.text.formats import number


@click.group()
def alerts() -> None:
    """Cảnh báo kho / alerts about stock."""


_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Một đối tượng JSON / one JSON object on standard output"
)


@alerts.command("list")
@database_option
@province_option
@_json_option
def list_(engine: Engine, province: str | None, as_json: bool) -> None:
    """Mọi cảnh báo hôm nay / every alert of today, the most pressing first.

    With --json: {day, alerts: [{kind, tone, site, item, lot, about, vials, doses, losing, people, day, vi, en}]}.
    """
    today = field_clock().today()
    with engine.connect().execution_options(readonly=True) as connection:
        tree = Tree.load(connection, today)
        chosen = {node.id for node in tree.provinces() if province in (None, node.code)}
        sites = sorted(
            n.id
            for n in tree.nodes.values()
            if n.level in ("station", "team", "store") and n.province in chosen
        )
        found = gather(connection, tree, sites, today)
        names = Names.of(connection, tree, found)
    if not as_json:
        for alert in found:
            click.echo(f"{alert.tone:<5} {tree.name(alert.site)}: {names.say(alert, today, 'vi')}")
        return
    shown = [
        {
            **{name: getattr(alert, name) for name in ("kind", "tone", "site", "item", "lot", "about")},
            **{name: getattr(alert, name) for name in ("vials", "doses", "losing", "people")},
            "day": alert.day.isoformat() if alert.day else None,
            **{lang: names.say(alert, today, lang) for lang in ("vi", "en")},
        }
        for alert in found
    ]
    click.echo(json.dumps({"day": today.isoformat(), "alerts": shown}, ensure_ascii=False))


@alerts.command("send")
@database_option
@click.option(
    "--dry-run", is_flag=True, help="Chỉ cho biết gửi cho ai, không gửi / tell who would be sent what"
)
@click.option("--show", is_flag=True, help="Với --dry-run: in cả thư / with --dry-run: print the mails")
@_json_option
def send(engine: Engine, dry_run: bool, show: bool, as_json: bool) -> None:
    """Gửi thư cảnh báo của hôm nay / send today's mails that are not sent yet.

    The scheduler does this by itself. Exit 0 when all were taken, 1 otherwise. With --json: {day, sent, nothing,
    failed, refused, sending, down}; with --dry-run {mails: [{user, address, alerts}]}.
    """
    settings = _settings()
    clock = field_clock()
    if dry_run:
        _tell(engine, settings, show=show, as_json=as_json)
        return
    result = send_digests(engine, clock, settings, lambda done, total: None)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        counts = (
            f"{name} {number(result[name], 'vi')}"
            for name in ("sent", "nothing", "failed", "refused", "sending")
        )
        click.echo(", ".join(counts) + (f"\n{result['down']}" if result["down"] else ""))
    raise SystemExit(1 if result["down"] or result["failed"] or result["refused"] or result["sending"] else 0)


def _settings() -> MailSettings:
    try:
        settings = MailSettings.from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    if settings is None:
        raise click.ClickException(
            "chưa đặt TUNGNHA_SMTP_HOST: máy chủ chưa gửi thư / TUNGNHA_SMTP_HOST is not set: no mail is sent"
        )
    return settings


def _tell(engine: Engine, settings: MailSettings, *, show: bool, as_json: bool) -> None:
    with engine.connect().execution_options(readonly=True) as connection:
        mails = [digest for digest in due(connection, settings, field_clock().today()) if digest.alerts]
    if as_json:
        told = [
            {"user": d.told.reader.user_id, "address": d.told.reader.address, "alerts": len(d.alerts)}
            for d in mails
        ]
        click.echo(json.dumps({"mails": told}, ensure_ascii=False))
        return
    for digest in mails:
        reader = digest.told.reader
        click.echo(f"{reader.address}: {reader.full_name}, {number(len(digest.alerts), 'vi')}")
        if show:
            part = digest.message().get_body(("plain",))
            click.echo(part.get_content() if part else "")
    if not mails:
        click.echo("không có thư nào phải gửi / no mail to send")


commands: list[click.Command] = [alerts]
