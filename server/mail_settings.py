"""How mail is sent: the TUNGNHA_SMTP_* variables, read when mail is about to be sent. Without a host there is none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path

from server.settings import SettingsError, between, read

#: How the connection is made safe: encrypted from its start, or by STARTTLS; `none` is for a server on this machine.
SECURITY = {"tls": 465, "starttls": 587, "none": 25}

_ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server and how to speak to it. `address` stands under “From”, `pages` is the address of the pages."""

    host: str
    port: int
    security: str
    address: str
    pages: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    timeout_s: int = 30

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> MailSettings | None:
        """The settings, or None when no mail server is named. SettingsError at the first that cannot be used."""
        env = os.environ if environ is None else environ
        host = env.get("TUNGNHA_SMTP_HOST", "").strip()
        if not host:
            return None
        security = read(
            env,
            "TUNGNHA_SMTP_SECURITY",
            _one_of_security,
            "none" if host in _ON_THIS_MACHINE else "starttls",
            "là tls, starttls hoặc none (none chỉ khi máy chủ thư ở ngay máy này)",
            "must be tls, starttls or none (none only for a mail server on this machine)",
            "starttls",
        )
        user, password = env.get("TUNGNHA_SMTP_USER", "").strip(), _password(env)
        if not (user.isascii() and password.isascii()):  # smtplib sends no other
            raise SettingsError(
                "TUNGNHA_SMTP_PASSWORD" if user.isascii() else "TUNGNHA_SMTP_USER",
                "chỉ được có chữ không dấu, số và ký hiệu (ASCII).",
                "may only hold letters without accents, digits and signs (ASCII).",
                "…",
            )
        if security == "none" and password and host not in _ON_THIS_MACHINE:
            raise SettingsError(
                "TUNGNHA_SMTP_SECURITY",
                "là none thì mật khẩu đi trên mạng không được bảo vệ.",
                "is none, so that the password would travel unprotected.",
                "starttls",
            )
        return cls(
            host,
            read(
                env,
                "TUNGNHA_SMTP_PORT",
                between(1, 65535),
                str(SECURITY[security]),
                "là số từ 1 đến 65535",
                "must be a number from 1 to 65535",
                "587",
            ),
            security,
            read(
                env,
                "TUNGNHA_SMTP_FROM",
                _address,
                "",
                "là địa chỉ thư gửi đi",
                "must be the address mail is sent from",
                "tungnha@syt.laichau.gov.vn",
            ),
            read(
                env,
                "TUNGNHA_PUBLIC_URL",
                _web_address,
                "",
                "là địa chỉ của trang web, để thư dẫn đến đúng trang",
                "must be the address of the pages, which mails link to",
                "https://tungnha.laichau.gov.vn",
            ),
            user,
            password,
            read(
                env,
                "TUNGNHA_SMTP_CA_FILE",
                _file,
                "",
                "là tệp chứng thư của máy chủ thư",
                "must be a file with the certificates of the mail server",
                "/etc/tungnha/ca.pem",
            ),
        )


def usable_address(text: str) -> bool:
    """Whether a text is one mail address, without a name beside it."""
    name, address = parseaddr(text)
    local, _, domain = address.partition("@")
    plain = not name and address == text and len(text) <= 254 and text.isascii()
    return (
        plain
        and bool(local)
        and "." in domain.strip(".")
        and not any(c.isspace() or c in "<>,;" for c in text)
    )


def _password(env: Mapping[str, str]) -> str:
    file = env.get("TUNGNHA_SMTP_PASSWORD_FILE", "").strip()
    if not file:
        return env.get("TUNGNHA_SMTP_PASSWORD", "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "TUNGNHA_SMTP_PASSWORD_FILE",
            f"không đọc được tệp “{file}”.",
            f"the file “{file}” cannot be read.",
            "/etc/tungnha/smtp-password",
        ) from error


def _one_of_security(text: str) -> str:
    if text not in SECURITY:
        raise ValueError(text)
    return text


def _address(text: str) -> str:
    if not usable_address(text):
        raise ValueError(text)
    return text


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(c.isspace() for c in text):
        raise ValueError(text)
    return text.rstrip("/")


def _file(text: str) -> str:
    if text and not Path(text).is_file():
        raise ValueError(text)
    return text
