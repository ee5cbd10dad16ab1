"""The daily mail about alerts: plain text and HTML, Vietnamese first, then English."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from server.alerts.naming import Names, words
from server.mail_settings import MailSettings
from shared.rules.alerts import TONES, Alert
from shared.text import formats

#: Alerts of one kind that a mail spells out; the page shows the others.
SPELT_OUT = 4

LANGUAGES = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is written to, and the names of the places that are theirs."""

    user_id: str
    full_name: str
    address: str
    places: tuple[str, ...]


def compose(
    reader: Reader,
    alerts: Sequence[Alert],
    known: Collection[str],
    names: Names,
    settings: MailSettings,
    today: date,
) -> EmailMessage:
    """The mail of a day; `alerts` in their order, `known` the keys told of in the mail before."""
    parts = [_part(lang, reader, alerts, known, names, settings, today) for lang in LANGUAGES]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = parts[0]["subject"]
    message["From"] = Address("Từng Nhà", addr_spec=settings.address)
    message["To"] = Address(reader.full_name, addr_spec=reader.address)
    # The same mail of the same day has the same number, so that a mail program shows it once.
    domain = settings.address.partition("@")[2]
    message["Message-ID"] = f"<alerts.{today.isoformat()}.{reader.user_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{parts[0]['stop']}>"
    message.set_content(_templates().get_template("digest.txt").render(parts=parts))
    html = _templates().get_template("digest.html").render(parts=parts)
    message.add_alternative(html, subtype="html")
    return message


def key_of(alert: Alert) -> str:
    """An alert as the mail remembers it."""
    return "/".join(alert.key)


def _part(
    lang: str,
    reader: Reader,
    alerts: Sequence[Alert],
    known: Collection[str],
    names: Names,
    settings: MailSettings,
    today: date,
) -> dict[str, Any]:
    def text(key: str, **params: Any) -> str:
        return words().text(key, lang, **params)

    def number(value: int) -> str:
        return formats.number(value, lang)

    day = formats.day(today, lang)
    several = text("mail.areas", count=number(len(reader.places)))
    new = {key_of(alert) for alert in alerts} - set(known) if known else set()
    counted = {
        "count": number(len(alerts)),
        "late": number(sum(alert.tone == "late" for alert in alerts)),
        "new": number(len(new)),
        "day": day,
        "place": reader.places[0] if len(reader.places) == 1 else several,
    }
    stop = f"{settings.pages}/stock/alerts/mail"
    return {
        "lang": lang,
        "subject": text("mail.subject", count=counted["count"], day=day),
        "hello": text("mail.hello", name=reader.full_name),
        "lead": text("mail.lead" if known else "mail.lead_first", **counted),
        "tones": [
            (text(f"mail.{tone}"), tone, _kinds(found, lang, new, names, today))
            for tone in TONES
            if (found := [alert for alert in alerts if alert.tone == tone])
        ],
        "new": text("mail.new"),
        "open": text("mail.open"),
        "page": f"{settings.pages}/stock/alerts",
        "why": text("mail.why", address=stop),
        "stop": stop,
    }


def _kinds(
    alerts: Sequence[Alert], lang: str, new: Collection[str], names: Names, today: date
) -> list[dict[str, Any]]:
    """The kinds among alerts of one tone: how many, the first of them, how many more."""
    found: dict[str, list[Alert]] = {}
    for alert in alerts:
        found.setdefault(alert.kind, []).append(alert)
    return [
        {
            "kind": words().text(f"alert.kind.{kind}", lang),
            "count": formats.number(len(each), lang),
            "lines": [_line(alert, lang, new, names, today) for alert in each[:SPELT_OUT]],
            "more": words().text("mail.more", lang, count=formats.number(len(each) - SPELT_OUT, lang))
            if len(each) > SPELT_OUT
            else "",
        }
        for kind, each in found.items()
    ]


def _line(alert: Alert, lang: str, new: Collection[str], names: Names, today: date) -> dict[str, Any]:
    above = [node.name for node in names.tree.path(alert.site)[:-1] if node.level != "province"]
    return {
        "site": names.tree.name(alert.site),
        "where": ", ".join(reversed(above)),
        "words": names.say(alert, today, lang),
        "new": key_of(alert) in new,
    }


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
