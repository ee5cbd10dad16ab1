"""One payload of every kind and version, as a phone once sent it. The files are never edited: a phone that was
offline for a year still sends them, and what they meant then they mean now. A new version adds files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared import wire
from shared.entries import Entry
from shared.kinds import KINDS
from shared.projections import (
    affairs,
    events,
    identity,
    leftovers,
    people,
    programme,
    reports,
    safety,
    signing,
    stock,
    transfers,
)
from shared.projections.register import fold_register
from shared.reading import read, read_payload
from shared.records.transfer import TRANSFER_KINDS

HERE = Path(__file__).parent
FILES = sorted((HERE / "payloads").glob("*.json"))
GOLDEN = pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])


def rows(entry: Entry) -> Any:
    """What an entry alone projects to."""
    by_kind: dict[str, Any] = {
        "household": lambda: people.household_row(fold_register([entry])),
        "person": lambda: people.person_row(fold_register([entry])),
        "visit": lambda: events.visit_rows(entry, None),
        "session": lambda: stock.session_row(fold_register([entry]), entry.occurred_on),
        "same_person": lambda: identity.same_person_row(entry, None),
        "id_match": lambda: identity.id_match_row(entry, None),
        "dose": lambda: events.dose_row(entry, None),
        "void": lambda: None,
        "screening": lambda: safety.screening_row(entry, None),
        "reaction": lambda: safety.reaction_row(entry, None),
        "observation": lambda: safety.observation_row(entry, None),
        "dose_opening": lambda: safety.opening_row(fold_register([entry])),
        "stock_movement": lambda: _movements(entry),
        "count_explanation": lambda: stock.explanation_rows([entry], {}),
        "stock_level": lambda: stock.level_row(fold_register([entry])),
        "recall": lambda: stock.recall_row(fold_register([entry])),
        "equipment": lambda: stock.equipment_row(fold_register([entry])),
        "leftover_decision": lambda: leftovers.decision_row(fold_register([entry])),
        **dict.fromkeys(TRANSFER_KINDS, lambda: transfers.transfer_rows([entry], {})),
        "stock_count": lambda: stock.count_rows(entry, None),
        "allocation": lambda: stock.allocation_row(fold_register([entry])),
        "population_return": lambda: events.population_rows(entry, None),
        "place": lambda: programme.place_rows(fold_register([entry])),
        "item": lambda: stock.item_row(fold_register([entry])),
        "lot": lambda: stock.lot_row(fold_register([entry])),
        "campaign": lambda: programme.campaign_row(fold_register([entry])),
        "plan_deviation": lambda: programme.plan_deviation_row(entry, None),
        "plan_target": lambda: programme.plan_target_row(fold_register([entry])),
        "team_roster": lambda: affairs.roster_rows(fold_register([entry])),
        "station_profile": lambda: affairs.profile_rows(fold_register([entry])),
        "message_content": lambda: affairs.content_row(fold_register([entry])),
        "communication_log": lambda: affairs.communication_row(entry, None),
        **dict.fromkeys(affairs.MATTER_KINDS, lambda: affairs.matter_row(entry, None)),
        "response": lambda: affairs.answer_row(entry, None),
        "report": lambda: reports.report_row(fold_register([entry])),
        "report_review": lambda: reports.review_row(entry, None),
        "report_answer": lambda: reports.answer_row(entry, None),
        "report_layout": lambda: reports.layout_row(fold_register([entry])),
        "period_close": lambda: reports.close_row(entry, None),
        "restatement": lambda: reports.restatement_row(entry, None),
        "reconciliation": lambda: reports.reconciliation_row(fold_register([entry])),
        "signature": lambda: signing.signature_row(entry, None),
    }
    return json.loads(json.dumps(by_kind[entry.kind](), default=str), object_hook=_without_keys_of_searching)


def _movements(entry: Entry) -> Any:
    """Since version 2 an entry may make two rows."""
    found = stock.settled(stock.movement_rows(entry))
    return found[0] if entry.version == 1 else found


def _without_keys_of_searching(row: dict[str, Any]) -> dict[str, Any]:
    """How a list is searched and sorted may become better; what was said may not change."""
    return {name: value for name, value in row.items() if name not in ("search", "sort_name")}


def digests() -> dict[str, str]:
    lines = (HERE / "digests.txt").read_text(encoding="ascii").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def test_every_version_of_every_kind_has_one() -> None:
    wanted = {f"{kind.name}.{version}" for kind in KINDS.values() for version in range(1, kind.version + 1)}
    assert {file.stem for file in FILES} == wanted == set(digests())
    assert {file.stem for file in (HERE / "rows").glob("*.json")} == wanted


@GOLDEN
def test_it_still_reads_and_has_its_digest(file: Path) -> None:
    payload = file.read_bytes()
    entry = read(json.loads(payload))
    assert entry.payload == payload
    assert entry.digest == wire.digest(payload)
    assert entry.digest.hex() == digests()[file.stem]
    assert read_payload(payload) == entry
    assert f"{entry.kind}.{entry.version}" == file.stem
    if entry.version == KINDS[entry.kind].version:
        assert set(entry.body) == set(KINDS[entry.kind].schema.record_fields()), "every field has a value"


@GOLDEN
def test_it_still_means_the_same(file: Path) -> None:
    expected = json.loads((HERE / "rows" / file.name).read_text(encoding="utf-8"))
    entry = read(json.loads(file.read_bytes()))
    found = rows(entry)
    if entry.version == KINDS[entry.kind].version:
        assert found == expected
    else:  # a later version may have added columns; what was said then stands
        assert _within(expected, found)


def _within(expected: Any, found: Any) -> bool:
    """Whether everything expected is there."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            _within(value, found.get(key)) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return len(expected) == len(found) and all(map(_within, expected, found))
    return bool(expected == found)
