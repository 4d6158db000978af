"""Every contract and every lint of our own bites: each is shown one violation planted in a copy of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tools.lint_templates import faults_of as template_faults
from tools.lint_tree import faults_of as tree_faults
from tools.translations import marked_anew, old_marks

ROOT = Path(__file__).resolve().parents[2]

PLANTS = {
    "An import goes down the floors": ("src/dinh/kernel/planted.py", "import dinh.project.environment\n"),
    "Systems never import each other": ("src/dinh/systems/work/planted.py", "import dinh.systems.account.system\n"),
    "Gateways never import each other": ("src/dinh/gateways/http/planted.py", "import dinh.gateways.mqtt.gateway\n"),
    "The parts of the spine stand on each other in one order": (
        "src/dinh/spine/ledger/planted.py",
        "import dinh.spine.cases.api\n",
    ),
    "The spine is used through each part's api alone": (
        "src/dinh/systems/work/planted.py",
        "import dinh.spine.cases.models\n",
    ),
    "Inside a system: web, api and tasks, then actions, queries, models, domain": (
        "src/dinh/systems/work/domain.py",
        "import dinh.systems.work.web\n",
    ),
    "No Django in engines and kernel": ("src/dinh/engines/planted.py", "import django.db\n"),
    "The simulator and Đình know nothing of each other": (
        "src/dinh_simulator/planted.py",
        "import dinh.kernel.clock\n",
    ),
}


def run_contracts(root: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": f"{root / 'src'}:{root}", "PYTHONIOENCODING": "utf-8"}
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def contracts(output: str, verdict: str) -> set[str]:
    """Names of the contracts with that verdict; import-linter may add a note in brackets."""
    return set(re.findall(rf"^(.+?) {verdict}(?: \(.*\))?$", output, re.MULTILINE))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    ignore = shutil.ignore_patterns("__pycache__", "static", "node_modules", "locale", "*.geojson")
    for name in ("src", "tools"):
        shutil.copytree(ROOT / name, root / name, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def test_the_tree_as_it_is_keeps_every_contract(copy: Path) -> None:
    result = run_contracts(copy)
    assert result.returncode == 0, result.stdout
    assert " 0 broken" in result.stdout


def test_every_planted_violation_breaks_its_contract(copy: Path) -> None:
    originals: dict[Path, str | None] = {}
    for file, text in PLANTS.values():
        path = copy / file
        originals.setdefault(path, path.read_text(encoding="utf-8") if path.exists() else None)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(before + text, encoding="utf-8")
    try:
        result = run_contracts(copy)
    finally:
        for path, original in originals.items():
            path.write_text(original, encoding="utf-8") if original is not None else path.unlink()
    broken = contracts(result.stdout, "BROKEN")
    assert broken == set(PLANTS), result.stdout


def test_a_contract_is_planted_for_every_contract_there_is(copy: Path) -> None:
    kept = contracts(run_contracts(copy).stdout, "KEPT")
    assert kept == set(PLANTS)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{% extends 'other/page.html' %}", "another system"),
        ("{% include 'other/list.html' %}", "another system"),
        ("{% url 'other:list' %}", "use link_to"),
        ("<p style='color:red'>", "inline style"),
        ("<a onclick='go()'>", "event handler"),
        ("<script>go()</script>", "without a nonce"),
        ("<img src='https://example.org/x.png'>", "asks another host"),
        ("{{ text|safe }}", "as safe"),
        ("{% autoescape off %}", "escaping off"),
    ],
)
def test_the_template_lint_bites(text: str, fault: str) -> None:
    assert any(fault in says for _, says in template_faults("work", text))


@pytest.mark.parametrize(
    "text",
    [
        "{% extends 'house/page.html' %}{% include 'ui/pager.html' %}{% include 'work/row.html' %}{% url 'work:inbox' %}",
        "<script nonce='{{ csp_nonce }}' src='/static/x.js'></script>",
    ],
)
def test_the_template_lint_leaves_sound_templates_alone(text: str) -> None:
    assert not list(template_faults("work", text))


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("src/dinh/web/utils.py", "", "says nothing"),
        ("src/dinh/web/long.py", "x = 1\n" * 401, "two rooms"),
        ("requirements.lock", "--index-url https://py" + "pi.org/simple", "registry"),
        ("docs/x.md", "see /ro" + "ot/notes", "machine"),
        ("src/dinh/web/x.py", "_" + '(f"{name} is late")', "f-string"),
        ("src/dinh/web/x.py", "# TO" + "DO later", "unfinished"),
    ],
)
def test_the_tree_lint_bites(name: str, text: str, fault: str) -> None:
    assert any(fault in says for _, says in tree_faults(Path(name), text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Đổi khóa rồi xóa, huỷ", ["khóa", "xóa"]), ("Hủy", ["Hủy"]), ("văn bản ủy quyền", ["ủy"]), ("khỏe", ["khỏe"]),
        ("Quý, quỹ, khoá, toàn, loài, xã Hòa Tú, tỉnh Thanh Hóa", []),
    ],
)  # fmt: skip
def test_a_mark_of_tone_on_the_first_vowel_is_found_outside_of_names(text: str, found: list[str]) -> None:
    assert old_marks(text) == found


def test_a_mark_of_tone_is_put_where_most_of_the_catalogue_has_it() -> None:
    words = ["khóa", "Hủy", "tọa", "khỏe", "lũy"]
    assert [marked_anew(word) for word in words] == ["khoá", "Huỷ", "toạ", "khoẻ", "luỹ"]
