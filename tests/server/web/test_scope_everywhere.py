"""Every page and every form, as every role, with what belongs to another district: nothing of it may show (L24).

A route with a parameter that no builder here knows makes the test fail, so that a new page is not forgotten.
"""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from server.database import db
from server.ledger.models import EntryRow
from server.plans.goals import goals_of
from server.tables import metadata
from shared.kinds import KINDS
from shared.permissions import ROLES, may_see
from tests.server.conftest import Desk, token
from tests.server.web.planted import FROM_GOLDEN, OF_THE_PROVINCE, OTHERWISE, Side, plant
from tests.server.world import TODAY

WEB = Path(__file__).parents[3] / "server" / "web"

#: Parameters that name something of an area: its ids come from the side.
OF_AN_AREA = frozenset(
    "place_id unit_id district village_id station_id household_id person_id entry_id device_id matter_id"
    " allocation_id verdict_id close_id subject equipment_id transfer_id proposal_id document_id"
    " site_id movement_id count_id".split()
)

#: Parameters that name nothing of an area, with values; “endpoint.name” stands before “name”.
OTHERS: dict[str, tuple[str, ...]] = {
    "form": ("PL5_43",),
    "kind": ("day", "week"),
    "key": ("2022-04-14", "2022-W15"),
    "sort": ("xlsx", "csv"),
    "ending": ("xlsx", "csv"),
    "measure": ("due", "to_go"),
    "what": ("doses", "matching"),
    "name": ("villages", "population", "plan"),
    "web.tell.kind": tuple(kind for kind in FROM_GOLDEN if kind != "report"),
    "web.exchange_check.name": ("doses", "matching"),
    "web.exchange_write.name": ("doses", "matching"),
}

#: What a page may answer about something of another area.
DENIED = frozenset({302, 400, 403, 404, 405, 422})

#: Not pages: files anybody may have, and the sign of life.
ANYBODY = frozenset({"static", "health"})

#: They end the reader's own session, or change the reader's own account.
OWN_ACCOUNT = frozenset(
    {"web.alert_mail", "web.sign_out", "web.sign_in_try", "web.change_password", "web.choose_language"}
)


