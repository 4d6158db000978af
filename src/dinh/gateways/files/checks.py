"""What `dinh check` says about files: the scanner, and the folder of the keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import Finding
from dinh.spine.files import api as files


def findings() -> Iterator[Finding]:
    yield _scanner()
    yield _keys()


def _scanner() -> Finding:
    try:
        answer = files.scanner()
    except DinhError as error:
        return Finding("virus scanner", False, error.message, "start the scanner, or correct DINH_VIRUS_SCAN")
    if not answer:
        return Finding(
            "virus scanner", True, "none is set; files are checked by what they hold alone (DINH_VIRUS_SCAN)"
        )
    return Finding("virus scanner", True, answer)


def _keys() -> Finding:
    folder = Path(settings.FILES_KEYS)
    if not folder.exists():
        return Finding("keys of files", True, "made with the first file")
    if folder.stat().st_mode & 0o077:
        return Finding("keys of files", False, f"{folder} can be read by other accounts", f"run: chmod 700 {folder}")
    return Finding("keys of files", True, f"{folder}; keep a copy apart from the backup of the files")
