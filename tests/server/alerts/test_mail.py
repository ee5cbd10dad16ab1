"""The daily mail against a real mail server on this machine: sent once, tried again when it was not taken."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, Table, select

from server.alerts.digests import FROM_HOUR, MOST_TRIES, send_digests
from server.alerts.models import AlertDigest
from server.alerts.sending import MailDown, Post
from server.cli.alerting import alerts as command
from server.database import db
from server.mail_settings import MailSettings
from shared.clock import FixedClock
from tests.server.alerts.conftest import PASSWORD_OF_MAIL, MailServer, Matters, author, reader
from tests.server.world import TODAY

_DIGEST: Table = AlertDigest.__table__  # type: ignore[assignment]

DISTRICT, STATION, EMPTY = "huyen@syt.example.vn", "tram@syt.example.vn", "xa@syt.example.vn"


@pytest.fixture
def told(matters: tuple[Flask, Matters]) -> tuple[Engine, Matters]:
    """The engine, with two readers: a district with everything, and the station of a commune in it."""
    _, made = matters
    world = made.world
    reader("thu.huyen", "district_reviewer", world.districts[0], DISTRICT)
    reader("thu.tram", "station", world.communes[0], STATION)
    return db.engine, made


def send(engine: Engine, settings: MailSettings, clock: FixedClock | None = None) -> dict[str, object]:
    return send_digests(engine, clock or FixedClock(TODAY), settings, lambda done, total: None)


def states(engine: Engine) -> dict[str, int]:
    found: dict[str, int] = {}
    with engine.connect() as connection:
        for row in connection.execute(select(_DIGEST)):
            found[row.state] = found.get(row.state, 0) + 1
    return found


def test_each_reader_gets_one_mail_a_day_about_their_own_area(
    told: tuple[Engine, Matters], mail_server: MailServer
) -> None:
    engine, _ = told
    settings = mail_server.settings()
    assert send(engine, settings)["sent"] == 2
    assert send(engine, settings)["sent"] == 0
    assert {str(m["To"].addresses[0].addr_spec) for m in mail_server.taken} == {DISTRICT, STATION}
    district = next(m for m in mail_server.taken if DISTRICT in str(m["To"]))
    station = next(m for m in mail_server.taken if STATION in str(m["To"]))
    plain, html = (district.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    text, page = plain.get_content(), html.get_content()
    for words in (
        "SOON",
        "Kho vắc xin huyện",
        "Sắp hết hạn",
        "Expiring",
        "https://tungnha.example.vn/stock/alerts",
    ):
        assert words in text
        assert words in page
    assert text.index("Kính gửi") < text.index("Dear")
    assert "Từng Nhà" in str(district["Subject"])
    assert district["Auto-Submitted"] == "auto-generated"
    assert "/stock/alerts/mail" in str(district["List-Unsubscribe"])
    own = station.get_body(("plain",))
    assert own is not None
    assert "SOON" not in own.get_content(), "the store of the district is not the station's"


def test_the_next_day_tells_what_is_new(told: tuple[Engine, Matters], mail_server: MailServer) -> None:
    engine, made = told
    settings = mail_server.settings()
    send(engine, settings)
    manager = author("tinh")
    body = {"state": "frozen", "vials": 2, "reason": "opening"}
    manager.write("stock_movement", subject=made.lots["gone"], place=made.station, body=body)
    manager.flush()
    db.session.commit()
    assert send(engine, settings, FixedClock(date(2022, 4, 16)))["sent"] == 2
    mails = [m.get_body(("plain",)) for m in mail_server.taken if STATION in str(m["To"])]
    first, second = (mail.get_content() for mail in mails if mail)
    assert "(mới)" not in first, "there was no mail before it"
    assert second.count("(mới)") == second.count("(new)") == 1
    assert "GONE" in second
    assert "1 việc mới" in second
    ids = {str(m["Message-ID"]) for m in mail_server.taken}
    assert len(ids) == 4


def test_nothing_is_sent_before_the_hour(told: tuple[Engine, Matters], mail_server: MailServer) -> None:
    engine, _ = told
    night = FixedClock(datetime(2022, 4, 14, 20, 0, tzinfo=UTC))  # 03:00 in Vietnam
    assert send(engine, mail_server.settings(), night)["sent"] == 0
    assert states(engine) == {}
    morning = FixedClock(datetime(2022, 4, 14, 17 + FROM_HOUR, 0, tzinfo=UTC))
    assert send(engine, mail_server.settings(), morning)["sent"] == 2


def test_who_has_nothing_to_do_gets_no_mail(told: tuple[Engine, Matters], mail_server: MailServer) -> None:
    engine, made = told
    village = made.world.villages[made.world.communes[0]][0]
    reader("thu.thon", "village_health_worker", village, EMPTY)
    result = send(engine, mail_server.settings())
    assert result["sent"] == 2
    assert EMPTY not in {str(m["To"]) for m in mail_server.taken}


def test_a_refused_address_does_not_hold_up_the_others(
    told: tuple[Engine, Matters], mail_server: MailServer
) -> None:
    engine, _ = told
    mail_server.answers[DISTRICT] = "550 no such person"
    result = send(engine, mail_server.settings())
    assert (result["sent"], result["refused"]) == (1, 1)
    assert states(engine) == {"sent": 1, "refused": 1}
    assert send(engine, mail_server.settings())["refused"] == 0, "not tried again the same day"
    with engine.connect() as connection:
        answer = connection.scalar(select(_DIGEST.c.answer).where(_DIGEST.c.state == "refused"))
    assert answer == "550 no such person"
    del mail_server.answers[DISTRICT]
    assert send(engine, mail_server.settings(), FixedClock(date(2022, 4, 16)))["sent"] == 2


def test_what_is_not_taken_now_is_tried_again(told: tuple[Engine, Matters], mail_server: MailServer) -> None:
    engine, _ = told
    mail_server.answers[DISTRICT] = "451 try again later"
    for _ in range(3):
        assert send(engine, mail_server.settings())["failed"] == 1
    assert states(engine) == {"sent": 1, "failed": 1}
    del mail_server.answers[DISTRICT]
    assert send(engine, mail_server.settings())["sent"] == 1
    assert len(mail_server.taken) == 2


def test_tries_have_an_end(told: tuple[Engine, Matters], mail_server: MailServer) -> None:
    engine, _ = told
    mail_server.answers[DISTRICT] = "451 try again later"
    failed = [send(engine, mail_server.settings())["failed"] for _ in range(MOST_TRIES + 2)]
    assert failed == [1] * MOST_TRIES + [0, 0]


def test_a_mail_whose_answer_was_lost_is_never_sent_twice(
    told: tuple[Engine, Matters], mail_server: MailServer
) -> None:
    engine, _ = told
    mail_server.hang_up.add(DISTRICT)
    result = send(engine, mail_server.settings())
    assert (result["sent"], result["sending"]) == (1, 1), "the one after it goes by a new connection"
    mail_server.hang_up.clear()
    send(engine, mail_server.settings())
    assert sum(DISTRICT in str(m["To"]) for m in mail_server.taken) == 1


def test_a_server_that_is_down_leaves_everything_to_a_later_run(
    told: tuple[Engine, Matters], mail_server: MailServer
) -> None:
    engine, _ = told
    nowhere = mail_server.settings()
    mail_server.stop()
    result = send(engine, nowhere)
    assert result["sent"] == 0
    assert "refused" in str(result["down"]).lower()
    assert states(engine) == {}
    again = MailServer()
    again.start()
    try:
        assert send(engine, again.settings())["sent"] == 2
    finally:
        again.stop()


def test_a_password_and_starttls(
    told: tuple[Engine, Matters], careful_server: tuple[MailServer, Path]
) -> None:
    engine, _ = told
    server, certificate = careful_server
    right = {
        "security": "starttls",
        "user": "tungnha",
        "password": PASSWORD_OF_MAIL,
        "ca_file": str(certificate),
    }
    for wrong, said in (
        ({"password": "sai"}, "535"),
        ({"ca_file": ""}, "certificate verify failed"),
        ({"security": "none"}, "AUTH"),
    ):
        result = send(engine, server.settings(**{**right, **wrong}))
        assert result["sent"] == 0
        assert said in str(result["down"]), wrong
        assert states(engine) == {}, "nobody's mail counts as tried"
    assert send(engine, server.settings(**right))["sent"] == 2


def test_entering_a_server_that_is_not_there_says_so(mail_server: MailServer) -> None:
    settings = mail_server.settings()
    mail_server.stop()
    with pytest.raises(MailDown), Post(settings):
        pass


def test_the_command_tells_and_sends(
    told: tuple[Engine, Matters], mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, _ = told
    url = engine.url.render_as_string(hide_password=False)
    run = CliRunner()
    missing = run.invoke(command, ["send", "--database", url])
    assert missing.exit_code == 1
    assert "TUNGNHA_SMTP_HOST" in missing.output
    for name, value in {
        "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mail_server.port), "SMTP_FROM": "tungnha@syt.example.vn",
        "PUBLIC_URL": "https://tungnha.example.vn", "NOW": "2022-04-15",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"TUNGNHA_{name}", value)
    dry = run.invoke(command, ["send", "--database", url, "--dry-run", "--json"])
    assert {mail["address"] for mail in json.loads(dry.output)["mails"]} == {DISTRICT, STATION}
    assert mail_server.taken == []
    shown = run.invoke(command, ["send", "--database", url, "--dry-run", "--show"])
    assert "Kính gửi" in shown.output
    sent = run.invoke(command, ["send", "--database", url, "--json"])
    assert (sent.exit_code, json.loads(sent.output)["sent"]) == (0, 2)
    listed = run.invoke(command, ["list", "--database", url, "--json"])
    assert "expiring" in {alert["kind"] for alert in json.loads(listed.output)["alerts"]}
