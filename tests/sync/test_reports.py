"""A unit's daily report made on a phone without a network, judged on a page, and answered on the phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from mobile.store import messages, registers, report_counts, reports
from mobile.store.store import Store
from server.accounts.models import User
from server.accounts.users import create_user
from server.database import db
from server.ledger.author import ServerAuthor
from server.places.tree import Tree
from server.reports.standing import Sent, sent_reports
from server.reports.units import unit_of
from server.sync.projectors import PROJECTORS
from shared.faults import Refused
from shared.rules.periods import period_of
from tests.sync.world import COMMUNE, DISTRICT, LOT, PASSWORD, STATION, TODAY, World

PERIOD = period_of("day", TODAY)
FORM = "PL5_43"
VACCINE = "PFZ_ADULT"
NAMES = {VACCINE: "Pfizer"}


def vaccinate_some(store: Store) -> int:
    """A session with three doses; how many."""
    held = store.record("session", place=STATION, body={"session_type": "fixed"})
    given = 3
    for person in registers.people(store, limit=given):
        body = {
            "session": held.subject,
            "vaccine": VACCINE,
            "dose_type": "booster_1",
            "screening": "eligible",
            "lot": LOT,
        }
        store.record("dose", subject=person.id, place=STATION, body=body)
    return given


def on_the_page(world: World) -> Sent | None:
    with world.app.app_context():
        connection = db.session.connection()
        unit = unit_of(Tree.load(connection, TODAY), COMMUNE)
        return sent_reports(connection, [unit], FORM, [PERIOD]).get((COMMUNE, PERIOD.key))


def ask(world: World, sent: Sent, text: str) -> None:
    """The district asks about the whole report."""
    with world.app.app_context():
        judge = create_user(
            username="huyen",
            password=PASSWORD,
            full_name="Người dùng huyen",
            role="district_reviewer",
            places=[DISTRICT],
        )
        author = ServerAuthor(
            db.session.connection(), db.session.get_one(User, judge.id), world.clock, PROJECTORS
        )
        body = {"report": sent.heads[0], "verdict": "queried", "text": text}
        author.write("report_review", place=COMMUNE, subject=sent.id, body=body)
        author.flush()
        db.session.commit()


@pytest.mark.proves("R001", "R085")
def test_a_report_goes_up_is_asked_about_and_answered(world: World, tmp_path: Path) -> None:
    store, client = world.phone(tmp_path / "phone")
    given = vaccinate_some(store)
    unit, layout = report_counts.unit_of(store), reports.layout_of(store)
    assert unit is not None
    draft = reports.draft_of(store, layout, unit.id, PERIOD, None)
    [row] = [row for row in draft.rows if row.vaccine]
    assert row.cells["doses.booster_1"].counted == given
    assert row.cells["reactions_severe"].value is None  # nobody recorded any: not known, and not 0
    with pytest.raises(Refused) as refused:
        reports.send(store, layout, unit.id, PERIOD, draft, NAMES, "report:x")
    assert refused.value.faults[0].code == "report.blank_cells"

    for line in draft.rows:
        for cell in line.cells.values():
            cell.value = cell.value or 0
    reports.send(store, layout, unit.id, PERIOD, draft, NAMES, "report:x")
    assert [each.state for each in reports.days(store, layout, unit.id, 2)] == ["unsent", "missing"]
    assert client.run().complete
    assert reports.days(store, layout, unit.id, 1)[0].state == "submitted"
    sent = on_the_page(world)
    assert sent is not None
    assert sent.rows[-1].cells["doses.booster_1"].value == given
    assert sent.plan_document

    ask(world, sent, "Đối chiếu lại số mũi")
    assert client.run().complete
    standing = reports.sent_report(store, layout, unit.id, PERIOD)
    assert standing is not None
    assert (standing.state, len(standing.queries)) == ("queried", 1)
    query = messages.message(store, standing.queries[0])
    assert query is not None
    assert query.text == "Đối chiếu lại số mũi"
    answer = {"report": query.judged, "review": query.id, "text": "Đã đối chiếu, đúng"}
    store.record("report_answer", place=COMMUNE, subject=sent.id, body=answer)
    assert reports.days(store, layout, unit.id, 1)[0].state == "answered"

    draft = reports.draft_of(store, layout, unit.id, PERIOD, standing)
    draft.rows[-1].cells["people_called"].value = given + 1
    with pytest.raises(Refused) as refused:  # a number that is not what was counted says why
        reports.send(store, layout, unit.id, PERIOD, draft, NAMES, "report:x")
    assert refused.value.faults[0].code == "report.reason_missing"
    draft.rows[-1].cells["people_called"].reason = "Một người đến rồi về"
    reports.send(store, layout, unit.id, PERIOD, draft, NAMES, "report:x")
    assert client.run().complete
    again = on_the_page(world)
    assert again is not None
    assert again.id == sent.id
    assert again.state == "submitted"  # what was asked about has been replaced
    assert again.rows[-1].cells["people_called"].value == given + 1
    store.close()
