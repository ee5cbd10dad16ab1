"""The draft of a visit: whatever is tapped in whatever order, it is kept at any moment and says what was given."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile.forms.visit_sheet import MAY_EXPLAIN, VisitSheet
from mobile.store.views import PersonRow
from shared.entries import Entry
from shared.records.visit import OUTCOMES
from shared.rules.visits import CONSENT_NEEDS_REASON, NEED_REASON, each_member_once, refusal_has_reason

TODAY = date(2022, 4, 15)


def row(
    person: str, born: date, next_dose: str | None, *, due: bool, residence: str = "permanent"
) -> PersonRow:
    return PersonRow(
        id=person,
        household_id="house",
        village_id="village",
        full_name=f"Lò {person}",
        sex="female",
        birth_date=born,
        birth_precision="day",
        age=30,
        relation="",
        residence=residence,
        cannot_come="",
        contraindication="",
        head_name="Lò",
        next_dose=next_dose,
        due_on=TODAY,
        no_dose=None,
        is_due=due,
        last_outcome=None,
        last_reason=None,
    )


FAMILY = [
    row("grandmother", date(1941, 1, 1), "primary_1", due=True),
    row("father", date(1984, 1, 1), "booster_1", due=False),
    row("son", date(1999, 1, 1), None, due=False),
    row("child", date(2009, 6, 20), "primary_2", due=True),
    row("uncle", date(1990, 1, 1), "booster_1", due=True, residence="absent"),
    row("gone", date(1990, 1, 1), "booster_1", due=True, residence="moved"),
]

TAP = st.one_of(
    st.tuples(st.just("outcome"), st.sampled_from(sorted(OUTCOMES))),
    st.tuples(st.just("card"), st.integers(0, 5)),
    st.tuples(st.just("answer"), st.sampled_from(["agree", "decline", "considering", "unreached", ""])),
    st.tuples(st.just("reason"), st.sampled_from(["other", ""])),
    st.tuples(st.just("together"), st.none()),
    st.tuples(st.just("day"), st.sampled_from(["2022-04-16", None])),
)


def tap(sheet: VisitSheet, what: str, value: object) -> None:
    """What the screen lets a thumb do at this moment; anything else does nothing."""
    on_card = sheet.at < len(sheet.members)
    if what == "card":
        sheet.go_to(min(int(value), len(sheet.members)))  # type: ignore[call-overload]
    elif what == "together" and sheet.together():
        sheet.review_together()
    elif not on_card:
        return
    elif what == "outcome" and not sheet.asking:
        sheet.give(str(value))
    elif what == "answer" and sheet.asking == "consent":
        sheet.consent(str(value))
    elif what == "reason" and sheet.asking not in ("", "consent") and (value or sheet.asking in MAY_EXPLAIN):
        sheet.explain(str(value))
    elif what == "day" and sheet.invited(sheet.members[sheet.at]):
        sheet.arrange([sheet.members[sheet.at].id], appointment_on=value)


@pytest.mark.proves("L13", "R060")
@given(taps=st.lists(TAP, max_size=40), killed=st.integers(0, 40))
def test_a_draft_taken_up_anywhere_ends_as_if_nothing_had_happened(taps, killed):
    whole, before = VisitSheet(FAMILY, TODAY, None), VisitSheet(FAMILY, TODAY, None)
    for what, value in taps:
        tap(whole, what, value)
    for what, value in taps[:killed]:
        tap(before, what, value)
    after = VisitSheet(FAMILY, TODAY, json.loads(json.dumps(before.data)))
    for what, value in taps[killed:]:
        tap(after, what, value)
    assert after.data == whole.data
    assert after.edits() == whole.edits()


@pytest.mark.proves("R060", "R054", "R050")
@given(taps=st.lists(TAP, max_size=60))
def test_what_is_recorded_keeps_the_rules_of_a_visit(taps):
    sheet = VisitSheet(FAMILY, TODAY, None)
    for what, value in taps:
        tap(sheet, what, value)
    lines = sheet.lines()
    entry = Entry(
        *("id", "visit", 1, "house", "village", "author", "device", 1, TODAY, "", None, (), None),
        {"outcomes": lines},
        b"",
        b"",
    )
    assert not [*each_member_once(entry), *refusal_has_reason(entry)]
    answered = {line["person"] for line in lines}
    assert set(sheet.left()) == {m.id for m in sheet.members} - answered
    assert "gone" not in answered
    for line in lines:
        if line.get("consent") in CONSENT_NEEDS_REASON:
            assert (line["person"], line["outcome"]) in (("child", "refused"), ("child", "hesitant"))
        if line["outcome"] in NEED_REASON or line["outcome"] in ("moved", "deceased", "contraindicated"):
            assert "appointment_on" not in line or line["outcome"] == "hesitant"


def test_one_word_never_answers_for_who_is_due_a_child_with_a_dose_or_who_is_away():
    sheet = VisitSheet(FAMILY, TODAY, None)
    assert [member.id for member in sheet.together()] == ["father", "son"]
    sheet.review_together()
    assert sheet.members[sheet.at].id == "grandmother", "whoever is shown is still asked"
    assert sheet.together() == []


def test_only_who_was_met_is_asked_at_a_facility():
    sheet = VisitSheet(FAMILY, TODAY, None, met="father")
    assert sheet.members[sheet.at].id == "father"
    sheet.give("reviewed")
    assert sheet.left() == []
    assert sheet.lines() == [{"person": "father", "outcome": "reviewed"}]


def test_a_draft_begun_before_an_update_of_the_app_goes_on():
    kept = {"outcomes": {"grandmother": {"outcome": "reviewed"}}, "more": {"visit_type": "mop_up"}}
    sheet = VisitSheet(FAMILY, TODAY, kept)
    assert sheet.members[sheet.at].id == "father"
    assert (sheet.asking, sheet.edits(), sheet.data["more"]) == ("", {}, {"visit_type": "mop_up"})
