"""The half hour after a dose, touched: who may go, who had a reaction, and what a kill or a set hour change of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mobile.store import observations, reactions
from mobile.words import words
from tests.mobile.phones import TODAY
from tests.phone.village import CHILD, FATHER, GRANDMOTHER, LONG_NAME, MOTHER
from tests.phone.walks.observation import give, open_session

pytestmark = pytest.mark.phone


def watching(phone: Any, *people: str) -> str:
    """The screen of a session at which these were just given a dose."""
    store = phone.app.phone.store
    session = open_session(store)
    for person in people:
        give(store, session, person)
    phone.stage.go("observation", session=session)
    phone.settle(0.1)
    return session


def results(phone: Any, session: str) -> dict[str, str]:
    """Person -> how their observation ended."""
    return {each.person: each.result for each in observations.ended(phone.app.phone.store, session)}


@pytest.mark.proves("R039")
@pytest.mark.parametrize("large", [False, True])
def test_everybody_whose_time_is_over_goes_with_one_tap_and_comes_back_with_another(open_phone, clock, large):
    from mobile.theme import theme

    phone = open_phone("station")
    theme.large = large
    session = watching(phone, MOTHER, FATHER)
    clock.advance(minutes=20)
    give(phone.app.phone.store, session, GRANDMOTHER)
    clock.advance(minutes=11)
    phone.stage.refresh()
    phone.settle(0.1)
    phone.press(words.counted("observation.all", 2))
    assert results(phone, session) == {MOTHER: "well", FATHER: "well"}
    assert phone.says("Vàng Thị Dở")
    assert phone.says(words.counted("observation.all_saved", 2))
    assert phone.says(words.counted("observation.minutes", 31))
    phone.press(words.t("form.undo"), kind="Pressable")
    assert results(phone, session) == {}
    assert phone.says(words.counted("observation.all", 2))
    theme.large = False


@pytest.mark.proves("R039")
def test_one_leaves_early_one_is_copied_from_paper(open_phone, clock):
    phone = open_phone("station")
    session = watching(phone, MOTHER, FATHER)
    clock.advance(minutes=7)
    assert not phone.says(words.counted("observation.all", 1)), "nobody may go yet"
    phone.touch(card(phone, MOTHER).head)
    phone.choose("left")
    phone.touch(card(phone, FATHER).head)
    phone.choose("on_paper")
    assert results(phone, session) == {MOTHER: "left", FATHER: "on_paper"}
    minutes = {e.person: e.minutes for e in observations.ended(phone.app.phone.store, session)}
    assert minutes == {MOTHER: 7, FATHER: None}
    assert phone.says(words.t("observation.nobody_left"))


def card(phone: Any, person: str) -> Any:
    """The card of a person."""
    seen = observations.watched(phone.app.phone.store, phone.screen.session)
    return phone.screen.cards[next(each.dose for each in seen if each.person == person)]


def test_the_ring_closes_while_it_is_looked_at_and_rests_when_it_is_not(open_phone, clock):
    phone = open_phone("station")
    watching(phone, MOTHER)
    screen = phone.screen
    assert card(phone, MOTHER).shown == "30"
    clock.advance(minutes=12, seconds=30)
    phone.settle(1.2)
    assert card(phone, MOTHER).shown == "18"
    clock.set_by(hours=3)
    phone.settle(1.2)
    assert card(phone, MOTHER).shown == "18", "an hour set by hand frees nobody"
    phone.stage.go("person", person=MOTHER)
    clock.advance(minutes=17, seconds=30)
    phone.settle(1.2)
    assert next(iter(screen.cards.values())).shown == "18", "what is not seen does not tick"
    phone.screen.go_back()
    phone.settle(1.2)
    assert card(phone, MOTHER).icon == "check"
    assert phone.says(words.counted("observation.all", 1))
    assert phone.says(words.t("observation.hour_set"))


def test_who_comes_to_the_end_moves_up_and_is_called_out(open_phone, clock):
    phone = open_phone("station")
    session = watching(phone, MOTHER)
    phone.settle(5.2)
    clock.advance(minutes=30)
    phone.settle(5.2)
    assert phone.says(words.t("bell.may_go", name=LONG_NAME))
    assert phone.says(words.counted("observation.all", 1))
    phone.stage.unsay()
    phone.settle(5.2)
    assert not phone.says(words.t("bell.may_go", name=LONG_NAME)), "once is enough"
    assert results(phone, session) == {}


@pytest.mark.proves("R039", "L13")
def test_the_time_runs_on_though_the_app_was_killed(open_phone, clock, tmp_path):
    from tests.phone.harness import Harness

    phone = open_phone("station")
    session = watching(phone, MOTHER)
    clock.advance(minutes=10)
    phone.close()
    clock.advance(minutes=10)
    again = Harness(tmp_path / "phone0", clock)
    again.pad("246810")
    again.stage.go("observation", session=session)
    again.settle(0.1)
    assert card(again, MOTHER).shown == "10"
    again.close()


class Heard:
    """A notifier that remembers."""

    def __init__(self) -> None:
        self.at: dict[str, Any] = {}
        self.texts: list[str] = []

    def tell(self, title: str, text: str) -> None:
        raise AssertionError("nothing is told at once")

    def tell_at(self, moment: Any, key: str, title: str, text: str) -> None:
        self.at[key] = moment
        self.texts.append(text)

    def cancel(self, key: str) -> None:
        del self.at[key]


def test_the_device_is_given_the_moment_without_a_name_and_called_off(open_phone, clock):
    from dataclasses import replace

    heard = Heard()
    phone = open_phone("station")
    app = phone.app.phone
    app.device = replace(app.device, notifier=heard)
    session = watching(phone, MOTHER, FATHER)
    begun = clock.now()
    clock.advance(minutes=3)
    phone.settle(5.2)
    doses = {each.person: each.dose for each in observations.watched(app.store, session)}
    assert heard.at == dict.fromkeys(doses.values(), begun + timedelta(minutes=30))
    assert LONG_NAME not in "".join(heard.texts)
    phone.touch(card(phone, MOTHER).head)
    phone.choose("left")
    phone.settle(5.2)
    assert list(heard.at) == [doses[FATHER]]


@pytest.mark.proves("R039")
def test_a_serious_reaction_is_sent_first_and_says_what_to_do(open_phone, clock):
    phone = open_phone("station")
    store = phone.app.phone.store
    session = watching(phone, MOTHER)
    clock.advance(minutes=6)
    phone.touch(card(phone, MOTHER).head)
    phone.choose("reaction")
    phone.at("reaction_form")
    phone.choose("breathing")
    assert phone.says(words.t("reaction_form.danger"))
    phone.choose("serious")
    assert phone.says(words.t("first_aid.adrenaline"))
    phone.type(phone.screen.form.fields["treated_at"], "Trung taam y tees huyeenj")
    assert store.draft(phone.screen.key)["treated_at"] == "Trung tâm y tế huyện"
    phone.press_id("main")
    phone.at("reaction")
    assert phone.says(words.t("first_aid.call"))
    assert phone.says(words.t("reaction.unsent"))
    ((_, payload),) = store.urgent_batch(5)
    told = reactions.reaction(store, phone.screen.reaction)
    assert told.id.encode() in payload
    assert told.body["symptoms"] == ["breathing"]
    assert told.body["treated_at"] == "Trung tâm y tế huyện"
    assert store.drafts() == []
    (seen,) = observations.watched(store, session)
    assert (seen.reaction, seen.serious, seen.still) == (told.id, True, True)
    phone.screen.go_back()
    phone.settle(0.1)
    phone.at("observation")
    assert phone.says(words.option("reaction", "severity", "serious"))
    phone.touch(card(phone, MOTHER).head)
    phone.choose("reaction")
    assert results(phone, session) == {MOTHER: "reaction"}


def test_news_of_a_reaction_correct_what_was_told(open_phone, clock):
    phone = open_phone("station")
    store = phone.app.phone.store
    watching(phone, MOTHER)
    phone.touch(card(phone, MOTHER).head)
    phone.choose("reaction")
    phone.choose("ordinary")
    phone.choose("fever")
    phone.press_id("main")
    phone.at("observation")
    phone.touch(card(phone, MOTHER).head)
    phone.choose("news")
    phone.at("reaction")
    phone.press(words.t("reaction.news"))
    phone.choose("recovered")
    phone.press_id("main")
    phone.at("reaction")
    assert phone.says(words.option("reaction", "outcome", "recovered"))
    rows = store.database.rows("SELECT id, outcome, corrected_by FROM reaction ORDER BY id")
    assert [(row["outcome"], row["corrected_by"]) for row in rows] == [
        (None, rows[1]["id"]),
        ("recovered", None),
    ]
    assert rows[1]["id"] == reactions.reaction(store, rows[0]["id"]).id


@pytest.mark.proves("R039", "L13")
def test_a_village_worker_reports_days_later_and_a_half_written_report_is_kept(open_phone, clock):
    phone = open_phone("village_health_worker")
    store = phone.app.phone.store
    phone.stage.go("reaction_form", person=CHILD)
    phone.settle(0.1)
    phone.choose("ordinary")
    phone.choose("rash")
    phone.stage.start("home")
    phone.stage.go("reaction_form", person=CHILD)
    phone.settle(0.1)
    assert phone.says(words.t("form.kept"))
    form = phone.screen.form
    form.fields["onset_on"].day = "12"
    phone.settle(0.1)
    phone.press_id("main")
    row = store.database.row("SELECT * FROM reaction")
    assert (row["person_id"], row["onset_on"], row["symptoms"]) == (CHILD, "2022-04-12", "rash")
    assert row["reported_on"] == TODAY.isoformat()
    assert phone.says(words.t("reaction_form.saved", name="Lò Thị Mai"))
    phone.press(words.t("form.undo"), kind="Pressable")
    assert reactions.reaction(store, row["id"]).withdrawn
    assert store.draft(f"reaction:{CHILD}::")["symptoms"] == ["rash"], "it can be written anew as it was"


def test_an_onset_in_the_future_is_said_beside_its_field(open_phone):
    phone = open_phone("station")
    phone.stage.go("reaction_form", person=MOTHER)
    phone.settle(0.1)
    phone.choose("ordinary")
    phone.screen.form.fields["onset_on"].day = "16"
    phone.press_id("main")
    phone.at("reaction_form")
    assert phone.screen.form.fields["onset_on"].fault
    assert phone.app.phone.store.database.row("SELECT 1 FROM reaction") is None
