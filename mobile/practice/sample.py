"""The made-up commune as entries, as a server would send them: the app runs on it exactly as on real data.

Days are told as so many before or after today, so that there is always somebody due and a lot that is short-dated.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from mobile.store.identity import Identity
from shared import wire
from shared.clock import Clock, stamp
from shared.identifiers import named_id
from shared.kinds import KINDS
from shared.permissions import MOBILE_TEAM, STATION, VILLAGE_HEALTH_WORKER

#: Whose work can be practised; everybody else practises a station's.
ROLES = (VILLAGE_HEALTH_WORKER, STATION, MOBILE_TEAM)
NAME = "Người tập"


def identity(role: str) -> Identity:
    """Somebody who practises: no token and no server, so that nothing can be sent."""
    at_site = role != VILLAGE_HEALTH_WORKER
    places = ("station",) if at_site else ("stream_village",)
    further = ("hill_village", "station") if at_site else ()
    streams = ("province", "commune", "stream_village", *further)
    return Identity(
        device=_id("device"),
        token="",
        server_url="",
        label=NAME,
        user_id=_id("user"),
        username="tap",
        full_name=NAME,
        role=role if role in ROLES else STATION,
        places=tuple(_id(place) for place in places),
        site=_id("station") if at_site else None,
        province=_id("province"),
        streams=tuple(_id(stream) for stream in streams),
    )


def page(role: str, clock: Clock) -> dict[str, Any]:
    """One whole page of a first sync for this role."""
    followed = set(identity(role).streams)
    streams: dict[str, list[dict[str, Any]]] = {}
    for entry in _Telling(clock).entries():
        streams.setdefault(entry["place"], []).append(entry)
    parts = [_part(stream, entries) for stream, entries in streams.items() if stream in followed]
    return {"streams": parts, "cursor": "practice", "more": False, "server_time": stamp(clock.now())}


def _part(stream: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    digests = [wire.digest(wire.canonical(entry)) for entry in entries]
    running = wire.chain_all(wire.EMPTY_HASH, digests)
    return {"id": stream, "from": 0, "to": len(entries), "hash": running.hex(), "entries": entries}


class _Telling:
    """Tells the sample's entries as of the clock's today."""

    def __init__(self, clock: Clock) -> None:
        self._today, self._stamp = clock.today(), stamp(clock.now())
        self._numbers = count(1)

    def entries(self) -> Iterator[dict[str, Any]]:
        sample = _sample()
        yield from map(self._place, sample["places"])
        yield from self._plan(sample["campaign"], sample["targets"])
        yield from map(self._item, sample["items"])
        for lot in sample["lots"]:
            yield from self._lot(lot)
        for number, household in enumerate(sample["households"]):
            yield from self._household(f"house {number}", household)
        yield self._session(sample["session"])
        yield self._reminder(sample["reminder"])

    def _place(self, told: dict[str, Any]) -> dict[str, Any]:
        version = {"valid_from": "2020-01-01", "name": told["name"], "unit_type": told["level"]}
        if "parent" in told:
            version["parent"] = _id(told["parent"])
        return self._entry("place", "province", told["key"], {"level": told["level"], "versions": [version]})

    def _plan(self, campaign: dict[str, Any], targets: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        begun = self._day(before=60)
        yield self._entry("campaign", "province", "campaign", campaign | {"starts_on": begun})
        for target in targets:
            body = {
                "campaign": _id("campaign"),
                "target_place": _id("commune"),
                "age_group": target["age_group"],
                "dose_type": target["dose_type"],
                "due_on": self._day(after=target["due_in"]),
                "planned_people": target["people"],
                "document": campaign["document"],
                "valid_from": begun,
            }
            yield self._entry("plan_target", "province", f"target {target['age_group']}", body)

    def _item(self, told: dict[str, Any]) -> dict[str, Any]:
        body = {
            "code": told["code"],
            "name_vi": told["name_vi"],
            "name_en": told["name_en"],
            "item_class": "vaccine",
            "unit_vi": "lọ",
            "unit_en": "vials",
            "vaccine": told["code"],
            "doses_per_vial": told["doses_per_vial"],
            "thaw_days": told["thaw_days"],
        }
        return self._entry("item", "province", told["key"], body)

    def _lot(self, told: dict[str, Any]) -> Iterator[dict[str, Any]]:
        expiry = self._day(after=told["expires_in"])
        body = {"item": _id(told["item"]), "lot_number": told["number"], "label_expiry": expiry}
        yield self._entry("lot", "province", told["key"], body)
        state = {"state": "chilled"}
        if "thawed" in told:
            state = {"state": "thawed", "thawed_on": self._day(before=told["thawed"])}
        received = state | {"vials": told["vials"], "reason": "received"}
        yield self._entry("stock_movement", "station", told["key"], received, self._day(before=10))

    def _household(self, key: str, told: dict[str, Any]) -> Iterator[dict[str, Any]]:
        village = told["village"]
        body = {"head_name": told["head"], "lane": told["lane"], "address": told["address"]}
        yield self._entry("household", village, key, body)
        people = [f"{key} {number}" for number in range(len(told["people"]))]
        for person, words in zip(people, told["people"], strict=True):
            yield self._entry("person", village, person, self._person(key, words))
            for dose_type, before in words["doses"]:
                dose = {"vaccine": "PFZ_ADULT", "dose_type": dose_type, "screening": "eligible"}
                given = dose | {"lot_number": "TAP000"}
                yield self._entry("dose", village, person, given, self._day(before=before))
        if "visited" in told:
            before, outcomes = told["visited"]
            lines = [
                {"person": _id(person), "outcome": outcome}
                for person, outcome in zip(people, outcomes, strict=True)
            ]
            visit = {"visit_type": "door_to_door", "outcomes": lines}
            yield self._entry("visit", village, key, visit, self._day(before=before))

    def _person(self, household: str, told: dict[str, Any]) -> dict[str, Any]:
        """Born on the first of January: so an age holds on every day of the year."""
        body = {
            "household": _id(household),
            "full_name": told["name"],
            "birth_date": date(self._today.year - told["age"], 1, 1).isoformat(),
            "birth_precision": "year",
            "sex": told["sex"],
            "id_kind": "none",
            "residence": told.get("residence", "permanent"),
            "relation": told["relation"],
        }
        if "guardian" in told:
            body["guardian_name"] = told["guardian"]
        return body | {name: told[name] for name in ("vulnerable", "cannot_come") if name in told}

    def _session(self, told: dict[str, Any]) -> dict[str, Any]:
        taken = [{"lot": _id(told["lot"]), "vials_taken": told["vials"]}]
        words = {name: told[name] for name in ("point_name", "team")}
        return self._entry("session", "station", "session", {"session_type": "fixed", "lots": taken} | words)

    def _reminder(self, told: dict[str, Any]) -> dict[str, Any]:
        body = {"about": told["about"], "text": told["text"], "due_on": self._day(after=told["due_in"])}
        return self._entry("reminder", "commune", "commune", body)

    def _day(self, *, before: int = 0, after: int = 0) -> str:
        return (self._today + timedelta(days=after - before)).isoformat()

    def _entry(
        self, kind: str, place: str, subject: str, body: dict[str, Any], on: str = ""
    ) -> dict[str, Any]:
        number = next(self._numbers)
        return {
            "id": named_id("practice entry", str(number)),
            "kind": kind,
            "version": KINDS[kind].version,
            "subject": _id(subject),
            "place": _id(place),
            "author": _id("colleague"),
            "device": _id("colleague's phone"),
            "device_seq": number,
            "occurred_on": on or self._today.isoformat(),
            "recorded_at": self._stamp,
            "body": body,
        }


@cache
def _sample() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(Path(__file__).with_name("sample.json").read_text(encoding="utf-8"))
    return told


def _id(key: str) -> str:
    return named_id("practice", key)
