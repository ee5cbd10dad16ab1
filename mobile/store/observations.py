"""Who is under observation after a dose, for how long still, and how it ended (R039).

Nothing runs: what stands here is worked out from the doses each time it is asked, so it survives the app being
killed. How long somebody has stayed is measured by the device's steady seconds from the moment this phone first saw
the dose: an hour that is set by hand frees nobody early and keeps nobody longer. After a restart of the device, which
begins those seconds again, the hour counts, put right by the offset the server measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.clock import VIETNAM, from_stamp
from shared.reading import read_payload
from shared.rules.observation import OBSERVED, seconds_left

if TYPE_CHECKING:
    from mobile.store.store import Store

#: By how much the hour and the steady seconds may differ before a screen says that the hour was set, in seconds.
TOLERATED_S = 120
#: Days back within which an observation that nobody ended is still shown among what is to do now.
SHOWN_DAYS = 1
#: Most that were ended a screen lists.
MOST_ENDED = 200


@dataclass(frozen=True, slots=True)
class Watched:
    """A dose whose observation nobody ended.

    `since` and `until` are moments of `store.clock` as it stands now; `still` says that the time runs. A dose written
    down on another day than it was given has no time of its own (`by_clock` False): its time is over, and its
    observation is copied from paper. `reaction` is the id of the worst standing reaction after the dose, `serious`
    whether it is a serious event. `hour_set`: somebody set the phone's hour meanwhile.
    """

    person: str
    full_name: str
    dose: str
    dose_type: str
    vaccine: str
    session: str | None
    site: str
    given_on: date
    since: datetime
    until: datetime
    still: bool
    by_clock: bool
    reaction: str | None
    serious: bool
    hour_set: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of an observation as it was recorded."""

    id: str
    person: str
    full_name: str
    dose: str
    result: str
    minutes: int | None
    mine: bool


#: A dose that was corrected is one dose: its time runs from the first record, and its end may name either.
_WATCHED = """
WITH RECURSIVE told (dose_id, id, depth) AS (
    SELECT d.id, d.id, 0 FROM dose d WHERE d.corrected_by IS NULL AND d.from_certificate = 0 AND {condition}
    AND NOT EXISTS (SELECT 1 FROM observation o WHERE o.dose_id = d.id AND o.corrected_by IS NULL)
    UNION
    SELECT t.dose_id, f.id, t.depth + 1 FROM told t JOIN entry e ON e.id = t.id
    JOIN entry f ON f.id = e.corrects AND f.subject = e.subject AND f.kind = e.kind
)
SELECT d.*, p.full_name, w.given_s, e.payload,
       r.id AS reaction_id, r.severity
FROM dose d
JOIN entry e ON e.id = (SELECT t.id FROM told t WHERE t.dose_id = d.id ORDER BY t.depth DESC, t.id LIMIT 1)
LEFT JOIN person p ON p.id = d.person_id
LEFT JOIN watch w ON w.dose_id = e.id
LEFT JOIN reaction r ON r.id = (
    SELECT n.id FROM told t JOIN reaction n ON n.dose_id = t.id AND n.corrected_by IS NULL
    WHERE t.dose_id = d.id ORDER BY n.severity = 'serious' DESC, n.id DESC LIMIT 1
)
WHERE d.id IN (SELECT dose_id FROM told) AND NOT EXISTS (
    SELECT 1 FROM told t JOIN observation o ON o.dose_id = t.id AND o.corrected_by IS NULL WHERE t.dose_id = d.id
)
"""


def watched(store: Store, session_id: str) -> list[Watched]:
    """The doses of a session whose observation nobody ended: those whose time is over first, then who may go next."""
    return _watch(store, "d.session_id = :session", {"session": session_id})


def under_observation(store: Store, site: str | None = None) -> list[Watched]:
    """The same of all sessions of a site (of every site by default), given today or the day before."""
    since = store.clock.today() - timedelta(days=SHOWN_DAYS)
    values = {"since": since.isoformat(), "site": site}
    return _watch(store, "d.given_on >= :since AND (:site IS NULL OR d.site_id = :site)", values)


