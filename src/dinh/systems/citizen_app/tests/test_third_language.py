"""A catalogue of a third language carries declared names and those of offices and places: no line of code is added for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils.translation import override, trans_real

from dinh.kernel.manifests import Text
from dinh.spine.parties import api as parties
from dinh.systems.citizen_app.tests.world import SOUTH, official, reported, standing

pytestmark = pytest.mark.django_db
MADE_UP = {
    "Broken road, pothole": "ផ្លូវខូច", "How many lamps are out?": "ចង្កៀង", "To the knee": "ត្រឹមជង្គង់", "Trần Đề": "ត្រឹង-ដេ",
    "An office": "ការិយាល័យ", "Received": "បានទទួល", "Reports": "របាយការណ៍",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _ground(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path, db: None) -> Iterator[None]:
    folder = tmp_path / "locale/km/LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=1; plural=0;"}
    for english, khmer in MADE_UP.items():
        catalogue.append(polib.POEntry(msgid=english, msgstr=khmer))
    catalogue.save_as_mofile(str(folder / "django.mo"))
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    settings.LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), ("km", "ភាសាខ្មែរ")]
    with standing(monkeypatch, settings, tmp_path):
        yield
    trans_real._translations.pop("km", None)  # type: ignore[attr-defined]


@pytest.fixture
def khmer(settings: LazySettings) -> Client:
    trans_real._translations.pop("km", None)  # type: ignore[attr-defined]
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "km"
    return client


def test_categories_questions_and_their_answers_are_asked_in_it(khmer: Client) -> None:
    page = khmer.get("/app/report/").content.decode()
    for words in ("Broken road, pothole", "How many lamps are out?", "To the knee"):
        assert MADE_UP[words] in page, words
        assert words not in page, words
    assert "Damaged bridge" in page, "what the catalogue lacks stands in English"
    assert "Cầu hư hỏng" not in page


def test_offices_places_and_states_are_told_in_it(khmer: Client) -> None:
    official("binh", SOUTH)
    parties.save_organisation(id="ubnd-binh", name_vi="UBND binh", name_en="An office", place=SOUTH)
    _, number = reported("một")
    for path in ("/app/reports/", f"/app/reports/{number}/"):
        page = khmer.get(path).content.decode()
        for words in ("An office", "Trần Đề", "Received"):
            assert MADE_UP[words] in page, (path, words)


def test_it_goes_both_ways_with_the_two_languages_of_the_house_as_they_were() -> None:
    name = Text("Đã tiếp nhận", "Received")
    with override("en"):
        assert [name.in_(code) for code in ("vi", "en", "km", "en-gb")] == [
            "Đã tiếp nhận", "Received", MADE_UP["Received"], "Received",
        ]  # fmt: skip
    assert Text("", "").in_("km") == ""
