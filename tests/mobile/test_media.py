"""The messages in pictures and sound are whole, and one made wrongly is named."""

import shutil

import pytest

from mobile import media


def test_what_comes_with_the_app_is_whole():
    found = {each.id: each for each in media.messages()}
    assert {each.language for each in found.values()} == {"", "01"}
    assert any(each.sounds for each in found.values())
    for each in found.values():
        for page in each.pages:
            assert page.text("vi") != page.text("en")
            assert page.picture.read_bytes().startswith(b"\x89PNG")
            assert page.sound is None or page.sound.read_bytes().startswith(b"RIFF")
    size = sum(file.stat().st_size for file in media.FOLDER.rglob("*") if file.is_file())
    assert size < 500_000


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(media.FOLDER, tmp_path / "media")
    return tmp_path / "media"


@pytest.mark.parametrize(
    ("file", "text", "named"),
    [
        ("meta.csv", "title_vi,title_en,language,source,licence\nMột,One,77,Sở Y tế,CC0\n", "77"),
        ("meta.csv", "title_vi,title_en,language,source,licence\nMột,,08,Sở Y tế,CC0\n", "meta.csv"),
        ("meta.csv", "title,language\nMột,08\n", "columns"),
        ("pages.csv", "picture,sound,vi,en\n", "no page"),
        ("pages.csv", "picture,sound,vi,en\n1.png,khong-co.wav,Một,One\n", "khong-co.wav"),
        ("pages.csv", "picture,sound,vi,en\n1.png,,Một,\n", "words"),
    ],
)
def test_a_message_made_wrongly_is_named(folder, file, text, named):
    (folder / "moi-di-tiem" / file).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=named):
        media.messages(folder)


def test_messages_are_offered_in_the_languages_of_the_household_first(folder):
    shutil.copytree(folder / "moi-di-tiem", folder / "hmong")
    (folder / "hmong" / "meta.csv").write_text(
        "title_vi,title_en,language,source,licence\nMột,One,08,Sở Y tế,CC0\n", encoding="utf-8"
    )
    found = media.messages(folder)
    assert [each.language for each in media.offered(found, ["08", "01"])] == ["08", "01", ""]
    assert [each.language for each in media.offered(found, ["08"])] == ["08", "", "01"]
    assert next(each.language for each in media.offered(found, [])) == ""
