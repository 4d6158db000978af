"""Parts of a page that may fail on their own: the rest is shown, the failed part says so."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest

from dinh.kernel.errors import SourceUnavailable
from dinh.systems.operations_centre.domain.view import View, parse_view

log = structlog.get_logger("dinh.operations_centre")


def part[T](name: str, read: Callable[[], T]) -> T | None:
    """What `read` gives, or None when a source of it does not answer."""
    try:
        return read()
    except SourceUnavailable as error:
        log.warning("part.failed", part=name, code=error.code, message=error.message)
        return None


def view_of(request: HttpRequest) -> View:
    return parse_view(request.GET)
