"""Entries made by hand: short ids, any parents, any body."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from shared.entries import Entry
from shared.reading import read
from tests.shared.records.bodies import SUBJECT, envelope

VILLAGES = [f"00000000-0000-7000-8000-0000000001{n:02d}" for n in range(4)]
PERSON = {
    "household": "00000000-0000-7000-8000-000000000200",
    "full_name": "Lò Thị A",
    "birth_date": "1990-05-06",
    "birth_precision": "day",
    "sex": "female",
    "id_kind": "none",
    "residence": "permanent",
}


def entry_id(number: int) -> str:
    return f"00000000-0000-7000-9000-{number:012x}"


def make(kind: str, number: int, body: dict[str, Any], **changed: Any) -> Entry:
    """Entry `number` of a kind. Keys of the envelope as for `envelope`; `based_on` as entry numbers."""
    if parents := changed.pop("based_on", None):
        changed["based_on"] = [entry_id(parent) for parent in parents]
    if corrects := changed.pop("corrects", None):
        changed["corrects"] = entry_id(corrects)
    return read(
        envelope(kind, body, id=entry_id(number), device_seq=number, **({"subject": SUBJECT} | changed))
    )


def edits(seed: int, count: int) -> list[Entry]:
    """A person and `count` edits by people who had seen some, all or none of each other's."""
    chance = random.Random(seed)
    found = [make("person", 1, PERSON, place=VILLAGES[0])]
    for number in range(2, count + 2):
        seen = chance.sample(range(1, number), min(number - 1, chance.choice((1, 1, 1, 2, 3))))
        body: dict[str, Any] = {}
        for name, choices in (
            ("phone", ["0912345678", "0987654321", None]),
            ("relation", ["Vợ", "Con", None]),
            ("residence", ["permanent", "absent"]),
            ("household", [PERSON["household"], "00000000-0000-7000-8000-000000000201"]),
        ):
            if chance.random() < 0.5:
                body[name] = chance.choice(choices)
        found.append(make("person", number, body, based_on=seen, place=chance.choice(VILLAGES)))
    return found


histories = st.builds(edits, st.integers(0, 10**9), st.integers(0, 12))


def doses(seed: int, count: int) -> list[Entry]:
    """Doses of one person on days near each other, corrections of doses, corrections of corrections."""
    chance = random.Random(seed)
    found = []
    for number in range(1, count + 1):
        body = {
            "vaccine": chance.choice(("AZ", "PFZ_ADULT", "ABDALA", "JANSSEN", "UNHEARD_OF")),
            "dose_type": chance.choice(("primary_1", "primary_2", "primary_3", "booster_1", "additional")),
            "screening": "eligible",
            "lot_number": "FN1234",
        }
        on = date(2021, 9, 1) + timedelta(days=chance.randint(0, 60))
        corrects = chance.randint(1, count) if chance.random() < 0.3 else None
        found.append(make("dose", number, body, occurred_on=str(on), corrects=corrects))
    return found
