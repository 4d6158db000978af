"""The catalogue tool bites: what is missing, empty, fuzzy, broken or hidden in an f-string fails its check."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import polib
import pytest

TOOL = Path(__file__).resolve().parents[4] / "tools" / "translations.py"


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool at work on a tree with one system."""
    spec = importlib.util.spec_from_file_location("translations_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "translations_tool", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "SOURCE", tmp_path / "src" / "dinh")
    part = tmp_path / "src" / "dinh" / "systems" / "wells"
    (part / "templates" / "wells").mkdir(parents=True)
    (part / "views.py").write_text(
        'from django.utils.translation import gettext as _, ngettext\n_("Well %(name)s")\nngettext("one", "many", 2)\n'
    )
    (part / "templates" / "wells" / "page.html").write_text('{% translate "Depth" %}')
    return module


def catalogue(tool: ModuleType) -> polib.POFile:
    path = next(tool.SOURCE.rglob("django.po"))
    found: polib.POFile = polib.pofile(str(path))
    return found


def translated(tool: ModuleType) -> polib.POFile:
    assert tool.make([]) == 0
    found = catalogue(tool)
    for entry in found:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: "nhiều"}
        else:
            entry.msgstr = entry.msgid.replace("Well", "Giếng").replace("Depth", "Độ sâu")
    found.save()
    return found


def test_sentences_of_python_and_templates_land_in_the_catalogue_of_their_part(tool: ModuleType) -> None:
    tool.make([])
    assert [entry.msgid for entry in catalogue(tool)] == ["Depth", "one", "Well %(name)s"]


def test_a_complete_catalogue_passes(tool: ModuleType) -> None:
    translated(tool)
    assert tool.check() == 0


def test_what_is_translated_stays_when_the_catalogue_is_made_anew(tool: ModuleType) -> None:
    translated(tool)
    tool.make([])
    assert tool.check() == 0


@pytest.mark.parametrize("harm", ["empty", "fuzzy", "lost name", "gone", "unused"])
def test_every_fault_of_a_catalogue_is_found(tool: ModuleType, harm: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = translated(tool)
    entry = found.find("Well %(name)s")
    assert entry is not None
    if harm == "empty":
        entry.msgstr = ""
    elif harm == "fuzzy":
        entry.flags.append("fuzzy")
    elif harm == "lost name":
        entry.msgstr = "Giếng"
    elif harm == "gone":
        found.remove(entry)
    else:
        found.append(polib.POEntry(msgid="Nobody says this", msgstr="Không ai nói"))
    found.save()
    assert tool.check() == 1
    told = capsys.readouterr().out
    assert ("Nobody says this" if harm == "unused" else "Well %(name)s") in told


def test_two_parts_that_translate_a_sentence_differently_are_found(
    tool: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = translated(tool).find("Well %(name)s")
    assert entry is not None
    other = tool.SOURCE / "systems" / "pumps"
    other.mkdir(parents=True)
    (other / "views.py").write_text('from django.utils.translation import gettext as _\n_("Well %(name)s")\n')
    tool.make([])
    second = polib.pofile(str(tool.catalogue_of(other)))
    found = second.find("Well %(name)s")
    assert found is not None
    found.msgstr = f"Khác {entry.msgstr}"
    second.save()
    assert tool.check() == 1
    assert "agree, or give one a context" in capsys.readouterr().out


@pytest.mark.parametrize("call", ['_(f"Well {1}")', '_("Well" + " A")', '_("Well {}".format(1))'])
def test_a_sentence_that_cannot_be_translated_is_found(tool: ModuleType, call: str) -> None:
    translated(tool)
    path = tool.SOURCE / "systems" / "wells" / "views.py"
    path.write_text(f"{path.read_text()}{call}\n")
    assert tool.check() == 1


def with_error(tool: ModuleType, call: str) -> None:
    path = tool.SOURCE / "systems" / "wells" / "views.py"
    path.write_text(f"{path.read_text()}{call}\n")


def test_the_message_of_an_error_is_a_sentence_of_its_part(
    tool: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    translated(tool)
    with_error(tool, 'Invalid("well.deep", "{name} is too deep; " "give {most}", name=1, most=2)')
    assert tool.check() == 1
    assert "{name} is too deep; give {most}" in capsys.readouterr().out
    translated(tool)
    assert tool.check() == 0


def test_a_translated_message_keeps_its_places(tool: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with_error(tool, 'errors.Conflict("well.taken", "{name} is taken by {owner}", name=1, owner=2)')
    found = translated(tool)
    entry = found.find("{name} is taken by {owner}")
    assert entry is not None
    entry.msgstr = "{name} đã có người nhận: {ower}"
    found.save()
    assert tool.check() == 1
    told = capsys.readouterr().out
    assert "{owner}" in told
    assert "{ower}" in told


def test_the_phrases_among_an_error_s_values_are_sentences_too(tool: ModuleType) -> None:
    with_error(tool, 'Invalid("well.kind", "{why}", why=Phrase("no well"))')
    translated(tool)
    assert [entry.msgid for entry in catalogue(tool)] == ["Depth", "no well", "one", "Well %(name)s"]


def test_a_message_of_places_alone_needs_no_translation(tool: ModuleType) -> None:
    translated(tool)
    with_error(tool, 'Invalid("well.file", "{path}: {why}", path=1, why=2)')
    assert tool.check() == 0


@pytest.mark.parametrize("message", ['f"{1} is too deep"', '_("too deep")', "told", '"too " + deep'])
def test_a_message_that_screens_could_not_translate_is_found(tool: ModuleType, message: str) -> None:
    translated(tool)
    with_error(tool, f'NotFound("well.deep", {message})')
    assert tool.check() == 1


def test_the_words_of_floors_without_django_are_kept_by_the_project(tool: ModuleType) -> None:
    for floor in ("kernel", "engines"):
        assert tool.part_of(tool.SOURCE / floor / "trees" / "growing.py") == tool.SOURCE / "project"


def test_compiling_writes_what_django_reads(tool: ModuleType) -> None:
    translated(tool)
    assert tool.compile_() == 0
    compiled = polib.mofile(str(next(tool.SOURCE.rglob("django.mo"))))
    entry = compiled.find("Depth")
    assert entry is not None
    assert entry.msgstr == "Độ sâu"
