"""A reaction: which is told at once, and when its severity is asked about again."""

from __future__ import annotations

import pytest

from shared.kinds import KINDS
from shared.reading import read
from shared.records.reaction import SYMPTOMS
from shared.rules.reactions import DANGER_SIGNS, severity_doubted
from tests.mobile.phones import raw_entry


@pytest.mark.parametrize(("severity", "waits"), [("serious", False), ("ordinary", True)])
def test_only_a_serious_event_cannot_wait(severity: str, waits: bool) -> None:
    entry = read(raw_entry("reaction", {"onset_on": "2022-04-15", "severity": severity}))
    assert KINDS["reaction"].cannot_wait(entry) is not waits


def test_a_shortage_cannot_wait_and_a_dose_can() -> None:
    shortage = {"role": "nurse", "people": 1, "from_on": "2022-04-16", "reason": "Ốm"}
    assert KINDS["staff_shortage"].cannot_wait(read(raw_entry("staff_shortage", shortage)))
    observed = raw_entry("observation", {"dose": raw_entry("lot", {})["id"], "result": "well"})
    assert not KINDS["observation"].cannot_wait(read(observed))


def test_a_sign_of_danger_asks_for_another_look_until_it_is_called_serious() -> None:
    assert set(DANGER_SIGNS) < set(SYMPTOMS)
    for sign in DANGER_SIGNS:
        assert severity_doubted(None, ["fever", sign])
        assert severity_doubted("ordinary", [sign])
        assert not severity_doubted("serious", [sign])
    assert not severity_doubted("ordinary", set(SYMPTOMS) - set(DANGER_SIGNS))
