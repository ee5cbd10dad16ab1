"""The application for commands that work on the database through it."""

from __future__ import annotations

import secrets
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from server.app import create_app
from server.cli.options import field_clock
from server.database import migrate, open_engine
from server.settings import Settings, database_url


def app_for(engine: Engine) -> Flask:
    """An application on this database. It answers no requests, so its key signs nothing and lives a moment."""
    url = engine.url.render_as_string(hide_password=False)
    key = secrets.token_urlsafe(32)
    return create_app(Settings(database=url, secret_key=key, secure_cookies=False, clock=field_clock()))


def prepared_engine(url: str) -> Engine:
    """The engine of a database brought to the newest migration; a SQLite file is made when it is not there.

    Raises click.BadParameter in clear words.
    """
    try:
        spelt = database_url(url)
    except ValueError:
        raise click.BadParameter(
            f"“{url}” không phải địa chỉ SQLite hoặc PostgreSQL / is not an SQLite or PostgreSQL URL",
            param_hint="--database",
        ) from None
    file = make_url(spelt).database
    try:
        if spelt.startswith("sqlite:") and file:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
        engine = open_engine(spelt)
        migrate(engine)
    except (OSError, OperationalError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise click.BadParameter(
            f"không mở được / cannot be opened: {url}: {reason}", param_hint="--database"
        ) from None
    return engine
