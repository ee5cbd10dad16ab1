"""Messages in pictures and sound for people who speak another language (R084)."""

import pytest

from mobile import media
from mobile.store import languages
from tests.mobile.phones import VILLAGE, household_body, person_body
from tests.phone.village import HOME, MOTHER

pytestmark = pytest.mark.phone

PICTURES, SPOKEN = "tranh-tiem-chung", "moi-di-tiem"


def titles(phone):
    return [w.title for w in reversed([w for w in phone.every() if type(w).__name__ == "Row"])]


def title(message):
    return next(each.title("vi") for each in media.messages() if each.id == message)


@pytest.mark.proves("R084")
def test_what_the_household_understands_is_offered_first(open_phone):
    phone = open_phone("village_health_worker")
    store = phone.app.phone.store
    store.edit("person", MOTHER, {"language": "01"})
    assert languages.spoken(store, HOME)[0] == "01"
    phone.app.stage.go("household", household=HOME)
    phone.settle(0.1)
    phone.press("Kể bằng tranh và tiếng nói", "Row")
    phone.at("tell_people")
    assert titles(phone) == [title(SPOKEN), title(PICTURES)]
    assert phone.says("Nhà này: Kinh")
    store.edit("person", MOTHER, {"language": "08"})
    phone.app.stage.swap("tell_people", household=HOME)
    phone.settle()
    assert titles(phone)[0] == title(PICTURES), "pictures without words suit everybody"
    assert phone.says("Nhà này: Mông")


def test_during_a_visit_one_tap_leads_there_and_nothing_of_the_visit_is_lost(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("visit", household=HOME)
    phone.choose("hesitant")
    kept = phone.screen.kept()
    assert kept is not None
    bar = next(w for w in phone.every() if type(w).__name__ == "ScreenBar")
    phone.touch(bar.ids.extra.__self__)
    phone.at("tell_people")
    phone.screen.go_back()
    phone.settle()
    assert phone.at("visit").kept() == kept


def test_without_a_language_the_ethnic_group_says_it(open_phone):
    phone = open_phone("village_health_worker")
    store = phone.app.phone.store
    house = store.record("household", place=VILLAGE, body=household_body()).subject
    assert languages.spoken(store, house) == []
    for code in ("09", "08", "08"):
        body = person_body(house) | {"ethnic": code}
        store.record("person", place=VILLAGE, body=body)
    assert languages.spoken(store, house) == ["08", "09"]


@pytest.mark.proves("R084")
@pytest.mark.parametrize("large", [False, True])
def test_a_message_is_listened_to_page_by_page_without_a_network(open_phone, large):
    phone = open_phone("village_health_worker")
    phone.app.phone.settings.large = large
    phone.app.rebuild()
    phone.at("settings")
    phone.press("Kể bằng tranh và tiếng nói", "Row")
    phone.at("tell_people")
    phone.press(title(SPOKEN), "Row")
    screen = phone.at("tell_message")
    pages = screen.message.pages
    assert phone.says(pages[0].vi)
    phone.press("Nghe")
    assert screen.player.playing
    phone.press("Dừng lại")
    assert not screen.player.playing
    phone.press("Nghe")
    phone.wait_for(lambda: phone.says(pages[1].vi), seconds=60)
    assert screen.player.playing, "the next page is heard by itself"
    phone.press_id("next")
    assert not screen.player.playing, "turning the page stops what is heard"
    assert phone.says(pages[2].vi)
    assert screen.ids.next.disabled
    phone.press_id("previous")
    assert phone.says(pages[1].vi)
    phone.press("Nghe")
    phone.app.stage.go("outbox")
    assert not screen.player.playing, "nothing is heard behind another screen"
    phone.screen.go_back()
    phone.settle()
    phone.press("Nghe")
    screen.go_back()
    phone.settle()
    phone.at("tell_people")
    assert not screen.player.playing


def test_pictures_alone_offer_the_next_picture(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("tell_message", message=PICTURES)
    phone.settle()
    assert phone.says("Cán bộ y tế đến từng nhà")
    assert not phone.says("Nghe")
    for _ in range(4):
        phone.press("Tranh tiếp theo")
    assert phone.says("Nhớ ngày hẹn mũi sau")
    phone.press("Xong")
    phone.at("home")


def test_a_phone_that_cannot_play_says_so_and_shows_the_pictures(open_phone, monkeypatch):
    phone = open_phone("village_health_worker")
    monkeypatch.setattr("kivy.core.audio.SoundLoader.load", lambda path: None)
    phone.app.stage.go("tell_message", message=SPOKEN)
    phone.settle()
    phone.press("Nghe")
    assert phone.says("Máy này không phát được tiếng")
    assert not phone.says("Nghe"), "it is not offered again"
    phone.press_id("next")
    assert phone.says(phone.screen.message.pages[1].vi)
