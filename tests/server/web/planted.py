"""Two districts side by side, each holding one record of everything that belongs to an area: what scope tests look for.

Every record carries the same marks in one district and others in the second: names, numbers, phones, usernames,
and words in every free text. A mark on a page of somebody who does not see that district is a leak.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from server.accounts.models import Device, User
from server.accounts.users import create_user
from server.database import db, insert_rows
from server.ledger.author import ServerAuthor
from server.ledger.models import EntryRow, Quarantine
from server.places.tree import Tree
from server.registers.identity_models import DuplicateCandidate
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from shared.fields import Text
from shared.identifiers import named_id
from shared.kinds import KINDS
from shared.lists import Lines
from shared.permissions import ROLES
from shared.rules.pairs import pair_id
from tests.server.redistribution.proposed import became, propose
from tests.server.world import PASSWORD, TODAY, World

GOLDEN = Path(__file__).parents[2] / "golden" / "payloads"

#: Kinds whose records belong to an area and are written as their golden payloads are.
FROM_GOLDEN = (
    "staff_shortage", "proposal", "inspection_remark", "reminder", "communication_log", "team_roster",
    "station_profile", "report", "reconciliation", "period_close", "plan_deviation", "population_return",
)  # fmt: skip

#: Kinds of a province, not of an area: everybody of the province may read them.
OF_THE_PROVINCE = (
    "campaign", "plan_target", "item", "lot", "place", "message_content", "dose_opening", "report_layout",
)  # fmt: skip

#: Kinds about what stands elsewhere in the same area: written by hand below, or answers to what is.
OTHERWISE = (
    "household", "person", "visit", "dose", "screening", "reaction", "observation", "same_person", "id_match", "void",
    "session", "stock_movement", "stock_count", "response", "report_review", "report_answer", "restatement",
    "allocation", "signature", "recall", "stock_level", "equipment", "leftover_decision",
    "transfer_order", "transfer_decision", "dispatch", "receipt", "settlement", "count_explanation",
)  # fmt: skip

#: Text fields that hold no free words: what a form is called, moments, documents of the province.
NOT_FREE = frozenset({"form", "as_of", "counted_at", "plan_document", "document"})


@dataclass
class Side:
    """One district with its marked records; ids by the name of the address parameter that takes them."""

    district: str
    commune: str
    village: str
    station: str
    marks: dict[str, str]
    ids: dict[str, list[str]] = field(default_factory=dict)

    @property
    def places(self) -> list[str]:
        """Places of every level, of whichever an address may ask for."""
        return [self.district, self.commune, self.village, self.station]


def plant(world: World) -> tuple[Side, Side]:
    """(inside, outside): everything in two districts, users of every role in the first, committed."""
    tree = Tree.load(db.session.connection(), TODAY)
    communes = {tree.nodes[commune].parent: commune for commune in reversed(world.communes)}
    sides = []
    for name, district in zip(("trong", "ngoài"), world.districts[:2], strict=True):
        commune = communes[district]
        number = "1" if name == "trong" else "2"
        marks = {
            "name": f"Quàng {name.title()} Vùng", "head": f"Tòng {name.title()} Hộ",
            "guardian": f"Hù {name.title()} Đỡ", "phone": f"98711122{number}", "number": f"01234560000{number}",
            "words": f"lời riêng huyện {name}", "user": f"dau-hieu-{number}", "author": f"Cán bộ {name.title()} Xa",
        }  # fmt: skip
        side = Side(district, commune, world.villages[commune][0], world.stations[commune], marks)
        _Planter(world, side).all()
        sides.append(side)
    inside, outside = sides
    for role in ROLES:
        place = {
            "village_health_worker": inside.village,
            "station": inside.commune,
            "mobile_team": inside.commune,
        }
        _user(f"trong.{role}", role, place.get(role, inside.district), f"Người {role}")
    db.session.commit()
    return inside, outside


def _user(username: str, role: str, place: str, full_name: str) -> User:
    return create_user(username=username, password=PASSWORD, full_name=full_name, role=role, places=[place])


class _Planter:
    def __init__(self, world: World, side: Side) -> None:
        self.world, self.side = world, side
        username = side.marks["user"]
        self.writers = {
            role: _user(f"{username}.{role}", role, side.district, side.marks["author"])
            for role in ("station", "district_reviewer", "provincial_manager")
        }

    def all(self) -> None:
        side, marks = self.side, self.side.marks
        home = self.write(
            "household", side.village, {"head_name": marks["head"], "phone": f"+84{marks['phone']}"}
        )
        persons = [self.person(home, number) for number in range(3)]
        self.write("visit", side.village, self.visit(persons), subject=home)
        body = {
            "vaccine": "PFZ_ADULT",
            "dose_type": "primary_1",
            "screening": "eligible",
            "lot": self.world.lots[0],
        }
        self.write("dose", side.station, body, subject=persons[0])
        self.write(
            "screening", side.station, {"outcome": "caution", "note": marks["words"]}, subject=persons[0]
        )
        reaction = {"onset_on": TODAY.isoformat(), "severity": "serious", "note": marks["words"]}
        self.write("reaction", side.station, reaction, subject=persons[0])
        observed = {"dose": self.entries()["dose"][0], "result": "left", "note": marks["words"]}
        self.write("observation", side.station, observed, subject=persons[0])
        one, other = sorted(persons[:2])
        verdict = {"person_a": one, "person_b": other, "verdict": "same", "keep": one, "note": marks["words"]}
        self.write("same_person", side.village, verdict, subject=pair_id(one, other))
        for kind in FROM_GOLDEN:
            self.write(kind, side.district if kind == "period_close" else side.commune, self.golden(kind))
        allocated = {
            "item": self.world.item, "vials": 5, "by_on": TODAY.isoformat(), "document": marks["words"],
            "reason": marks["words"], "use_by": "2022-05-31", "weekly": 1,
        }  # fmt: skip
        promised = self.write("allocation", side.station, allocated)
        equipped = self.supplies(promised)
        moved = self.transfer()
        proposed = self.proposed()
        self.books()
        signed = {
            "of": "report", "digest": "0" * 64, "action": "signed", "signer": marks["author"], "tool": marks["words"],
            "certificate": marks["words"], "signed_at": "2022-04-15T01:00:00.000Z",
        }  # fmt: skip
        self.write("signature", side.commune, signed, subject=self.entries()["report"][0])
        pair = sorted((persons[0], persons[2]))
        rows = [{"person_a": pair[0], "person_b": pair[1], "score": 90, "level": "likely", "reasons": "[]"}]
        insert_rows(
            db.session.connection(),
            DuplicateCandidate.__table__,  # type: ignore[arg-type]
            [row | {"found_on": TODAY} for row in rows],
        )
        self.device()
        entries = self.entries()
        side.ids = {
            "place_id": side.places, "unit_id": [side.commune], "district": [side.district],
            "village_id": [side.village], "station_id": [side.station], "household_id": [home],
            "person_id": persons, "entry_id": entries["any"], "device_id": [named_id("device", marks["user"])],
            "matter_id": [*entries["staff_shortage"], *entries["proposal"], *entries["inspection_remark"]],
            "verdict_id": entries["same_person"], "close_id": entries["period_close"],
            "allocation_id": entries["allocation"], "equipment_id": [equipped],
            "subject": [*entries["reconciliation"], *entries["signature"]],
            "site_id": [side.station], "count_id": entries["stock_count"],
            "movement_id": sorted({*entries["stock_movement"]} - {*self.world.lots, *entries["lot"]}),
            "transfer_id": [moved], "proposal_id": [proposed],
            "document_id": [*entries["dispatch"], *entries["receipt"]],
            "pair": [".".join(pair)],
        }  # fmt: skip

    def supplies(self, allocation: str) -> str:
        """A recall, a level, a supply left over with what was decided about it, and a piece of equipment; its id."""
        side, words = self.side, self.side.marks["words"]
        recalled = {
            "item": self.world.item, "vials": 1, "deadline": TODAY.isoformat(), "allocation": allocation,
            "cause": "commitment", "status": "drafted", "document": words, "reason": words,
        }  # fmt: skip
        self.write("recall", side.station, recalled)
        level = {"item": self.world.item, "least": 3, "document": words}
        subject = named_id("stock_level", side.station, self.world.item)
        self.write("stock_level", side.station, level, subject)
        item = {
            "code": side.marks["user"].upper(), "name_vi": "Vật tư", "name_en": "Supply", "item_class": "supply",
            "unit_vi": "cái", "unit_en": "piece",
        }  # fmt: skip
        supply = self.write("item", self.world.province, item)
        lot = self.write("lot", self.world.province, {"item": supply, "lot_number": "VT-1"})
        self.write(
            "stock_movement", side.station, {"state": "chilled", "vials": 9, "reason": "received"}, lot
        )
        decided = {"lot": lot, "decision": "return", "document": words, "reason": words}
        self.write("leftover_decision", side.station, decided, named_id("leftover", side.station, lot))
        fridge = {
            "item": supply,
            "condition": "unused",
            "serial": words[:80],
            "plan_after": words,
            "note": words,
        }
        return self.write("equipment", side.station, fridge)

    def books(self) -> None:
        """A movement with every free word, a count of it that differs, and what explains that."""
        side, words, lot = self.side, self.side.marks["words"], self.world.lots[0]
        moved = {"state": "frozen", "vials": 40, "reason": "received", "document": words, "note": words}
        self.write("stock_movement", side.station, moved, lot)
        before = set(self.entries().get("stock_count", ()))
        line = {"lot": lot, "state": "frozen", "vials": 0, "note": words}
        self.write("stock_count", side.station, {"lines": [line], "note": words}, side.station)
        count = next(
            id_ for id_ in self.entries()["stock_count"] if id_ not in before and id_ != side.station
        )
        explained = {"lot": lot, "state": "frozen", "vials": -1, "reason": "unexplained", "note": words}
        told = {"lines": [explained], "signed_by": words}
        self.write("count_explanation", side.station, told, count)

    def proposed(self) -> str:
        """A proposal to another station of the district, and what such a one became; its id."""
        connection = db.session.connection()
        tree = Tree.load(connection, TODAY)
        inside = [self.world.stations[c.id] for c in tree.children(self.side.district, "commune")]
        other = next(site for site in inside if site != self.side.station)
        made = propose(connection, self.world, self.side.station, other)
        became(connection, self.world, made, self.side.station, other)
        return made

    def transfer(self) -> str:
        """A transfer to another station of the district, ordered, decided, sent, partly received; its id."""
        side, words = self.side, self.side.marks["words"]
        tree = Tree.load(db.session.connection(), TODAY)
        inside = [self.world.stations[c.id] for c in tree.children(side.district, "commune")]
        ends = {"source": side.station, "destination": next(site for site in inside if site != side.station)}
        line = {"lot": self.world.lots[0], "state": "frozen"}
        ordered = {"purpose": "surplus", "dispatch_by": TODAY.isoformat(), "reason": words, "document": words}
        made = self.write("transfer_order", side.station, {**ends, **ordered, "lines": [line | {"vials": 2}]})
        decided = {"decision": "approved", "reason": words}
        self.write("transfer_decision", side.station, {**ends, **decided}, made)
        sent = {"document": words, "carrier": words, "cold_box": words, "note": words}
        self.write("dispatch", side.station, {**ends, **sent, "lines": [line | {"vials": 2}]}, made)
        came = {
            "document": words,
            "note": words,
            "more": "yes",
            "lines": [line | {"accepted": 1, "why": words}],
        }
        self.write("receipt", ends["destination"], {**ends, **came}, made)
        return made

    def person(self, home: str, number: int) -> str:
        marks = self.side.marks
        body = {
            "household": home, "full_name": marks["name"], "birth_date": f"198{number}-02-03",
            "birth_precision": "day", "sex": "female", "id_kind": "cccd", "id_number": marks["number"],
            "residence": "permanent", "phone": f"+84{marks['phone']}", "guardian_name": marks["guardian"],
            "cannot_come": "far",
        }  # fmt: skip
        return self.write("person", self.side.village, body)

    def visit(self, persons: Iterable[str]) -> dict[str, Any]:
        lines = [
            {
                "person": person,
                "outcome": "refused",
                "reason": "side_effects",
                "note": self.side.marks["words"],
            }
            for person in persons
        ]
        day = TODAY.isoformat()
        return {
            "visit_type": "door_to_door",
            "outcomes": lines,
            "revisit_on": day,
            "note": self.side.marks["words"],
        }

    def golden(self, kind: str) -> dict[str, Any]:
        """The body of the golden payload, with this side's mark in every free text and its own ids."""
        body: dict[str, Any] = json.loads((GOLDEN / f"{kind}.1.json").read_text(encoding="utf-8"))["body"]
        self._mark(KINDS[kind].schema, body)
        for unit in body.get("units", ()):
            unit["unit"] = self.side.commune
        return body

    def _mark(self, schema: Any, body: dict[str, Any]) -> None:
        for name, declared in schema.record_fields().items():
            if name == "campaign" and name in body:
                body[name] = self.world.campaign
            elif isinstance(declared, Lines):
                for line in body.get(name) or ():
                    self._mark(declared.line, line)
            elif isinstance(declared, Text) and name in body and name not in NOT_FREE:
                body[name] = self.side.marks["words"][: declared.longest]

    def write(self, kind: str, place: str, body: dict[str, Any], subject: str | None = None) -> str:
        role = next(role for role in self.writers if role in KINDS[kind].authors)
        author = ServerAuthor(
            db.session.connection(), self.writers[role], current_settings().clock, PROJECTORS
        )
        if kind in ("team_roster", "station_profile"):
            subject = self.side.village if kind == "team_roster" else self.side.station
        made = author.write(kind, place=place, body=body, subject=subject)
        author.flush()
        return made

    def entries(self) -> dict[str, list[str]]:
        """Ids and subjects of the entries of this side by kind; of every kind one under “any”."""
        users = [user.id for user in self.writers.values()]
        found: dict[str, list[str]] = {"any": []}
        query = select(EntryRow.id, EntryRow.subject_id, EntryRow.kind).where(EntryRow.author_id.in_(users))
        for row in db.session.connection().execute(query):
            if row.kind not in found:
                found["any"].append(row.id)
            found.setdefault(row.kind, []).extend(dict.fromkeys((row.id, row.subject_id)))
        return found

    def device(self) -> None:
        """A phone with something refused on it."""
        moment = datetime(2022, 4, 14, tzinfo=UTC)
        marks = self.side.marks
        phone = {
            "id": named_id("device", marks["user"]), "user_id": self.writers["station"].id, "label": marks["words"],
            "enrolled_at": moment, "last_seen_at": moment, "received_through": 0, "received_count": 0,
            "received_hash": bytes(32), "is_server": False,
        }  # fmt: skip
        refused = {
            "digest": bytes(31) + marks["user"][-1:].encode(), "device_id": phone["id"], "received_at": moment,
            "payload": json.dumps({"kind": "person", "body": {"full_name": marks["name"]}}), "faults": "[]",
        }  # fmt: skip
        connection = db.session.connection()
        insert_rows(connection, Device.__table__, [phone])  # type: ignore[arg-type]
        insert_rows(connection, Quarantine.__table__, [refused])  # type: ignore[arg-type]