class Walk:
    """Addresses of every rule for one side, and what may not be read there."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        with desk.app.app_context():
            self.inside, self.outside = plant(desk.world)
            connection = db.session.connection()
            self.goals = [goal.key for goal in goals_of(connection, desk.world.province, TODAY)][:1]
        self.rules = [r for r in desk.app.url_map.iter_rules() if r.endpoint not in ANYBODY]

    def addresses(self, rule: Rule, side: Side) -> Iterator[tuple[str, bool]]:
        """(address, whether it names something of an area) for every combination of its parameters."""
        names = sorted(rule.arguments)
        named = any(name in OF_AN_AREA or (name == "key" and "duplicate" in rule.endpoint) for name in names)
        adapter = self.desk.app.url_map.bind("localhost")
        for values in itertools.product(*(self.values(rule, name, side) for name in names)):
            yield adapter.build(rule.endpoint, dict(zip(names, values, strict=True))), named

    def values(self, rule: Rule, name: str, side: Side) -> tuple[str, ...]:
        if name == "key" and "duplicate" in rule.endpoint:
            return tuple(side.ids["pair"])
        if name in OF_AN_AREA:
            return tuple(side.ids[name])
        if name == "campaign_id":
            return (self.desk.world.campaign,)
        if name == "lot_id":
            return tuple(self.desk.world.lots[:1])
        if name == "item_id":
            return (self.desk.world.item,)
        if name == "goal_key":
            return tuple(self.goals)
        known = OTHERS.get(f"{rule.endpoint}.{name}") or OTHERS.get(name)
        assert known, (
            f"{rule.rule}: say in this file what {name} is, and how an address of another area names it"
        )
        return known[:2]

    def of(self, method: str) -> list[Rule]:
        return [rule for rule in self.rules if method in (rule.methods or ())]

    def sign_in(self, role: str) -> FlaskClient:
        return self.desk.sign_in(f"trong.{role}")

    def written(self) -> dict[str, int]:
        """How many rows each table has that no reading may change."""
        with self.desk.app.app_context():
            return {
                table.name: db.session.connection().scalar(select(func.count()).select_from(table)) or 0
                for table in metadata.sorted_tables
                if table.name not in ("user", "user_session", "import_mapping", "export_log")
            }


@pytest.fixture
def walk(desk: Desk) -> Walk:
    return Walk(desk)


def leaks(answer: TestResponse, marks: dict[str, str]) -> list[str]:
    """Which marks an answer says, of a workbook what its sheets say."""
    data = answer.data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as book:
            data = b"".join(book.read(name) for name in book.namelist())
    text = data.decode(errors="replace")
    return [name for name, mark in marks.items() if mark in text]


def asked_names() -> list[str]:
    """Every name by which a view reads the query or a form."""
    reads = r"""request\.(?:args|values|form)(?:\.get|\.getlist)?[\[(]\s*["']([a-z_]+)["']|values\.get\(["']([a-z_]+)"""
    found = [
        name
        for file in WEB.glob("*.py")
        for pair in re.findall(reads, file.read_text(encoding="utf-8"))
        for name in pair
        if name
    ]
    return sorted(set(found) - {"csrf_token", "language", "password", "current", "new"})


def test_every_kind_of_record_is_planted_or_said_to_be_the_provinces() -> None:
    known = {*FROM_GOLDEN, *OF_THE_PROVINCE, *OTHERWISE}
    assert set(KINDS) <= known, (
        f"plant {set(KINDS) - known} in planted.py, or say that the province shares them"
    )


@pytest.mark.slow
@pytest.mark.proves("L24", "R069", "R078")
@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_another_area_is_read(walk: Walk, role: str) -> None:
    client, outside = walk.sign_in(role), walk.outside
    opened = 0
    for rule in walk.of("GET"):
        for address, named in walk.addresses(rule, outside):
            answer = client.get(address)
            assert answer.status_code < 500, (role, address)
            assert not leaks(answer, outside.marks), (role, address, leaks(answer, outside.marks))
            if named:
                assert answer.status_code in DENIED, (role, address, answer.status_code)
            opened += answer.status_code == 200
    assert opened > 5, "the pages without parameters open, so that their silence says something"


@pytest.mark.slow
@pytest.mark.proves("L24")
@pytest.mark.parametrize("role", ROLES)
def test_no_question_to_a_page_brings_another_area_in(walk: Walk, role: str) -> None:
    """Every name a view reads from the address is given a place, then a person, of the other district."""
    client, outside = walk.sign_in(role), walk.outside
    names = asked_names()
    assert "place" in names
    foreign = (*outside.places, outside.ids["person_id"][0], outside.ids["household_id"][0])
    for rule in walk.of("GET"):
        if rule.arguments:
            continue
        for value in foreign:
            for asked in (dict.fromkeys(names, value), {"place": value}, {"district": value}):
                answer = client.get(rule.rule, query_string=asked)
                assert answer.status_code < 500, (role, rule.rule, asked)
                assert not leaks(answer, outside.marks), (role, rule.rule, asked)


@pytest.mark.slow
@pytest.mark.proves("R078")
@pytest.mark.parametrize("role", [role for role in ROLES if not may_see(role, "names")])
def test_roles_without_names_read_no_name_in_their_own_area(walk: Walk, role: str) -> None:
    client, marks = walk.sign_in(role), walk.inside.marks
    personal = {name: marks[name] for name in ("name", "head", "guardian", "phone", "number")}
    opened = 0
    for rule in walk.of("GET"):
        for address, _ in walk.addresses(rule, walk.inside):
            answer = client.get(address)
            assert answer.status_code < 500, (role, address)
            assert not leaks(answer, personal), (role, address, leaks(answer, personal))
            opened += answer.status_code == 200
    assert opened > 30


@pytest.mark.slow
@pytest.mark.proves("L24")
@pytest.mark.parametrize("role", ROLES)
def test_no_form_writes_into_another_area(walk: Walk, role: str) -> None:
    client, outside = walk.sign_in(role), walk.outside
    csrf = token(client, "/password")
    before = walk.written()
    with walk.desk.app.app_context():
        newest = set(db.session.connection().scalars(select(EntryRow.id)))
    for rule in walk.of("POST"):
        if rule.endpoint in OWN_ACCOUNT:
            continue
        for address, named in walk.addresses(rule, outside):
            for form in forms(outside):
                answer = client.post(address, data={"csrf_token": csrf, **form})
                assert answer.status_code < 500, (role, address)
                assert not leaks(answer, outside.marks), (role, address)
                if named:
                    assert answer.status_code in DENIED - {302}, (role, address, answer.status_code)
    with walk.desk.app.app_context():
        entries = db.session.connection().execute(select(EntryRow.id, EntryRow.place_id, EntryRow.subject_id))
        made = [row for row in entries if row.id not in newest]
    known = {*outside.places, *(id_ for ids in outside.ids.values() for id_ in ids)}
    assert not [row for row in made if {row.place_id, row.subject_id} & known], role
    unrelated = {"entry", "delivery", "stream", "device", "home"}
    changed = {name for name, count in walk.written().items() if count != before[name]} - unrelated
    assert made or not changed, (role, changed)


def forms(outside: Side) -> Iterator[dict[str, str]]:
    """Forms whose every field names something of the other district."""
    names = asked_names()
    for value in (outside.commune, outside.village, outside.ids["person_id"][0]):
        yield dict.fromkeys(names, value)
    yield {"place": outside.commune, "commune": outside.commune, "user": "x", "text": "x", "verdict": "same"}
