"""Messages in two languages."""

from pathlib import Path

import pytest

import shared.text
from shared.text.translations import Catalogue


def written(folder: Path, text: str, name: str = "messages.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_messages_of_shared_load() -> None:
    catalogue = Catalogue(Path(shared.text.__file__).with_name("messages.csv"))
    assert "identity.sex_differs" in catalogue
    assert "{" not in catalogue.text("identity.unknown_province", "vi", code="013")


def test_a_message_in_each_language(tmp_path: Path) -> None:
    catalogue = Catalogue(written(tmp_path, 'key,vi,en\nhello,"Chào {name}","Hello, {name}"\n'))
    assert catalogue.text("hello", "vi", name="chị") == "Chào chị"
    assert catalogue.text("hello", "en", name="you") == "Hello, you"
    assert catalogue.keys() == {"hello"}


def test_a_missing_key_raises_in_tests_and_shows_in_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = Catalogue(written(tmp_path, "key,vi,en\nleft,còn {n},{n} left\n"))
    monkeypatch.setattr(Catalogue, "strict", True)
    with pytest.raises(KeyError, match="gone"):
        catalogue.text("gone", "vi")
    with pytest.raises(KeyError):
        catalogue.text("left", "vi")
    monkeypatch.setattr(Catalogue, "strict", False)
    assert catalogue.text("gone", "vi") == "gone"
    assert catalogue.text("left", "en") == "– left"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("key,vi,en\na,b,c\na,d,e\n", "twice"),
        ("key,vi,en\na,b,\n", "gap"),
        ("key,vi,en\na,b\n", "gap"),
        ("key,vi,en\na,b,c,d\n", "too many"),
        ("key,en,vi\na,b,c\n", "columns"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Catalogue(written(tmp_path, text))


def test_a_key_in_two_files_is_refused(tmp_path: Path) -> None:
    one = written(tmp_path, "key,vi,en\na,b,c\n", "one.csv")
    two = written(tmp_path, "key,vi,en\na,b,c\n", "two.csv")
    with pytest.raises(ValueError, match=r"two\.csv"):
        Catalogue(one, two)
