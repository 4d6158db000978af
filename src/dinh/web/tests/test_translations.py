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


@pytest.mark.parametrize("call", ['_(f"Well {1}")', '_("Well" + " A")', '_("Well {}".format(1))'])
def test_a_sentence_that_cannot_be_translated_is_found(tool: ModuleType, call: str) -> None:
    translated(tool)
    path = tool.SOURCE / "systems" / "wells" / "views.py"
    path.write_text(f"{path.read_text()}{call}\n")
    assert tool.check() == 1


def test_compiling_writes_what_django_reads(tool: ModuleType) -> None:
    translated(tool)
    assert tool.compile_() == 0
    compiled = polib.mofile(str(next(tool.SOURCE.rglob("django.mo"))))
    entry = compiled.find("Depth")
    assert entry is not None
    assert entry.msgstr == "Độ sâu"
