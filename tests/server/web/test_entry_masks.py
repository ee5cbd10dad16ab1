"""What an entry's page hides of somebody's health, and from whom (R079)."""

from __future__ import annotations

from typing import Any

import pytest

from server.accounts.models import User
from server.accounts.users import create_user
from server.database import db
from server.ledger.author import ServerAuthor
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from tests.server.conftest import Desk
from tests.server.world import PASSWORD

SCREENING = {
    "outcome": "deferred",
    "deferred_until": "2022-07-01",
    "reason": "recent_covid",
    "form": "SCREENING_3802",
    "answers": [{"item": "allergy", "yes": True}],
    "note": "Khỏi bệnh hôm kia",
}
REACTION = {"onset_on": "2022-04-14", "severity": "serious", "symptoms": ["seizure"], "treated_at": "BV tỉnh"}


@pytest.fixture
def written(desk: Desk) -> dict[str, str]:
    """An infection, a screening, a visit and a reaction, each by name with the id of its entry."""
    world = desk.world
    commune = world.communes[0]
    village, station = world.villages[commune][0], world.stations[commune]
    person = world.persons[village][0]
    with desk.app.app_context():
        user = db.session.get_one(User, world.users[f"tram.{station[:6]}"])
        author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)

        def write(kind: str, place: str, body: dict[str, Any]) -> str:
            id_ = f"00000000-0000-7000-8000-{len(made):012}"
            author.write(kind, subject=person, place=place, body=body, entry_id=id_)
            return id_

        made: dict[str, str] = {}
        for name, kind, place, body in (
            ("screening", "screening", station, SCREENING),
            ("reaction", "reaction", station, REACTION),
            ("visit", "visit", village, {"visit_type": "facility", "outcomes": [
                {"person": person, "outcome": "deferred", "reason": "recent_covid"}]}),
            ("refusal", "visit", village, {"visit_type": "facility", "outcomes": [
                {"person": person, "outcome": "refused", "reason": "no_time"}]}),
        ):  # fmt: skip
            made[name] = write(kind, place, body)
        author.flush()
        create_user(
            username="tram.moi", password=PASSWORD, full_name="Lý Sơn", role="station", places=[commune]
        )
        db.session.commit()
    return made


def page(desk: Desk, username: str, entry: str) -> str:
    answer = desk.sign_in(username).get(f"/entries/{entry}")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.proves("R079")
def test_who_screens_reads_the_answers(desk: Desk, written: dict[str, str]) -> None:
    text = page(desk, "tram.moi", written["screening"])
    for said in ("Mới mắc COVID-19", "Dị ứng với bất kỳ dị nguyên nào", "01/07/2022", "Khỏi bệnh hôm kia"):
        assert said in text
    assert "Mới mắc COVID-19" in page(desk, "tram.moi", written["visit"])


@pytest.mark.proves("R079")
def test_the_district_reads_the_conclusion_and_nothing_of_an_infection(
    desk: Desk, written: dict[str, str]
) -> None:
    district = next(name for name in desk.world.users if name.startswith("huyen."))
    text = page(desk, district, written["screening"])
    assert "Trì hoãn" in text
    assert "01/07/2022" in text
    for hidden in ("COVID-19, chưa đủ", "recent_covid", "Dị ứng", "Khỏi bệnh"):
        assert hidden not in text
    visit = page(desk, district, written["visit"])
    assert "recent_covid" not in visit
    assert "Mới mắc" not in visit
    assert "Bận việc" in page(desk, district, written["refusal"]), (
        "other reasons are what the district works with"
    )
    assert "Co giật" in page(desk, district, written["reaction"])


@pytest.mark.proves("R079")
def test_who_may_not_see_names_sees_nothing_of_health(desk: Desk, written: dict[str, str]) -> None:
    for username in ("tinh", "thanhtra", "quantri"):
        text = page(desk, username, written["screening"])
        for hidden in ("01/07/2022", "recent_covid", "Dị ứng", "Khỏi bệnh"):
            assert hidden not in text
        reaction = page(desk, username, written["reaction"])
        assert "Tai biến nặng" in reaction
        assert "Co giật" not in reaction
        assert "BV tỉnh" not in reaction
