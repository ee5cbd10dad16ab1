"""A small province with something the matter of every kind, and a mail server on this machine."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from flask import Flask
from sqlalchemy import select

from server.accounts.models import User
from server.accounts.users import create_user
from server.alerts.addresses import keep_address
from server.database import db
from server.indicators.refreshing import refresh, stale_villages
from server.ledger.author import ServerAuthor
from server.mail_settings import MailSettings
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from shared.identifiers import named_id
from tests.server.world import PASSWORD, TODAY, World

PASSWORD_OF_MAIL = "thu-cua-tinh"


@dataclass
class Matters:
    """Ids of what was made; `station` and `store` are of the first district, `elsewhere` of the second."""

    world: World
    station: str
    elsewhere: str
    store: str
    lots: dict[str, str] = field(default_factory=dict)
    transfers: dict[str, str] = field(default_factory=dict)
    commitment: str = ""

    @property
    def sites(self) -> list[str]:
        return [*self.world.stations.values(), self.store]


@pytest.fixture
def matters(fresh: tuple[Flask, World]) -> Iterator[tuple[Flask, Matters]]:
    """The app, in its context, and what is the matter there."""
    app, world = fresh
    with app.app_context():
        yield app, make(world)


def make(world: World) -> Matters:
    """Alerts of every kind at the first station; the other stations have no usable stock either."""
    stations = [world.stations[commune] for commune in world.communes]
    made = Matters(world, stations[0], stations[1], named_id("store", "1"))
    manager, admin = author("tinh"), author("quantri")
    version = {
        "valid_from": "2020-01-01", "name": "Kho vắc xin huyện", "unit_type": "Kho", "parent": world.districts[0],
    }  # fmt: skip
    admin.write(
        "place", subject=made.store, place=world.province, body={"level": "store", "versions": [version]}
    )
    admin.flush()
    for name, left, hold in (
        ("soon", 5, None), ("later", 60, None), ("gone", -2, None), ("stopped", 90, "CV 123/QLD"), ("below", 200, None),
        ("warm", 120, None), ("undated", None, None), ("sent", 90, None),
    ):  # fmt: skip
        expiry = (TODAY + timedelta(days=left)).isoformat() if left is not None else None
        body = {"item": world.item, "lot_number": name.upper(), "label_expiry": expiry, "hold": hold}
        made.lots[name] = manager.write("lot", place=world.province, body=body)
    for lot in world.lots:  # what the world holds is stopped, so that only what stands here counts
        change = {"hold": "CV 999/QLD"}
        manager.write(
            "lot", subject=lot, place=world.province, body=change, based_on=manager.heads("lot", lot)
        )
    manager.flush()
    _stock(made, manager)
    _transfers(made, manager)
    level = named_id("stock_level", made.store, world.item)
    manager.write("stock_level", subject=level, place=made.store, body={"item": world.item, "least": 500})
    manager.flush()
    db.session.commit()
    refresh(db.session.connection(), stale_villages(db.session.connection()), current_settings().clock)
    db.session.commit()
    return made


def author(username: str) -> ServerAuthor:
    """What writes in a user's name."""
    user = db.session.scalars(select(User).where(User.username == username)).one()
    return ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)


def _stock(made: Matters, manager: ServerAuthor) -> None:
    def move(site: str, lot: str, vials: int, reason: str = "opening", days: int = 20, **more: Any) -> None:
        body = {"state": "frozen", "vials": vials, "reason": reason, **more}
        day = TODAY - timedelta(days=days)
        manager.write("stock_movement", subject=made.lots[lot], place=site, body=body, occurred_on=day)

    for lot, vials in (("soon", 20), ("later", 60), ("gone", 3), ("stopped", 4), ("undated", 2)):
        move(made.store, lot, vials)
    move(made.store, "below", -5, "issued")
    move(made.store, "warm", 7)
    move(made.store, "warm", -1, "issued", days=1, vvm=3)
    allocated = {
        "item": made.world.item, "lot": made.lots["later"], "vials": 60, "by_on": "2022-03-10", "document": "PX 7",
        "use_by": (TODAY + timedelta(days=20)).isoformat(),
    }  # fmt: skip
    made.commitment = manager.write("allocation", place=made.store, body=allocated)
    move(made.store, "later", 60, "received", days=30, document="PX 7")
    manager.flush()


def _transfers(made: Matters, manager: ServerAuthor) -> None:
    sites = {"source": made.store, "destination": made.elsewhere}
    line = {"lot": made.lots["sent"], "state": "frozen"}

    def write(name: str, kind: str, days: int, **body: Any) -> None:
        subject = made.transfers.setdefault(name, named_id("transfer", name))
        place = sites["destination" if kind == "receipt" else "source"]
        day = TODAY - timedelta(days=days)
        manager.write(kind, subject=subject, place=place, body={**sites, **body}, occurred_on=day)

    sent, came = [{**line, "vials": 10}], [{**line, "accepted": 8}]
    write("slow", "dispatch", 5, lines=sent)
    write("short", "dispatch", 5, lines=sent)
    write("short", "receipt", 3, lines=came, more="no")
    write("early", "receipt", 1, lines=came, more="no")
    order = {"purpose": "supply", "lines": sent, "dispatch_by": (TODAY - timedelta(days=1)).isoformat()}
    write("lapsed", "transfer_order", 9, **order)
    manager.flush()


def reader(username: str, role: str, place: str, address: str) -> None:
    """A user who wants mail, committed."""
    user = create_user(
        username=username,
        password=PASSWORD,
        full_name="Nguyễn Thị Hoàng Phương Quỳnh Như",
        role=role,
        places=[place],
    )
    keep_address(db.session.connection(), user.id, address, wanted=True)
    db.session.commit()


class MailServer:
    """A mail server that keeps what it takes. `answers`: what it says to an address instead of taking it; `hang_up`:
    addresses whose message it takes without saying so.
    """

    def __init__(self, **options: Any) -> None:
        self.taken: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.hang_up: set[str] = set()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)

    async def handle_RCPT(  # noqa: N802  aiosmtpd calls it so
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd calls it so
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        if self.hang_up.intersection(envelope.rcpt_tos):
            server.transport.abort()
        return "250 taken"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        """No more from here on; twice is once."""
        if self._controller.server is not None:
            self._controller.stop()

    def settings(self, **changes: Any) -> MailSettings:
        """How to reach it."""
        given = {
            "security": "none",
            "address": "tungnha@syt.example.vn",
            "pages": "https://tungnha.example.vn",
        }
        return MailSettings("127.0.0.1", self.port, **{**given, "timeout_s": 5, **changes})


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    made = MailServer()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def careful_server(tmp_path: Path) -> Iterator[tuple[MailServer, Path]]:
    """One that wants STARTTLS and a password, with the file of its certificate."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def right(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = b"tungnha", PASSWORD_OF_MAIL.encode()
        return AuthResult(success=(data.login, data.password) == known, handled=False)

    made = MailServer(
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        auth_require_tls=True,
        authenticator=right,
    )
    made.start()
    yield made, certificate
    made.stop()
