"""Clocks, identifiers, kinds, roles."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shared.records  # noqa: F401  declares the kinds
from shared.clock import FieldClock, FixedClock, from_stamp, parse_now, stamp
from shared.fields import Choice
from shared.identifiers import holding_id, is_id, named_id, new_id
from shared.kinds import KINDS, Kind, declare, option_label
from shared.permissions import FIELD_ROLES, ROLES, may_see


def test_new_ids_are_uuid7_and_differ() -> None:
    made = {new_id() for _ in range(2_000)}
    assert len(made) == 2_000
    for text in made:
        found = uuid.UUID(text)
        assert (found.version, found.variant, str(found)) == (7, uuid.RFC_4122, text)
        assert is_id(text)


def test_named_ids_never_change() -> None:
    assert named_id("place", "2022", "commune", "03388") == str(
        uuid.uuid5(uuid.UUID("6f1c7a52-8d5e-5b0a-9c43-2f7d1e0b6a11"), "place/2022/commune/03388")
    )
    assert holding_id("a", "b", "thawed", date(2022, 4, 1)) == holding_id("a", "b", "thawed", "2022-04-01")
    assert holding_id("a", "b", "frozen", None) == holding_id("a", "b", "frozen", "")
    assert not is_id("0190F0A0-0000-7000-8000-000000000001")
    assert not is_id("0190f0a0-0000-7000-8000-000000000001\n")


EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  Hypothesis adds the zone


@given(st.datetimes(min_value=EPOCH, max_value=EPOCH + timedelta(days=47_000), timezones=st.just(UTC)))
def test_stamps_read_back_to_the_millisecond(moment: datetime) -> None:
    assert abs(from_stamp(stamp(moment)) - moment) < timedelta(milliseconds=1)
    assert stamp(from_stamp(stamp(moment))) == stamp(moment)


def test_the_day_is_that_of_vietnam() -> None:
    clock = FixedClock(datetime(2022, 4, 14, 17, 0, tzinfo=UTC))
    assert clock.today() == date(2022, 4, 15)
    clock.advance(seconds=-1)
    assert clock.today() == date(2022, 4, 14)
    clock.advance(days=1, minutes=1)
    assert clock.today() == date(2022, 4, 16)
    assert FixedClock(date(2022, 4, 15)).now() == datetime(2022, 4, 15, 1, tzinfo=UTC)


def test_a_field_clock_starts_where_it_is_told_and_runs_on() -> None:
    clock = FieldClock.from_environment("2022-04-15")
    assert clock.today() == date(2022, 4, 15)
    assert timedelta(0) <= clock.now() - datetime(2022, 4, 15, 1, tzinfo=UTC) < timedelta(minutes=1)
    assert abs(FieldClock.from_environment("").now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert parse_now("2022-04-15T08:00") == parse_now("2022-04-15") == parse_now("2022-04-15T01:00:00+00:00")
    with pytest.raises(ValueError, match="TUNGNHA_NOW"):
        parse_now("hôm nay")


def test_every_kind_is_whole() -> None:
    for kind in KINDS.values():
        assert all(kind.labels)
        assert kind.authors <= set(ROLES)
        assert kind.authors
        schema = kind.schema.json_schema()
        assert schema["additionalProperties"] is False
        for name, field in kind.schema.record_fields().items():
            assert field.labels["vi"]
            assert field.labels["en"]
            assert kind.field_label(name, "vi") != kind.field_label(name, "en")
            if isinstance(field, Choice):
                assert all(vi and en for vi, en in field.accepted.values())
        assert not (kind.reference and kind.about_person)
        assert kind.label("vi") == kind.labels[0]


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        declare(KINDS["person"])


@pytest.mark.proves("L8")
def test_a_retired_option_is_read_and_shown_and_no_longer_offered() -> None:
    field = Choice("x", "x", {"new": ("Mới", "New")}, retired={"old": ("Cũ", "Old")})
    assert field.deserialize("old") == "old"
    assert "old" not in field.options
    assert field.option_label("old", "vi") == "Cũ"
    assert field.option_label("of tomorrow", "en") == "of tomorrow"
    assert option_label("visit", "outcome", "absent", "en") == "Not at home"
    assert option_label("person", "vulnerable", "elderly", "vi") == "Người cao tuổi"
    assert option_label("person", "full_name", 5, "vi") == "5"


#: A store of the province counts its stock too.
AUTHORS: dict[str, set[str]] = {
    "village_health_worker": {"household", "person", "visit"},
    "station": {
        "household",
        "person",
        "visit",
        "session",
        "dose",
        "stock_count",
        "stock_movement",
        "population_return",
        "plan_deviation",
    },
    "mobile_team": {"household", "person", "visit", "session", "dose", "stock_count", "stock_movement"},
    "district_reviewer": {"plan_deviation", "allocation"},
    "inspector": set(),
    "provincial_manager": {
        "allocation",
        "plan_deviation",
        "plan_target",
        "campaign",
        "lot",
        "item",
        "population_return",
        "stock_movement",
        "stock_count",
    },
    "administrator": {"place", "item", "lot", "campaign", "plan_target", "population_return"},
}

#: What units tell each other: upward what is lacking, downward what is asked, answers both ways.
_UP, _DOWN = {"staff_shortage", "proposal"}, {"inspection_remark", "reminder"}
_EVERYBODY = {"team_roster", "communication_log", "response"}
AFFAIRS: dict[str, set[str]] = {
    "village_health_worker": _EVERYBODY | {"staff_shortage"},
    "station": _EVERYBODY | _UP | {"station_profile"},
    "mobile_team": _EVERYBODY | _UP | {"station_profile"},
    "district_reviewer": _EVERYBODY | _UP | _DOWN | {"station_profile"},
    "provincial_manager": _EVERYBODY | _DOWN | {"station_profile", "message_content"},
    "administrator": {"message_content"},
    "inspector": set(),
}

#: Who screens writes screenings; who visits hears of reactions; who runs the programme opens doses.
SAFETY: dict[str, set[str]] = {
    "village_health_worker": {"reaction"},
    "station": {"screening", "reaction", "observation"},
    "mobile_team": {"screening", "reaction", "observation"},
    "provincial_manager": {"dose_opening"},
    "administrator": {"dose_opening"},
}

#: Who vaccinates reports, the level above judges, closes and reconciles; the system restates as an administrator.
_REPORTING, _JUDGING = (
    {"report", "report_answer"},
    {"report_review", "period_close", "restatement", "reconciliation"},
)
REPORTS: dict[str, set[str]] = {
    "station": _REPORTING,
    "mobile_team": _REPORTING,
    "district_reviewer": _REPORTING | _JUDGING,
    "provincial_manager": _JUDGING | {"report_layout"},
    "administrator": {"restatement", "report_layout"},
}


#: Who keeps stock writes its book and moves goods; who reviews decides, settles and recalls.
_BOOK = {"stock_movement", "stock_count", "count_explanation", "stock_level", "equipment"}
_MOVING, _DECIDING = (
    {"transfer_order", "dispatch", "receipt"},
    {"transfer_decision", "settlement", "recall", "leftover_decision"},
)
STOCK: dict[str, set[str]] = {
    "station": _BOOK | _MOVING,
    "mobile_team": _BOOK | _MOVING,
    "district_reviewer": _BOOK | _MOVING | _DECIDING,
    "provincial_manager": _BOOK | _MOVING | _DECIDING,
}

#: Who vaccinates, reviews or runs the programme has documents signed.
SIGNING = {
    role: {"signature"} for role in ("station", "mobile_team", "district_reviewer", "provincial_manager")
}

#: Verdicts and answers about identity; withdrawals by whoever records, reviews or runs the programme.
_DESK = {"void", "same_person", "id_match"}
IDENTITY: dict[str, set[str]] = {
    "village_health_worker": {"void"},
    "mobile_team": {"void"},
    "station": _DESK,
    "district_reviewer": _DESK,
    "provincial_manager": _DESK,
    "administrator": {"void", "id_match"},
}


def test_who_may_write_what() -> None:
    found = {role: {kind.name for kind in KINDS.values() if role in kind.authors} for role in ROLES}
    assert found == {
        role: kinds.union(
            *(each.get(role, ()) for each in (AFFAIRS, SAFETY, REPORTS, IDENTITY, SIGNING, STOCK))
        )
        for role, kinds in AUTHORS.items()
    }
    assert may_see("station", "names")
    assert not may_see("inspector", "names")
    assert not may_see("nobody", "names")
    assert {"village_health_worker", "station", "mobile_team"} == FIELD_ROLES


def test_a_kind_checks_itself() -> None:
    kind: Kind = KINDS["household"]
    assert kind.check_whole({"head_name": "A"})
    assert not kind.check_whole({})
    assert kind.check_changes({})
