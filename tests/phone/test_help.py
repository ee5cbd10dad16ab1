"""Help on every screen, in both languages, with a picture; the way there and back."""

import pytest

from mobile import guidance

#: What the pictures of help may take of the app, in bytes.
MOST = 3_000_000


def test_steps_are_numbered_and_said_in_both_languages():
    for screen, steps in guidance.pages().items():
        assert [step.number for step in steps] == list(range(len(steps))), screen
        for step in steps:
            assert step.vi.strip(), (screen, step.number)
            assert step.en.strip(), (screen, step.number)
            assert len(step.vi) <= 130, f"{screen} {step.number}: too long for a tired worker"


def test_pictures_are_there_and_small():
    pictures = {guidance.picture(screen, lang) for screen in guidance.pages() for lang in ("vi", "en")}
    assert {path.name for path in pictures if not path.exists()} == set()
    kept = set((guidance.FOLDER / "pictures").rglob("*.png"))
    assert kept == pictures, "a picture of a screen that is gone"
    assert sum(path.stat().st_size for path in kept) < MOST


@pytest.mark.phone
def test_every_screen_has_help(open_phone):
    phone = open_phone()
    from mobile.screens.base import SCREENS

    assert set(SCREENS) - {"help"} == set(guidance.pages())
    phone.at("home")


@pytest.mark.phone
@pytest.mark.parametrize(("lang", "large"), [("vi", False), ("en", True)])
def test_the_question_mark_explains_the_screen_and_the_arrow_returns(open_phone, lang, large):
    phone = open_phone("village_health_worker")
    phone.app.phone.settings.lang, phone.app.phone.settings.large = lang, large
    phone.app.rebuild()
    phone.app.stage.start("home")
    phone.settle()
    phone.touch(question_mark(phone))
    screen = phone.at("help")
    purpose, *steps = guidance.pages()["home"]
    for step in (purpose, *steps):
        assert phone.says(step.text(lang))
    shown = [w for w in phone.every() if type(w).__name__ == "Picture"]
    assert [w.source for w in shown] == [str(guidance.picture("home", lang))]
    assert shown[0].texture is not None
    assert question_mark(phone) is None, "help needs no help"
    screen.go_back()
    phone.settle()
    phone.at("home")


@pytest.mark.phone
def test_help_is_there_before_the_phone_is_unlocked(open_phone):
    phone = open_phone("village_health_worker", unlock=False)
    phone.at("unlock")
    phone.pad("2")
    phone.touch(phone.id("panel").ids.pad.key("help"))
    phone.at("help")
    assert phone.says(guidance.pages()["unlock"][0].vi)
    phone.screen.go_back()
    phone.settle()
    phone.at("unlock")
    phone.pad("46810")
    phone.at("home")


@pytest.mark.phone
def test_help_leaves_what_is_being_typed(open_phone):
    from tests.mobile.phones import VILLAGE

    phone = open_phone("village_health_worker")
    phone.app.stage.go("household_form", village=VILLAGE)
    phone.type(phone.screen.form.fields["head_name"], "Lof A Paos")
    phone.put_down()
    phone.touch(question_mark(phone))
    phone.at("help")
    phone.screen.go_back()
    phone.settle()
    assert phone.at("household_form").form.fields["head_name"].text == "Lò A Páo"


def question_mark(phone):
    """The bar's mark, or None."""
    bar = next(w for w in phone.every() if type(w).__name__ == "ScreenBar")
    mark = bar.ids.help.__self__
    return mark if mark.width > 0 and not mark.disabled else None
