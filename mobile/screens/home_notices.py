"""The home screen's first lines: what must not wait, and what was begun."""

from __future__ import annotations

from itertools import groupby

from mobile.phone import Phone
from mobile.screens.messages import message_title, shortened
from mobile.screens.resume import resume
from mobile.store import (
    messages,
    observations,
    places,
    registers,
    report_counts,
    reports,
    sessions,
)
from mobile.store.messages import Message
from mobile.store.observations import Watched
from mobile.widgets.lists import Row
from mobile.widgets.text import Note
from mobile.words import words
from shared.clock import VIETNAM
from shared.kinds import KINDS

#: Instructions and drafts that stand on the home screen; the messages have the others.
MOST = 3


def urgent(phone: Phone, told: list[Message]) -> list[Row]:
    """Each urgent instruction from above that nobody has closed (R021)."""
    pressing = [message for message in told if message.urgent and not message.upward and not message.closed]
    return [_message(phone, message) for message in pressing[:MOST]]


def refused(phone: Phone) -> list[Row]:
    """What the server sent back."""
    count = phone.outbox().refused
    if not count:
        return []
    row = Row(
        icon="alert-circle-outline",
        icon_tone="late",
        title=words.t("home.refused", count=words.number(count)),
        line=words.t("home.refused_do"),
    )
    row.bind(on_release=lambda _: phone.nav.go("outbox", state="refused"))
    return [row]


def notes(phone: Phone) -> list[Note]:
    """What the phone has to say of itself: its clock, its room (L11, L19)."""
    return [Note(text=note.whole, icon=note.icon, tone=note.tone) for note in phone.notes()]


def drafts(phone: Phone) -> list[Row]:
    """What was left unfinished, with the way back to it."""
    rows = []
    for key, kind, saved_at in phone.store.drafts():
        opening = resume(phone, key)
        if opening is None:
            continue
        screen, params = opening
        about = _named(phone, params)
        row = Row(
            icon="pencil-outline",
            icon_tone="brand",
            title=" · ".join(filter(None, (KINDS[kind].label(words.lang), about))),
            line=words.t("home.draft", when=words.moment(saved_at)),
        )
        row.bind(on_release=lambda _, screen=screen, params=params: phone.nav.go(screen, **params))
        rows.append(row)
    return rows[:MOST]


def watched(phone: Phone) -> list[Watched]:
    """Who is under observation at my site, by session."""
    if not (phone.may("observation") and phone.me.site):
        return []
    found = observations.under_observation(phone.store, phone.me.site)
    return sorted(found, key=lambda seen: seen.session or "")


def observed(phone: Phone) -> list[Row]:
    """Who is under observation after a dose, a row a session (R039)."""
    rows = []
    for session, group in groupby(watched(phone), lambda seen: seen.session):
        seen = list(group)
        over = sum(not each.still for each in seen)
        if over:
            line = words.counted("home.observed_over", over)
        else:
            first = min(seen, key=lambda each: each.until)
            at = f"{first.until.astimezone(VIETNAM):%H:%M}"
            line = words.t("home.observed_until", name=first.full_name, time=at)
        row = Row(
            icon="clock-outline",
            icon_tone="warn" if over else "brand",
            title=words.counted("home.observed", len(seen)),
            line=line,
            line_tone="warn" if over else "muted",
        )
        person = seen[0].person
        if session:
            row.bind(on_release=lambda _, session=session: phone.nav.go("observation", session=session))
        else:
            row.bind(on_release=lambda _, person=person: phone.nav.go("person", person=person))
        rows.append(row)
    return rows


def session(phone: Phone) -> list[Row]:
    """The session under way."""
    if not (phone.may("session") and phone.me.site):
        return []
    held = sessions.under_way(phone.store, phone.me.site)
    if held is None:
        return []
    row = Row(
        icon="needle",
        icon_tone="brand",
        title=words.t("home.held", point=held.point_name or places.name(phone.store, held.site_id)),
        line=words.counted("home.held_doses", held.doses),
    )
    row.bind(on_release=lambda _: phone.nav.go("session", session=held.id))
    return [row]


def queries(phone: Phone, told: list[Message]) -> list[Row]:
    """What those above ask about a report and nobody has answered."""
    asked = [message for message in told if message.kind == messages.QUERY and not message.closed]
    return [_message(phone, message) for message in asked[:MOST]]


def inbox(phone: Phone, told: list[Message]) -> Row:
    """The way to everything those above said; what is new shows as a number."""
    new = sum(message.new for message in told)
    row = Row(
        icon="inbox-arrow-up-outline",
        icon_tone="brand" if new else "muted",
        title=words.t("home.messages"),
        line=words.t("home.messages_line"),
        chip=words.counted("home.messages_new", new) if new else "",
        chip_icon="information-outline",
        chip_tone="brand",
        stacked=True,
    )
    row.bind(on_release=lambda _: phone.nav.go("messages"))
    return row


def report(phone: Phone) -> list[Row]:
    """Today's report of the unit while it is not sent, on a day with a session here."""
    if not (phone.may("report") and phone.me.site):
        return []
    today = phone.clock.today()
    if all(held.held_on != today for held in sessions.sessions(phone.store, phone.me.site, limit=3)):
        return []
    unit = report_counts.unit_of(phone.store)
    layout = reports.layout_of(phone.store)
    if unit is None or reports.days(phone.store, layout, unit.id, 1)[0].state != reports.MISSING:
        return []
    row = Row(
        icon="clipboard-list-outline",
        icon_tone="brand",
        title=words.t("home.report"),
        line=words.t("home.report_line"),
    )
    row.bind(on_release=lambda _: phone.nav.go("report", day=today.isoformat()))
    return [row]


def _message(phone: Phone, message: Message) -> Row:
    row = Row(
        icon="alert-outline" if message.urgent else "clipboard-list-outline",
        icon_tone="late" if message.urgent else "brand",
        title=message_title(message),
        line=shortened(message.text),
        chip=words.counted("home.messages_new", 1) if message.new else "",
        chip_icon="information-outline",
        chip_tone="late" if message.urgent else "brand",
        stacked=True,
    )
    row.bind(on_release=lambda _: phone.nav.go("message", message=message.id))
    return row


def _named(phone: Phone, params: dict[str, str]) -> str:
    """Whom or what a draft is about, as people know it; "" for what has no name."""
    if person := params.get("person"):
        found = registers.person(phone.store, person)
        return found.row.full_name if found else ""
    if household := params.get("household"):
        [head] = [row.head_name for row in registers.household_rows(phone.store, [household])] or [""]
        return head
    return places.name(phone.store, params["village"]) if "village" in params else ""
