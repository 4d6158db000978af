"""What serving needs is in the lock that serving installs: nobody notices otherwise, because tests install more."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OWN = {"dinh", "dinh_simulator"}
AT_WILL = {"pkcs11"}
"""Asked for where somebody's seal is in a token, and named by the error where it is not there."""


def imported(folder: Path) -> dict[str, str]:
    """Top-level packages that the code below a folder imports, tests aside, with a file that does."""
    found: dict[str, str] = {}
    for path in folder.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.append(node.module)
            found.update({name.split(".")[0]: str(path.relative_to(ROOT)) for name in names})
    return found


def locked(text: str) -> set[str]:
    return {name.lower().replace("_", "-") for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def test_every_package_that_is_imported_is_in_the_lock_of_serving() -> None:
    there = locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    distributions = packages_distributions()
    lacking = {
        f"{package} ({file})"
        for package, file in imported(ROOT / "src").items()
        if package not in sys.stdlib_module_names | OWN | AT_WILL
        and not {name.lower().replace("_", "-") for name in distributions.get(package, [package])} & there
    }
    assert not lacking


def test_the_check_sees_a_package_that_is_not_locked() -> None:
    assert "django" in locked("django==6.0.10 \\\n    --hash=sha256:0\n")
    assert "django-stubs-ext" not in locked("django==6.0.10 \\\n")
    assert "django" in imported(ROOT / "src" / "dinh" / "project")