def ended(store: Store, session_id: str) -> list[Ended]:
    """How the observations of a session ended, those recorded last first."""
    rows = store.database.rows(
        "SELECT o.*, p.full_name, e.origin FROM observation o JOIN entry e ON e.id = o.id"
        " LEFT JOIN person p ON p.id = o.person_id WHERE o.corrected_by IS NULL AND o.session_id = ?"
        " ORDER BY e.number DESC LIMIT ?",
        (session_id, MOST_ENDED),
    )
    return [
        Ended(
            id=row["id"],
            person=row["person_id"],
            full_name=row["full_name"] or "",
            dose=row["dose_id"],
            result=row["result"],
            minutes=row["minutes"],
            mine=row["origin"] == "own",
        )
        for row in rows
    ]


def end(store: Store, seen: Watched, result: str) -> str:
    """Record how an observation ended (an option of `observation.result`); answers the id of the entry.

    Raises Refused as `Store.record` does.
    """
    body = {
        "dose": seen.dose,
        "session": seen.session,
        "result": result,
        "minutes": _minutes(store, seen, result),
    }
    day = None if seen.by_clock else seen.given_on
    return store.record("observation", subject=seen.person, place=seen.site, body=body, occurred_on=day).id


def end_all(store: Store, session_id: str, result: str = "well") -> list[str]:
    """End every observation of a session whose time is over, all at once; answers the ids of the entries.

    Who had a reaction is left: they are looked at one by one. A dose without a time of its own ends as ``on_paper``.
    """
    with store.together():
        return [
            end(store, seen, result if seen.by_clock else "on_paper")
            for seen in watched(store, session_id)
            if not seen.still and not seen.reaction
        ]


def _minutes(store: Store, seen: Watched, result: str) -> int | None:
    """Whole minutes of a stay the phone can vouch for; nobody is watched overnight."""
    if not seen.by_clock or result == "on_paper" or seen.given_on != store.clock.today():
        return None
    return int((store.clock.now() - seen.since) / timedelta(minutes=1))


def _watch(store: Store, condition: str, values: dict[str, Any]) -> list[Watched]:
    rows = store.database.rows(_WATCHED.format(condition=condition), values)
    judged = [(row, _Stay(store, row)) for row in rows]
    _remember(store, (stay for _, stay in judged if stay.unseen))
    found = [_watched(store, row, stay) for row, stay in judged]
    return sorted(found, key=lambda seen: (seen.until, seen.full_name, seen.dose))


class _Stay:
    """How long somebody has stayed since a dose, in seconds, as far as this phone can tell."""

    def __init__(self, store: Store, row: Any) -> None:
        first = read_payload(bytes(row["payload"]))
        offset = store.clock_offset_s or 0
        given = from_stamp(first.recorded_at)
        put_right = given + timedelta(
            seconds=offset if first.clock_offset_s is None else first.clock_offset_s
        )
        by_hour = (store.clock.now() + timedelta(seconds=offset) - put_right).total_seconds()
        steady = store.clock.steady()
        known = row["given_s"] is not None and row["given_s"] <= steady
        self.first = first.id
        self.elapsed_s = steady - row["given_s"] if known else max(0.0, by_hour)
        self.given_s = steady - self.elapsed_s
        self.hour_set = known and abs(by_hour - self.elapsed_s) > TOLERATED_S
        days = {moment.astimezone(VIETNAM).date() for moment in (given, put_right)}
        self.by_clock = date.fromisoformat(row["given_on"]) in days
        if not self.by_clock:
            self.elapsed_s = max(self.elapsed_s, OBSERVED.total_seconds())
        self.unseen = not known and self.elapsed_s < OBSERVED.total_seconds()


def _remember(store: Store, stays: Iterable[_Stay]) -> None:
    """Keep when doses were given by the steady seconds, from the first look at them on."""
    new = [(stay.first, stay.given_s) for stay in stays]
    if new:
        with store.database.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO watch (dose_id, given_s) VALUES (?, ?)", new)


def _watched(store: Store, row: Any, stay: _Stay) -> Watched:
    now = store.clock.now()
    since = now - timedelta(seconds=stay.elapsed_s)
    return Watched(
        person=row["person_id"],
        full_name=row["full_name"] or "",
        dose=row["id"],
        dose_type=row["dose_type"],
        vaccine=row["vaccine"],
        session=row["session_id"],
        site=row["site_id"],
        given_on=date.fromisoformat(row["given_on"]),
        since=since,
        until=since + OBSERVED,
        still=seconds_left(since, now) > 0,
        by_clock=stay.by_clock,
        reaction=row["reaction_id"],
        serious=row["severity"] == "serious",
        hour_set=stay.hour_set,
    )
