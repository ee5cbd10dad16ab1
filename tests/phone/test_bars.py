"""The bar of a screen: the title whole, how the phone stands with the server, a sync seen moving."""

import pytest

from mobile.syncing.result import Progress
from tests.phone.village import HOME, LONG_NAME

pytestmark = pytest.mark.phone


def bar(phone):
    return next(w for w in phone.every() if type(w).__name__ == "ScreenBar")


@pytest.mark.parametrize(("lang", "large"), [("vi", False), ("en", True)])
def test_a_long_name_and_every_mark_fit_beside_each_other(open_phone, lang, large):
    from tests.phone.layout import misplaced

    phone = open_phone("village_health_worker")
    phone.app.phone.settings.lang, phone.app.phone.settings.large = lang, large
    phone.app.rebuild()
    phone.app.stage.go("household", household=HOME)
    phone.app.stage.say("…", action="…")
    phone.settle(0.2)
    assert phone.says(LONG_NAME)
    assert all(bar(phone).ids[name].width > 0 for name in ("back", "undo", "help"))
    assert misplaced(phone) == []


def test_the_state_of_sending_leads_to_the_outbox(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("household", household=HOME)
    phone.settle(0.1)
    phone.touch(bar(phone).ids.mark.__self__)
    phone.at("outbox")
    phone.touch(bar(phone).ids.mark.__self__)
    phone.at("outbox")
    phone.screen.go_back()
    phone.settle()
    phone.at("household")


def test_a_sync_is_seen_moving_and_nothing_is_in_its_way(open_phone):
    phone = open_phone("village_health_worker")
    assert bar(phone).moving == -1
    phone.app.phone.progress = Progress("sending", 3, 12)
    phone.app.stage.refresh_bar()
    assert bar(phone).moving == 0.25
    assert phone.says("Đang gửi 3/12 bản ghi")
    phone.app.stage.go("household", household=HOME)
    phone.settle(0.1)
    assert bar(phone).moving == 0.25
    phone.app.phone.progress = None
    phone.app.stage.refresh_bar()
    assert bar(phone).moving == -1
