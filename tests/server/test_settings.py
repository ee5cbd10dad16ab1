"""Settings fail at start, in words that help."""

from __future__ import annotations

import pytest

from server.settings import Settings, SettingsError, database_url

KEY = {"TUNGNHA_SECRET_KEY": "k" * 40}


def test_the_environment_is_read() -> None:
    settings = Settings.from_environment(
        KEY
        | {
            "TUNGNHA_DATABASE": "postgresql://u:p%40ss@127.0.0.1/tungnha",
            "TUNGNHA_PORT": "9000",
            "TUNGNHA_NOW": "2022-04-15",
        }
    )
    assert settings.database == "postgresql+psycopg://u:p%40ss@127.0.0.1/tungnha"
    assert settings.port == 9000
    assert settings.secure_cookies
    assert settings.clock.today().isoformat() == "2022-04-15"


def test_sqlite_paths_become_absolute() -> None:
    assert database_url("sqlite:///tungnha.db").startswith("sqlite:////")
    assert database_url("tungnha.db").startswith("sqlite:////")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TUNGNHA_DATABASE", "mysql://host/db"),
        ("TUNGNHA_DATABASE", "://"),
        ("TUNGNHA_PORT", "http"),
        ("TUNGNHA_PORT", "70000"),
        ("TUNGNHA_SECURE_COOKIES", "maybe"),
        ("TUNGNHA_NOW", "15/04/2022"),
        ("TUNGNHA_SECRET_KEY", "short"),
        ("TUNGNHA_SECRET_KEY", ""),
        ("TUNGNHA_SESSION_HOURS", "0"),
    ],
)
def test_a_wrong_setting_names_its_variable_in_both_languages(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(KEY | {variable: value})
    message = str(caught.value)
    assert caught.value.variable == variable
    assert f"Cấu hình {variable}" in message
    assert f"Setting {variable}" in message
    assert f"Example: {variable}=" in message


def test_only_the_demo_makes_its_own_key() -> None:
    first, second = (Settings.from_environment({"TUNGNHA_DEMO": "1"}) for _ in range(2))
    assert len(first.secret_key) >= 32
    assert first.secret_key != second.secret_key
    assert not first.secure_cookies
