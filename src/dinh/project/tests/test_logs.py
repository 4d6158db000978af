"""Logs hold no secret, whichever library writes the line."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.urls import URLPattern, URLResolver, get_resolver

from dinh.kernel.manifests import registry
from dinh.project import logs

SECRET = "6f1d9c1e-98f0-4a4e-8f67-30d7a3a4d3b1"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root, out = logging.getLogger(), io.StringIO()
    handlers, level, config = root.handlers, root.level, structlog.get_config()
    logs.configure()
    root.handlers[0].setStream(out)  # type: ignore[attr-defined]
    yield out
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**config)


@pytest.mark.parametrize("path", registry.secret_paths())
def test_the_secret_part_of_an_address_is_in_no_line_of_the_log(path: str, written: io.StringIO) -> None:
    address = f"{path}{SECRET}/say/fixed/"
    structlog.get_logger("dinh.requests").warning("request", path=address, status=503, ms=1200)
    logging.getLogger("django.request").error("Internal Server Error: %s", address)
    try:
        raise ValueError(f"no answer from {address}")
    except ValueError:
        logging.getLogger("elsewhere").exception("it broke")
    said = written.getvalue()
    assert SECRET not in said
    assert said.count(f"{path}…") == 3
    assert "1200" in said


def test_other_addresses_stay_whole(written: io.StringIO) -> None:
    logging.getLogger("django.request").error("Internal Server Error: %s", "/app/reports/PA-261127-0001/")
    assert "/app/reports/PA-261127-0001/" in written.getvalue()


def test_every_address_with_a_token_of_its_own_is_declared_secret() -> None:
    """A new one is declared in its manifest, or named here with what makes it none."""
    harmless = {
        "/services/drafts/": "opens for the session that holds it",
        "/services/dossiers/": "opens for the session that holds it",
    }
    known = (*registry.secret_paths(), *harmless)
    for path in paths(get_resolver().url_patterns, "/"):
        if "<str:token>" in path or (path.startswith(("/app/", "/services/")) and "<uuid:id>" in path):
            assert path.startswith(known) or "/desk/" in path, path


def paths(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from paths(one.url_patterns, before + str(one.pattern))
        else:
            yield before + str(one.pattern)
