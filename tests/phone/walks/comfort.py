"""Help, what was done last still on the bar, messages for people who speak another language, the look for the sun."""

from __future__ import annotations

from typing import Any

from mobile.words import words
from tests.mobile.phones import PIN
from tests.phone.village import HOME, MOTHER
from tests.phone.walks import Walk


def comfort(pictures: Any) -> None:
    """A worker looks something up, tells a household in pictures, and stands in the sun."""
    phone = pictures.phone
    phone.pad(PIN)
    pictures.see("help", screen="home")
    phone.app.phone.store.edit("person", MOTHER, {"language": "08"})
    pictures.start()
    pictures.see("tell_people", household=HOME)
    pictures.see("tell_message", message="moi-di-tiem")
    phone.screen.player.playing = True
    pictures.take("tell-message-playing", "tell_message")
    phone.screen.player.playing = False
    screen = pictures.go("tell_message", message="tranh-tiem-chung")
    screen.turn(3)
    phone.settle(0.1)
    pictures.take("tell-message-pictures", "tell_message")
    pictures.start()
    phone.app.phone.settings.sun = True
    phone.app.rebuild()
    pictures.take("settings-sun", "settings")
    pictures.start()
    pictures.take("home-sun", "home")
    pictures.go("household", household=HOME)
    phone.app.stage.say(words.t("form.saved"), action=words.t("form.undo"))
    phone.settle(0.1)
    pictures.take("household-undo-sun", "household")
    phone.app.phone.settings.sun = False
    phone.app.rebuild()


WALKS = [Walk("village_health_worker", comfort)]
