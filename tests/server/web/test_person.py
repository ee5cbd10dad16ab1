"""The person page: schedule, corrected and doubted doses, merged records, conflicts, what only screeners see."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from server.accounts.models import User
from server.database import db
from server.ledger.author import ServerAuthor
from server.registers.models import Dose, Person
from server.registers.safety import DoseDoubt, Observation
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from shared.rules.pairs import pair_id
from tests.server.conftest import Desk


class At:
    """The station of the first commune at work."""

    def __init__(self, desk: Desk) -> None:
        self.desk, world = desk, desk.world
        self.commune = world.communes[0]
        self.village, self.station = world.villages[self.commune][0], world.stations[self.commune]
        self.username = f"tram.{self.station[:6]}"
        self.persons = world.persons[self.village]

    def write(self, kind: str, subject: str, place: str, body: dict[str, object], **rest: object) -> None:
        user = db.session.get_one(User, self.desk.world.users[self.username])
        author = ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS)
        author.write(kind, subject=subject, place=place, body=body, **rest)  # type: ignore[arg-type]
        author.flush()
        db.session.commit()

    def heads(self, person: str) -> tuple[str, ...]:
        user = db.session.get_one(User, self.desk.world.users[self.username])
        return ServerAuthor(db.session.connection(), user, current_settings().clock, PROJECTORS).heads(
            "person", person
        )

    def page(self, person: str, username: str | None = None) -> str:
        return self.desk.sign_in(username or self.username).get(f"/persons/{person}").text


@pytest.fixture
def at(desk: Desk) -> At:
    return At(desk)


@pytest.mark.proves("R002")
def test_a_withdrawn_dose_stays_to_be_read(desk: Desk, at: At) -> None:
    with desk.app.app_context():
        dose = db.session.execute(select(Dose).where(Dose.person_id.in_(at.persons))).scalars().first()
        assert dose is not None
        person, site, entry = dose.person_id, dose.site_id, dose.id
        at.write("void", person, site, {"of": "dose", "reason": "wrong_person"}, corrects=entry)
    text = at.page(person)
    assert 'class="withdrawn"' in text
    assert f"/entries/{entry}" in text
    assert "đã đính chính" in text


@pytest.mark.proves("R039")
def test_how_somebody_left_after_a_dose(desk: Desk, at: At) -> None:
    with desk.app.app_context():
        dose = db.session.execute(select(Dose).where(Dose.person_id.in_(at.persons))).scalars().first()
        assert dose is not None
        person, site = dose.person_id, dose.site_id
        body = {"dose": dose.id, "result": "left", "minutes": 17, "note": "Đi đón con"}
        at.write("observation", person, site, body)
        entry = db.session.scalar(select(Observation.id).where(Observation.person_id == person))
    text = at.page(person)
    assert "Về sớm, chưa đủ thời gian" in text
    assert "17 phút theo dõi" in text
    read = desk.sign_in(at.username).get(f"/entries/{entry}").text
    assert "Đi đón con" in read
    assert "Đi đón con" not in desk.sign_in("tinh").get(f"/entries/{entry}").text


@pytest.mark.proves("R079", "R092")
def test_an_infection_is_told_to_those_who_screen_only(desk: Desk, at: At) -> None:
    person = at.persons[0]
    with desk.app.app_context():
        at.write("person", person, at.village, {"covid_on": "2022-03-20"}, based_on=at.heads(person))
    assert "20/03/2022" in at.page(person)
    for other in ("huyen.105", "tinh", "thanhtra", "quantri"):
        assert "20/03/2022" not in at.page(person, other), other


@pytest.mark.proves("R044")
def test_a_doubt_stands_beside_its_dose_in_words(desk: Desk, at: At) -> None:
    with desk.app.app_context():
        dose = db.session.execute(select(Dose).where(Dose.person_id.in_(at.persons))).scalars().first()
        assert dose is not None
        person = dose.person_id
        db.session.add(
            DoseDoubt(
                dose_id=dose.id, code="dose.too_early", person_id=person, village_id=at.village,
                site_id=dose.site_id, given_on=dose.given_on, params=json.dumps({"due_on": "2021-12-24"}),
            )
        )  # fmt: skip
        db.session.commit()
    assert "Mũi tiêm sớm hơn lịch (đến lịch ngày 24/12/2021)" in at.page(person)


@pytest.mark.proves("L18")
def test_merged_records_lead_to_each_other(desk: Desk, at: At) -> None:
    one, other = sorted(at.persons[:2])
    body = {"person_a": one, "person_b": other, "verdict": "same", "keep": one}
    with desk.app.app_context():
        at.write("same_person", pair_id(one, other), at.village, body)
        assert db.session.get_one(Person, other).merged_into == one
    assert f'href="/persons/{other}"' in at.page(one)
    merged = at.page(other)
    assert "đã nhập vào hồ sơ khác" in merged
    assert f'href="/persons/{one}"' in merged


@pytest.mark.proves("L17")
def test_both_values_of_a_conflict_are_shown_and_masked(desk: Desk, at: At) -> None:
    person = at.persons[0]
    with desk.app.app_context():
        before = at.heads(person)
        for number in ("012345678901", "012345678902"):
            at.write("person", person, at.village, {"id_number": number}, based_on=before)
    own, masked = at.page(person), at.page(person, "tinh")
    assert "012345678901" in own
    assert "012345678902" in own
    assert "Cần thống nhất" in own
    assert "0123456789" not in masked
    assert "Cần thống nhất" in masked


@pytest.mark.proves("R078")
def test_what_tells_who_someone_is_is_masked_by_role(desk: Desk, at: At) -> None:
    with desk.app.app_context():
        person = db.session.get_one(Person, at.persons[0])
        id_, name, phone = person.id, person.full_name, "0912345678"
    own = at.page(id_)
    assert name in own
    assert phone in own
    for other in ("tinh", "thanhtra", "quantri"):
        text = at.page(id_, other)
        assert name not in text, other
        assert phone not in text, other


@pytest.mark.proves("R077")
def test_a_number_that_tells_another_sex_warns_and_stands(desk: Desk, at: At) -> None:
    person = at.persons[0]
    with desk.app.app_context():
        born = db.session.get_one(Person, person).birth_date.year
        century = 0 if born < 2000 else 2
        number = f"012{century}{born % 100:02d}000123"
        change = {"id_kind": "cccd", "id_number": number, "sex": "female"}
        at.write("person", person, at.village, change, based_on=at.heads(person))
    own = at.page(person)
    assert number in own
    assert "Số giấy tờ cho biết giới tính khác" in own
    assert number not in at.page(person, "tinh")
