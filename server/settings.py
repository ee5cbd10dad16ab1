"""What the server is told by its environment, read once at start.

A setting that is missing or wrong stops the program with a message that names the variable, says what it
should be and shows an example, in Vietnamese and in English: the person who starts the server at a
provincial centre is rarely the one who wrote it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from flask import current_app
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from server.database import normal_url
from shared.clock import Clock, FieldClock

T = TypeVar("T")

#: Where create_app keeps the settings of an app.
EXTENSION = "tungnha"

SECRET_KEY_LENGTH = 32
MEBIBYTE = 1 << 20


class SettingsError(Exception):
    """A setting cannot be used. `str()` is the whole message, Vietnamese first."""

    def __init__(self, variable: str, vi: str, en: str, example: str) -> None:
        self.variable = variable
        super().__init__(
            f"Cấu hình {variable}: {vi}\n  Ví dụ: {variable}={example}\n"
            f"Setting {variable}: {en}\n  Example: {variable}={example}"
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's settings. Durations are in hours or seconds as named, sizes in bytes."""

    database: str
    secret_key: str
    host: str = "127.0.0.1"
    port: int = 8022
    secure_cookies: bool = True
    session_hours: int = 12
    max_request_bytes: int = 16 * MEBIBYTE
    trusted_proxies: int = 0
    demo: bool = False
    clock: Clock = field(default_factory=FieldClock.from_environment)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the TUNGNHA_* variables; raise SettingsError at the first one that cannot be used."""
        env = os.environ if environ is None else environ
        demo = read(env, "TUNGNHA_DEMO", _switch, "0", "là 0 hoặc 1", "must be 0 or 1", "1")
        return cls(
            database=read(
                env,
                "TUNGNHA_DATABASE",
                database_url,
                "sqlite:///tungnha.db",
                "là địa chỉ cơ sở dữ liệu SQLite hoặc PostgreSQL",
                "must be an SQLite or PostgreSQL URL",
                "postgresql://tungnha:mat-khau@127.0.0.1/tungnha",
            ),
            secret_key=_secret_key(env, demo),
            host=env.get("TUNGNHA_HOST", "127.0.0.1"),
            port=read(
                env,
                "TUNGNHA_PORT",
                between(1, 65535),
                "8022",
                "là số từ 1 đến 65535",
                "must be a number from 1 to 65535",
                "8022",
            ),
            secure_cookies=read(
                env,
                "TUNGNHA_SECURE_COOKIES",
                _switch,
                "0" if demo else "1",
                "là 0 hoặc 1 (1 khi chạy qua https)",
                "must be 0 or 1 (1 behind https)",
                "1",
            ),
            session_hours=read(
                env,
                "TUNGNHA_SESSION_HOURS",
                between(1, 720),
                "12",
                "là số giờ từ 1 đến 720",
                "must be a number of hours from 1 to 720",
                "12",
            ),
            max_request_bytes=read(
                env,
                "TUNGNHA_MAX_REQUEST_MB",
                between(1, 256),
                "16",
                "là số mebibyte từ 1 đến 256",
                "must be a number of mebibytes from 1 to 256",
                "16",
            )
            * MEBIBYTE,
            trusted_proxies=read(
                env,
                "TUNGNHA_TRUSTED_PROXIES",
                between(0, 5),
                "0",
                "là số máy chủ trung gian tin cậy, từ 0 đến 5",
                "must be the number of trusted reverse proxies, 0 to 5",
                "1",
            ),
            demo=demo,
            clock=_clock(env),
        )

    def flask_config(self) -> dict[str, object]:
        """These settings under the names Flask and its extensions know."""
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": database_url(self.database),
            "MAX_CONTENT_LENGTH": self.max_request_bytes,
            "MAX_FORM_MEMORY_SIZE": self.max_request_bytes,
            "PERMANENT_SESSION_LIFETIME": self.session_hours * 3600,
            "SESSION_COOKIE_NAME": "tungnha",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.secure_cookies,
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": self.secure_cookies,
        }


def current_settings() -> Settings:
    """The settings of the app that answers now."""
    found: Settings = current_app.extensions[EXTENSION]
    return found


def database_url(text: str) -> str:
    """The SQLAlchemy URL for what a person typed: psycopg 3 for PostgreSQL, an absolute path for SQLite."""
    try:
        url = make_url(normal_url(text))
    except ArgumentError as error:
        raise ValueError(text) from error
    if url.get_backend_name() == "postgresql":
        return url.render_as_string(hide_password=False)
    if url.get_backend_name() != "sqlite":
        raise ValueError(text)
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        url = url.set(database=str(Path(url.database).expanduser().resolve()))
    return url.render_as_string(hide_password=False)


def read(
    env: Mapping[str, str],
    variable: str,
    convert: Callable[[str], T],
    default: str,
    vi: str,
    en: str,
    example: str,
) -> T:
    """A variable converted, its default when it is not set; SettingsError when `convert` raises ValueError."""
    text = env.get(variable, "").strip() or default
    try:
        return convert(text)
    except ValueError as error:
        raise SettingsError(
            variable, f"{vi}; đang là “{text}”.", f"{en}; it is “{text}”.", example
        ) from error


def _secret_key(env: Mapping[str, str], demo: bool) -> str:
    key = env.get("TUNGNHA_SECRET_KEY", "")
    if len(key) >= SECRET_KEY_LENGTH:
        return key
    if demo and not key:
        return secrets.token_urlsafe(SECRET_KEY_LENGTH)
    raise SettingsError(
        "TUNGNHA_SECRET_KEY",
        f"cần ít nhất {SECRET_KEY_LENGTH} ký tự ngẫu nhiên; khóa này ký phiên đăng nhập, giữ kín và không đổi.",
        f"needs at least {SECRET_KEY_LENGTH} random characters; it signs the sessions: keep it secret and unchanged.",
        "$(python3 -c 'import secrets; print(secrets.token_urlsafe(32))')",
    )


def _clock(env: Mapping[str, str]) -> Clock:
    try:
        return FieldClock.from_environment(env.get("TUNGNHA_NOW", ""))
    except ValueError as error:
        text = env.get("TUNGNHA_NOW", "")
        raise SettingsError(
            "TUNGNHA_NOW",
            f"là ngày hoặc ngày giờ theo ISO 8601; đang là “{text}”.",
            f"must be an ISO 8601 date or date and time; it is “{text}”.",
            "2022-04-15",
        ) from error


def _switch(text: str) -> bool:
    if text.lower() in ("1", "true"):
        return True
    if text.lower() in ("0", "false"):
        return False
    raise ValueError(text)


def between(low: int, high: int) -> Callable[[str], int]:
    """A converter to whole numbers within limits."""

    def convert(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return convert
