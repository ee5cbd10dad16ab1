"""Typing into fields: VNI and Telex as set, numbers left alone, days box by box."""

from datetime import date

import pytest

from mobile.settings import Settings
from tests.phone.village import CHILD, HOME, VILLAGE

pytestmark = pytest.mark.phone


def settings(phone):
    phone.app.stage.go("settings")
    phone.settle(0.1)
    return phone.at("settings")


@pytest.mark.parametrize(
    ("way", "keys", "written"),
    [
        ("vni", "Lo2 Thi5 Huye62n", "Lò Thị Huyền"),
        ("telex", "Lof Thij Huyeenf", "Lò Thị Huyền"),
        ("off", "Lof Thi5", "Lof Thi5"),
    ],
)
def test_names_are_composed_the_way_that_is_set(open_phone, way, keys, written):
    phone = open_phone("village_health_worker")
    phone.touch(settings(phone).ids.typing.ids.segments.segment(way))
    assert Settings.load(phone.app.phone.root).typing == way
    phone.app.stage.go("household_form", village=VILLAGE)
    phone.type(phone.screen.form.fields["head_name"], keys)
    assert phone.screen.form.values["head_name"] == written
    assert phone.app.phone.store.draft(phone.screen.key)["head_name"] == written


def test_digits_stay_digits_in_numbers_and_papers_under_vni(open_phone):
    phone = open_phone("village_health_worker")
    settings(phone).ids.typing.pick("vni")
    phone.app.stage.go("household_form", village=VILLAGE)
    phone.type(phone.screen.form.fields["phone"], "0912345678")
    assert phone.screen.form.values["phone"] == "0912345678"
    phone.type(phone.screen.form.fields["address"], "Nha2 so61 12 khu 3")
    assert phone.screen.form.values["address"] == "Nhà số 12 khu 3"


@pytest.mark.parametrize("large", [False, True])
def test_a_day_is_typed_without_touching_the_next_box(open_phone, large):
    phone = open_phone("village_health_worker")
    phone.app.phone.settings.large = large
    phone.app.rebuild()
    phone.app.stage.go("person_form", person=CHILD)
    phone.settle(0.1)
    field = phone.screen.form.fields["birth_date"]
    field.precision = "day"
    for part in ("day", "month", "year"):
        field.ids[part].text = ""
    phone.touch(field.ids.day)
    key_by_key(phone, "502011")
    assert (field.day, field.month, field.year) == ("5", "02", "011"), (
        "5 begins no other day; 0 may begin a month"
    )
    for part in ("day", "month", "year"):
        field.ids[part].text = ""
    phone.touch(field.ids.day)
    key_by_key(phone, "15042011")
    assert (field.day, field.month, field.year) == ("15", "04", "2011")
    assert phone.screen.form.values["birth_date"] == "2011-04-15"


def test_a_backspace_in_an_empty_box_goes_on_in_the_one_before(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("person_form", household=HOME)
    phone.settle(0.1)
    field = phone.screen.form.fields["birth_date"]
    phone.touch(field.ids.day)
    key_by_key(phone, "15")
    assert field.ids.month.focus
    field.ids.month.do_backspace()
    assert field.ids.day.focus
    field.ids.day.do_backspace()
    assert field.day == "1"


def test_today_is_one_tap_where_a_day_is_often_today(open_phone):
    phone = open_phone("village_health_worker")
    phone.app.stage.go("person_form", household=HOME)
    phone.settle(0.1)
    phone.screen.show_more() if hasattr(phone.screen, "show_more") else None
    phone.settle(0.2)
    forms = phone.screen.form.fields
    assert not forms["birth_date"].ids.today.offered, "nobody is registered on the day of birth by a tap"
    field = next(
        forms[name] for name in ("residence_since", "came_on") if name in forms and forms[name].parent
    )
    phone.touch(field.ids.today)
    assert (field.day, field.month, field.year) == ("15", "4", "2022")
    assert phone.screen.form.values[field.name] == date(2022, 4, 15).isoformat()
    assert not field.ids.today.offered


def test_an_old_settings_file_keeps_its_meaning(tmp_path):
    (tmp_path / "settings.json").write_text('{"telex": false, "lang": "en"}')
    kept = Settings.load(tmp_path)
    assert (kept.typing, kept.lang) == ("off", "en")
    (tmp_path / "settings.json").write_text('{"telex": true}')
    assert Settings.load(tmp_path).typing == "telex"
    (tmp_path / "settings.json").write_text('{"typing": "morse"}')
    assert Settings.load(tmp_path).typing == "telex"


def key_by_key(phone, keys):
    from kivy.core.window import Window

    for key in keys:
        Window.dispatch("on_textinput", key)
        phone.frames(2)
