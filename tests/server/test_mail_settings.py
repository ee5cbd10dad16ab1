"""Mail settings fail in words that help, and a password never travels unprotected."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.mail_settings import MailSettings, usable_address
from server.settings import SettingsError

GIVEN = {
    "TUNGNHA_SMTP_HOST": "mail.laichau.gov.vn",
    "TUNGNHA_SMTP_FROM": "tungnha@laichau.gov.vn",
    "TUNGNHA_PUBLIC_URL": "https://tungnha.laichau.gov.vn/",
}


def test_without_a_host_there_is_no_mail() -> None:
    assert MailSettings.from_environment({}) is None


def test_what_is_not_said_is_safe() -> None:
    settings = MailSettings.from_environment(GIVEN)
    assert settings is not None
    assert (settings.security, settings.port, settings.pages) == (
        "starttls",
        587,
        "https://tungnha.laichau.gov.vn",
    )
    here = MailSettings.from_environment({**GIVEN, "TUNGNHA_SMTP_HOST": "127.0.0.1"})
    assert here is not None
    assert (here.security, here.port) == ("none", 25)


def test_the_password_may_stand_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("thu-cua-tinh\n", encoding="utf-8")
    settings = MailSettings.from_environment({**GIVEN, "TUNGNHA_SMTP_PASSWORD_FILE": str(file)})
    assert settings is not None
    assert settings.password == "thu-cua-tinh"
    assert "thu-cua-tinh" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TUNGNHA_SMTP_PORT", "0"),
        ("TUNGNHA_SMTP_SECURITY", "ssl"),
        ("TUNGNHA_SMTP_FROM", ""),
        ("TUNGNHA_SMTP_FROM", "Từng Nhà <tungnha@laichau.gov.vn>"),
        ("TUNGNHA_PUBLIC_URL", "tungnha.laichau.gov.vn"),
        ("TUNGNHA_SMTP_PASSWORD_FILE", "/nowhere/password"),
        ("TUNGNHA_SMTP_PASSWORD", "thư của tỉnh"),
        ("TUNGNHA_SMTP_USER", "từng-nhà"),
        ("TUNGNHA_SMTP_CA_FILE", "/nowhere/ca.pem"),
    ],
)
def test_a_wrong_setting_names_its_variable(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        MailSettings.from_environment({**GIVEN, variable: value})
    assert caught.value.variable == variable


def test_a_password_is_not_sent_in_the_clear() -> None:
    given = {**GIVEN, "TUNGNHA_SMTP_SECURITY": "none", "TUNGNHA_SMTP_PASSWORD": "x"}
    with pytest.raises(SettingsError):
        MailSettings.from_environment(given)


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        ("ten@syt.laichau.gov.vn", True),
        ("ten", False),
        ("ten@", False),
        ("@syt.vn", False),
        ("ten@syt", False),
        ("Tên <ten@syt.vn>", False),
        ("ten@syt.vn\nBcc: x@y.vn", False),
        ("a@b.vn, c@d.vn", False),
        ("tên@syt.vn", False),
        ("x" * 250 + "@y.vn", False),
    ],
)
def test_addresses(text: str, usable: bool) -> None:
    assert usable_address(text) is usable
