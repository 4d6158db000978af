"""A house may bring a language of its own."""

from __future__ import annotations

from pathlib import Path

from dinh.project import discovery


def test_a_compiled_catalogue_in_the_house_is_a_language_that_people_may_choose(tmp_path: Path) -> None:
    for code in ("km", "vi", "xx-nowhere", "fr"):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / ("django.po" if code == "fr" else "django.mo")).touch()
    assert discovery.further_languages(tmp_path) == [("km", "ភាសាខ្មែរ")]
    assert discovery.further_languages(tmp_path / "none") == []
