"""A report from the count to the restatement: what is counted, sent, asked, answered, accepted, closed, restated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from server.ledger.projecting import Arrived  # noqa: F401  what the projectors hear of
from server.reports.closing import standing_closes
from server.reports.counting import count
from server.reports.evidence import evidence
from server.reports.reviewing import accept, answer, query
from shared.faults import Refused
from shared.reporting.drafts import draft, refuse_unfinished
from shared.rules.periods import period_of
from shared.rules.report_cells import Cell
from tests.server.ledger.hands import rebuilds_alike
from tests.server.reports.desk import DAY, PERIOD, VACCINE, Commune
from tests.server.world import World


@pytest.fixture
def commune(fresh: tuple[Flask, World]) -> Iterator[Commune]:
    app, world = fresh
    with app.app_context():
        yield Commune(app, world)


def row(commune: Commune) -> dict[str, int | None]:
    [(key, values)] = commune.counted().items()
    assert key == (commune.world.campaign, VACCINE)
    return dict(values)


@pytest.mark.proves("R001")
def test_what_no_record_tells_is_blank_and_never_0(commune: Commune) -> None:
    [(key, values)] = commune.counted().items()
    assert key == (commune.world.campaign, "")
    assert set(values.values()) == {None}
    commune.dose(commune.people[0])
    told = row(commune)
    assert (told["doses.booster_1"], told["doses.primary_1"], told["doses.total"]) == (1, 0, 1)
    assert told["people_called"] == 1
    blank = {name for name, value in told.items() if value is None}
    assert blank == {
        "people_referred", "people_refused", "people_deferred", "people_contraindicated",
        "stock_doses_used", "stock_doses_discarded", "reactions_common", "reactions_severe",
    }  # fmt: skip


@pytest.mark.proves("R008")
def test_opened_vials_count_by_their_doses_and_what_was_taken_back_not_at_all(commune: Commune) -> None:
    lot, on = commune.world.lots[0], DAY.isoformat()
    opening = {
        "state": "chilled",
        "vials": -1,
        "doses": -6,
        "reason": "opened",
        "to_state": "opened",
        "to_opened_on": on,
    }
    commune.write("stock_movement", lot, commune.station, opening)
    opened = {"state": "opened", "opened_on": on}
    commune.write(
        "stock_movement", lot, commune.station, opened | {"vials": 0, "doses": -4, "reason": "administered"}
    )
    commune.write(
        "stock_movement", lot, commune.station, opened | {"vials": -1, "doses": -2, "reason": "session_end"}
    )
    wrong = commune.use(3)
    back = {"state": "frozen", "vials": 3, "reason": "administered", "reverses": wrong}
    commune.write("stock_movement", lot, commune.station, back)
    told = row(commune)
    assert (told["stock_doses_used"], told["stock_doses_discarded"]) == (4, 2)


@pytest.mark.proves("R006")
def test_each_record_counts_where_it_belongs(commune: Commune) -> None:
    p = commune.people
    first = commune.dose(p[0])
    commune.dose(p[1], "primary_2", at_home=True)
    commune.dose(p[2], from_certificate=True)
    commune.use(2)
    commune.use(1, "broken")
    commune.use(1, "recalled")
    commune.visit(p3="refused", p4="reviewed")
    commune.screen(5, "deferred")
    commune.screen(5, "deferred")
    commune.screen(6, "referred")
    body = {"dose": first, "onset_on": DAY.isoformat(), "severity": "serious"}
    commune.write("reaction", p[0], commune.village, body)
    told = row(commune)
    assert told == {
        "people_called": 5, "people_referred": 1, "people_refused": 1, "people_deferred": 1,
        "people_contraindicated": 0, "doses.primary_1": 0, "doses.primary_2": 1, "doses.primary_3": 0,
        "doses.additional": 0, "doses.booster_1": 1, "doses.booster_2": 0, "doses.booster_3": 0,
        "doses.total": 2, "doses.at_home": 1, "stock_doses_used": 12, "stock_doses_discarded": 6,
        "reactions_common": 0, "reactions_severe": 1,
    }  # fmt: skip
    assert count(commune.connection, [commune.unit], period_of("day", DAY - timedelta(days=1))) == {
        commune.id: {(commune.world.campaign, ""): dict.fromkeys(told)}
    }


@pytest.mark.proves("R002")
def test_the_records_behind_a_cell_add_up_to_it(commune: Commune) -> None:
    for person in commune.people[:3]:
        commune.dose(person)
    commune.dose(commune.people[3], "primary_1", at_home=True)
    commune.use(2)
    commune.use(1, "expired")
    commune.visit(p5="refused", p6="deferred")
    commune.screen(7, "contraindicated")
    commune.screen(4, "referred")
    told = row(commune)
    for indicator, value in told.items():
        found = evidence(
            commune.connection, commune.unit, PERIOD, Cell(commune.world.campaign, VACCINE, indicator)
        )
        if value is None:
            assert found == [], indicator
        elif indicator == "people_called":
            assert len({record.person_id for record in found}) == value
        else:
            assert sum(record.amount for record in found) == value, indicator


def test_a_day_with_two_vaccines_leaves_open_whom_the_turned_away_came_for(commune: Commune) -> None:
    commune.dose(commune.people[0])
    commune.dose(commune.people[1], vaccine="AZ")
    commune.screen(2, "deferred")
    rows = commune.counted()
    assert {key[1] for key in rows} == {"AZ", VACCINE}
    assert [values["people_deferred"] for values in rows.values()] == [None, None]
    assert [values["doses.booster_1"] for values in rows.values()] == [1, 1]


@pytest.mark.proves("R001")
def test_a_report_with_a_blank_is_refused_and_names_it(commune: Commune) -> None:
    commune.dose(commune.people[0])
    found = draft(commune.layout, commune.counted(), None)
    with pytest.raises(Refused) as refused:
        refuse_unfinished(found, commune.layout, {VACCINE: "Pfizer"})
    [blank] = refused.value.faults
    assert (blank.code, blank.params["count"]) == ("report.blank_cells", 8)
    assert "Số chuyển bệnh viện tiêm (Pfizer)" in blank.params["cells"]
    found = commune.fill()
    found.rows[0].cells["doses.booster_1"].value = 5
    with pytest.raises(Refused, match="reason_missing"):
        refuse_unfinished(found, commune.layout, {})
    found.rows[0].cells["doses.booster_1"].reason = "4 mũi ghi sổ giấy"
    refuse_unfinished(found, commune.layout, {})


def test_query_answer_accept(commune: Commune) -> None:
    commune.dose(commune.people[0])
    sent = commune.send()
    assert sent.state == "submitted"
    seen = ",".join(sent.heads)
    query(commune.hand(commune.reviewer), sent, seen, None, "Sao chỉ có một mũi?")
    asked = commune.sent()
    assert asked is not None
    assert asked.state == "queried"
    answer(commune.hand(), asked, asked.open_queries[0].id, "Mưa lớn, chỉ một người đến.")
    answered = commune.sent()
    assert answered is not None
    assert answered.state == "answered"
    [said] = answered.said
    assert [reply.text for reply in said.answers] == ["Mưa lớn, chỉ một người đến."]
    accept(commune.hand(commune.reviewer), answered, seen)
    accepted = commune.sent()
    assert accepted is not None
    assert (accepted.state, accepted.open_queries) == ("accepted", [])
    again = commune.send(commune.fill(people_referred=1))
    assert again.state == "submitted", "a new version is to be looked at again"
    with pytest.raises(Refused, match=r"report\.gone"):
        accept(commune.hand(commune.reviewer), again, seen)


def test_a_report_sent_twice_unseen_keeps_both_and_is_accepted_when_both_are(commune: Commune) -> None:
    commune.dose(commune.people[0])
    commune.send()
    first = commune.sent()
    assert first is not None
    from server.reports.sending import send

    for referred in (1, 2):
        hand = commune.hand()
        filled = commune.fill(people_referred=referred)
        send(hand, commune.layout, commune.unit, PERIOD, filled, first, None, hand.clock.now())
    sent = commune.sent()
    assert sent is not None
    assert (len(sent.heads), sent.state) == (2, "submitted")
    accept(commune.hand(commune.reviewer), sent, ",".join(sent.heads))
    done = commune.sent()
    assert done is not None
    assert done.state == "accepted"


@pytest.mark.proves("R088")
def test_a_late_record_restates_a_closed_period_and_changes_nothing_in_it(commune: Commune) -> None:
    first = commune.dose(commune.people[0])
    commune.dose(commune.people[1])
    sent = commune.send()
    with pytest.raises(Refused, match=r"report\.unaccepted"):
        commune.close(reason=" ")
    accept(commune.hand(commune.reviewer), sent, ",".join(sent.heads))
    subject = commune.close()
    frozen = standing_closes(commune.connection, [subject])[subject]
    with pytest.raises(Refused, match=r"report\.closed"):
        commune.close()
    assert commune.restate(subject) is None, "nothing came since"

    late = commune.dose(commune.people[2], later=timedelta(hours=3))
    told = commune.restate(subject)
    assert told is not None
    changed = {c.change.cell.indicator: (c.change.before, c.change.after) for c in told.changes}
    assert changed == {"doses.booster_1": (2, 3), "people_called": (2, 3)}
    assert [found.entry_id for found in told.late] == [late]
    assert commune.restate(subject) == told, "the same difference is told once"

    commune.write(
        "void", commune.people[0], commune.station, {"of": "dose", "reason": "twice"}, corrects=first
    )
    again = commune.restate(subject)
    assert again is not None
    assert again.id != told.id
    assert again.changes == (), "back to what was closed: two doses, though not the same two"
    assert standing_closes(commune.connection, [subject])[subject] == frozen
    rebuilds_alike(commune.connection)


def test_a_report_accepted_after_the_close_restates_from_unknown(commune: Commune) -> None:
    subject = commune.close()
    assert commune.restate(subject) is None
    commune.dose(commune.people[0])
    assert commune.restate(subject) is None, "a unit that reported nothing has no figures to restate"
    accept(commune.hand(commune.reviewer), sent := commune.send(), ",".join(sent.heads))
    told = commune.restate(subject)
    assert told is not None
    found = {c.change.cell.indicator: (c.change.before, c.change.after) for c in told.changes}
    assert found["doses.booster_1"] == (None, 1)
    assert found["people_referred"] == (None, 0)


def test_what_was_corrected_by_hand_is_not_counted_twice_when_its_records_come(commune: Commune) -> None:
    commune.dose(commune.people[0])
    sent = commune.send(commune.fill(doses__booster_1=3))
    accept(commune.hand(commune.reviewer), sent, ",".join(sent.heads))
    subject = commune.close()
    commune.dose(commune.people[1], later=timedelta(hours=1))
    commune.dose(commune.people[2], later=timedelta(hours=1))
    told = commune.restate(subject)
    assert told is not None
    assert {c.change.cell.indicator for c in told.changes} == {"people_called"}
    commune.dose(commune.people[3], later=timedelta(hours=2))
    told = commune.restate(subject)
    assert told is not None
    changed = {c.change.cell.indicator: (c.change.before, c.change.after) for c in told.changes}
    assert changed["doses.booster_1"] == (3, 4)
