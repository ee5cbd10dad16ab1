"""The daily mails: who gets one today, each written once and sent once.

A row is claimed before a message is handed over and says afterwards what became of it. What was not taken is tried
again at the next run; a message whose fate is unknown (the process died, the answer was lost) stays `sending`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Table, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from server.alerts.addresses import Told, readers
from server.alerts.composing import compose, key_of
from server.alerts.gathering import alerts
from server.alerts.models import AlertDigest
from server.alerts.naming import Names
from server.alerts.sending import MailDown, Outcome, Post
from server.mail_settings import MailSettings
from server.places.tree import Tree
from shared.clock import VIETNAM, Clock
from shared.rules.alerts import Alert, concerning

_DIGEST: Table = AlertDigest.__table__  # type: ignore[assignment]

#: Mails leave from this hour on, by the field's clock in Vietnam.
FROM_HOUR = 6

#: A mail that is not taken is tried so often in a day.
MOST_TRIES = 12

#: Days a mail is remembered.
KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Digest:
    """A mail to be sent, written when it is asked for, so that a country's mails are never in memory at once.

    `known` are the alerts the mail before told of.
    """

    told: Told
    alerts: tuple[Alert, ...]
    known: Collection[str]
    names: Names
    settings: MailSettings
    today: date

    def message(self) -> EmailMessage:
        """The mail."""
        return compose(self.told.reader, self.alerts, self.known, self.names, self.settings, self.today)


def send_digests(
    engine: Engine, clock: Clock, settings: MailSettings, between: Callable[[int, int], None]
) -> dict[str, Any]:
    """Send today's mails: {day, sent, nothing, failed, refused, sending, down}.

    `down` says why the mail server could not be used; what was not sent then is sent by a later run.
    """
    told: Counter[str] = Counter()
    down = None
    today = clock.today()
    if clock.now().astimezone(VIETNAM).hour >= FROM_HOUR:
        with engine.connect().execution_options(readonly=True) as connection:
            digests = list(due(connection, settings, today))
        with engine.begin() as connection:
            _forget(connection, today)
            for digest in digests:
                if not digest.alerts and _claim(connection, digest, today, "nothing"):
                    told["nothing"] += 1
        try:
            _send_all(engine, [d for d in digests if d.alerts], settings, today, told, between)
        except MailDown as error:
            down = str(error)
    counts = {state: told[state] for state in ("sent", "nothing", "failed", "refused", "sending")}
    return {"day": today.isoformat(), **counts, "down": down}


def due(connection: Connection, settings: MailSettings, today: date) -> Iterator[Digest]:
    """The mails of today that are not sent; readers of one province together, so that its stock is read once."""
    tree = Tree.load(connection, today)
    done = _done(connection, today)
    groups: dict[tuple[str, ...], list[Told]] = {}
    for told in readers(connection, tree):
        if told.reader.user_id not in done:
            provinces = sorted({tree.nodes[site].province for site in told.sites})
            groups.setdefault(tuple(provinces), []).append(told)
    for _, here in sorted(groups.items()):
        sites = sorted({site for told in here for site in told.sites})
        found = alerts(connection, tree, sites, today)
        names = Names.of(connection, tree, found)
        for told in here:
            known = _told_before(connection, told.reader.user_id, today)
            yield Digest(told, tuple(concerning(found, told.sites)), known, names, settings, today)


def _send_all(
    engine: Engine,
    digests: Sequence[Digest],
    settings: MailSettings,
    today: date,
    told: Counter[str],
    between: Callable[[int, int], None],
) -> None:
    if not digests:
        return
    with Post(settings) as post:
        for number, digest in enumerate(digests, 1):
            with engine.begin() as connection:
                mine = _claim(connection, digest, today, "sending")
            if mine:
                told[_hand_over(engine, post, digest).state] += 1
            between(number, len(digests))


def _hand_over(engine: Engine, post: Post, digest: Digest) -> Outcome:
    try:
        outcome = post.send(digest.message())
    except MailDown as error:
        _keep(engine, digest, Outcome("failed", str(error)))
        raise
    _keep(engine, digest, outcome)
    return outcome


def _claim(connection: Connection, digest: Digest, today: date, state: str) -> bool:
    """Take a reader's mail of the day: a new row, or that of a try that was not taken. One statement, one winner."""
    insert: Any = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    values = {
        "user_id": digest.told.reader.user_id,
        "day": today,
        "state": state,
        "tries": 1,
        "alerts": len(digest.alerts),
        "told": orjson.dumps([key_of(alert) for alert in digest.alerts]).decode(),
        "changed_at": datetime.now(UTC),
    }
    statement = insert(_DIGEST).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=["user_id", "day"],
        set_={
            "tries": _DIGEST.c.tries + 1,
            **{name: statement.excluded[name] for name in ("state", "alerts", "told", "changed_at")},
        },
        where=(_DIGEST.c.state == "failed") & (_DIGEST.c.tries < MOST_TRIES),
    )
    return connection.execute(statement.returning(_DIGEST.c.user_id)).first() is not None


def _keep(engine: Engine, digest: Digest, outcome: Outcome) -> None:
    user_id = digest.told.reader.user_id
    row = _DIGEST.update().where(_DIGEST.c.user_id == user_id, _DIGEST.c.day == digest.today)
    with engine.begin() as connection:
        connection.execute(
            row.values(state=outcome.state, answer=outcome.answer, changed_at=datetime.now(UTC))
        )


def _done(connection: Connection, today: date) -> Collection[str]:
    query = select(_DIGEST.c.user_id).where(
        _DIGEST.c.day == today, (_DIGEST.c.state != "failed") | (_DIGEST.c.tries >= MOST_TRIES)
    )
    return set(connection.scalars(query))


def _told_before(connection: Connection, user_id: str, today: date) -> Collection[str]:
    query = (
        select(_DIGEST.c.told)
        .where(_DIGEST.c.user_id == user_id, _DIGEST.c.day < today, _DIGEST.c.state.in_(("sent", "nothing")))
        .order_by(_DIGEST.c.day.desc())
        .limit(1)
    )
    found = connection.scalar(query)
    return set(orjson.loads(found)) if found else set()


def _forget(connection: Connection, today: date) -> None:
    connection.execute(_DIGEST.delete().where(_DIGEST.c.day < today - timedelta(days=KEPT_DAYS)))
