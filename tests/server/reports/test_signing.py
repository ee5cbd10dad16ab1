"""Signatures from the document to the tool and back: what is signed, what changes it, what withdraws it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from flask import Flask

from server.ledger.author import ServerAuthor
from server.reports.reviewing import accept
from server.reports.signing import Document, Standing, standing_of, states_of_doses, withdraw
from server.reports.signing_exchange import COLUMNS, LIST_FILE, Taken, package, take_back
from server.reports.signing_lists import listed, signable_doses, signable_reports, signable_sessions
from shared import wire
from shared.faults import Refused
from shared.identifiers import new_id
from tests.server.ledger.hands import rebuilds_alike
from tests.server.reports.desk import DAY, PERIOD, Commune
from tests.server.world import World

SIGNED = {"signer": "Hoàng Thị Ân", "certificate": "5402 1FA0; CA thử", "signed_at": "2022-04-10T14:05"}


@pytest.fixture
def commune(fresh: tuple[Flask, World]) -> Iterator[Commune]:
    app, world = fresh
    with app.app_context():
        yield Commune(app, world)


def session(commune: Commune, *, closed: bool = True) -> str:
    made = new_id()
    body = {
        "session_type": "fixed", "point_name": "Trạm Y tế", "team": ["Lò Thị Tổ"], "closed": closed,
        "waste_vials": 3, "waste_boxes": 1, "waste_to": "Trung tâm Y tế huyện",
    }  # fmt: skip
    commune.write("session", made, commune.station, body)
    return made


def stand(commune: Commune, kind: str, id_: str) -> Standing:
    return standing_of(commune.connection, kind, [id_])[id_]


def document(commune: Commune, kind: str, id_: str) -> Document:
    return stand(commune, kind, id_).document


def row(one: Document, **changed: str) -> list[str]:
    told = {"id": one.id, "kind": one.kind, "digest": one.digest} | SIGNED | changed
    return [told.get(name, "") for name in COLUMNS]


def bring(commune: Commune, *rows: list[str], hand: ServerAuthor | None = None) -> Taken:
    return take_back(hand or commune.hand(), COLUMNS, list(enumerate(rows, 2)), lambda _: True)


def refused(commune: Commune, *rows: list[str]) -> list[tuple[str, int]]:
    with pytest.raises(Refused) as caught:
        bring(commune, *rows)
    return [(found.code, found.params["row"]) for found in caught.value.faults]


@pytest.mark.proves("R012", "R094")
def test_a_session_is_signed_with_its_doses_and_tells_when_they_change(commune: Commune) -> None:
    held = session(commune)
    first = commune.dose(commune.people[0], session=held)
    told = json.loads(document(commune, "session", held).payload)
    assert [dose["id"] for dose in told["doses"]] == [first]
    assert (told["waste_vials"], told["waste_boxes"], told["waste_to"]) == (3, 1, "Trung tâm Y tế huyện")
    assert "Lò Thị Tổ" not in document(commune, "session", held).payload.decode(), "no names"
    assert stand(commune, "session", held).state == "unsigned"
    assert states_of_doses(commune.connection, [first]) == {first: "unsigned"}

    assert bring(commune, row(document(commune, "session", held))) == Taken(1, 0, 0)
    signed = stand(commune, "session", held)
    assert signed.state == "signed"
    assert signed.shown is not None
    assert (signed.shown.signer, signed.shown.certificate) == (SIGNED["signer"], SIGNED["certificate"])
    assert signed.shown.signed_at is not None
    assert signed.shown.signed_at.isoformat() == "2022-04-10T07:05:00+00:00", "without a zone it is Vietnam's"
    assert states_of_doses(commune.connection, [first]) == {first: "signed"}

    commune.write(
        "void", commune.people[0], commune.station, {"of": "dose", "reason": "twice"}, corrects=first
    )
    assert stand(commune, "session", held).state == "changed"
    assert stand(commune, "session", held).shown == signed.shown, "who signed what it said then"
    rebuilds_alike(commune.connection)


@pytest.mark.proves("R012")
def test_a_dose_is_signed_by_itself(commune: Commune) -> None:
    given = commune.dose(commune.people[0])
    one = document(commune, "dose", given)
    assert one.digest == wire.digest(one.payload).hex()
    assert bring(commune, row(one)) == Taken(1, 0, 0)
    assert states_of_doses(commune.connection, [given]) == {given: "signed"}
    assert bring(commune, row(one)) == Taken(0, 1, 0), "the same list twice is one signature"


@pytest.mark.proves("R012")
def test_a_report_is_signed_once_accepted_and_changed_when_it_is_sent_again(commune: Commune) -> None:
    commune.dose(commune.people[0])
    sent = commune.send()
    assert refused(commune, row(document(commune, "report", sent.id))) == [("signing.not_ready", 2)]
    accept(commune.hand(commune.reviewer), sent, ",".join(sent.heads))
    units, form = [commune.unit], commune.layout.code
    [thing] = signable_reports(commune.connection, units, form, [PERIOD])
    assert (thing.id, thing.place_id, thing.day) == (sent.id, commune.id, DAY)
    before = document(commune, "report", sent.id)
    bring(commune, row(before))
    assert stand(commune, "report", sent.id).state == "signed"
    assert listed(commune.connection, "report", [thing], "signed").things == [thing]
    assert listed(commune.connection, "report", [thing], "unsigned").things == []

    commune.send(commune.fill(people_referred=1))
    assert stand(commune, "report", sent.id).state == "changed"
    assert refused(commune, row(before)) == [("signing.not_ready", 2)]
    again = commune.sent()
    assert again is not None
    accept(commune.hand(commune.reviewer), again, ",".join(again.heads))
    assert refused(commune, row(before)) == [("signing.digest_differs", 2)]
    assert bring(commune, row(document(commune, "report", sent.id))).written == 1
    assert stand(commune, "report", sent.id).state == "signed"
    rebuilds_alike(commune.connection)


@pytest.mark.proves("R012")
def test_a_signature_is_withdrawn_and_what_it_signed_can_be_signed_anew(commune: Commune) -> None:
    held = session(commune)
    before = document(commune, "session", held)
    with pytest.raises(Refused) as nothing:
        withdraw(commune.hand(), stand(commune, "session", held), "nhầm")
    assert [found.code for found in nothing.value.faults] == ["signing.none_standing"]
    bring(commune, row(before))
    with pytest.raises(Refused):
        withdraw(commune.hand(), stand(commune, "session", held), " ")
    withdraw(commune.hand(), stand(commune, "session", held), "ký nhầm buổi")
    now = stand(commune, "session", held)
    assert now.state == "withdrawn"
    assert now.shown is not None
    assert now.shown.reason == "ký nhầm buổi"
    assert refused(commune, row(before)) == [("signing.digest_differs", 2)], (
        "the old signature stays withdrawn"
    )
    assert bring(commune, row(now.document)).written == 1
    assert stand(commune, "session", held).state == "signed"


@pytest.mark.proves("R012")
def test_a_package_holds_documents_and_the_list_to_fill_in(commune: Commune) -> None:
    ids = [session(commune) for _ in range(2)]
    session(commune, closed=False)
    open_ = signable_sessions(commune.connection, [commune.station], PERIOD)
    assert {thing.id for thing in open_} >= set(ids)
    assert len(open_) == len(ids), "a session under way is not signed"
    documents = [document(commune, "session", id_) for id_ in ids]
    data = package(documents, lambda one: ("Trạm Y tế xã Hua Bum", "20/03/2022"))
    assert data == package(documents, lambda one: ("Trạm Y tế xã Hua Bum", "20/03/2022"))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        rows = list(csv.DictReader(io.StringIO(packed.read(LIST_FILE).decode("utf-8-sig"))))
        assert tuple(rows[0]) == COLUMNS
        for told in rows:
            assert wire.digest(packed.read(told["file"])).hex() == told["digest"]
    filled = [{**rows[0], **SIGNED}, rows[1]]
    lines = [(number, [told[name] for name in COLUMNS]) for number, told in enumerate(filled, 2)]
    assert take_back(commune.hand(), COLUMNS, lines, lambda _: True) == Taken(1, 0, 1)
    states = [stand(commune, "session", told["id"]).state for told in rows]
    assert states == ["signed", "unsigned"]
    with pytest.raises(Refused):
        package([], lambda one: ("", ""))


@pytest.mark.proves("R012")
def test_one_wrong_row_and_nothing_is_written(commune: Commune) -> None:
    good = document(commune, "session", session(commune))
    open_ = document(commune, "session", session(commune, closed=False))
    rows = [
        row(good),
        row(good, id=new_id()),
        row(good, id="không phải mã"),
        row(good, digest="0" * 64),
        row(open_),
        row(good, signer=""),
        row(good, signed_at="hôm qua"),
        row(good, signed_at="2031-01-01"),
    ]
    assert refused(commune, *rows) == [
        ("signing.unknown", 3), ("signing.unknown", 4), ("signing.digest_differs", 5), ("signing.not_ready", 6),
        ("signing.incomplete", 7), ("signing.bad_moment", 8), ("signing.bad_moment", 9),
    ]  # fmt: skip
    assert stand(commune, "session", good.id).state == "unsigned"
    with pytest.raises(Refused) as outside:
        take_back(commune.hand(), COLUMNS, [(2, row(good))], lambda _: False)
    assert [found.code for found in outside.value.faults] == ["signing.unknown"], "as if it did not exist"
    with pytest.raises(Refused) as columns:
        take_back(commune.hand(), ("id", "signer"), [], lambda _: True)
    assert columns.value.faults[0].params["missing"] == "digest, certificate, signed_at"


def test_doses_to_sign_are_the_sites_own_and_stand(commune: Commune) -> None:
    kept = commune.dose(commune.people[0])
    commune.dose(commune.people[1], from_certificate=True)
    gone = commune.dose(commune.people[2])
    commune.write(
        "void", commune.people[2], commune.station, {"of": "dose", "reason": "twice"}, corrects=gone
    )
    found = signable_doses(commune.connection, [commune.station], PERIOD)
    assert [thing.id for thing in found] == [kept]
