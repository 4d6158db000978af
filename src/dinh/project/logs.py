"""Structured logs: one line an event, as text for people or JSON for machines; never a secret or a body."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence
from functools import lru_cache

import structlog

from dinh.kernel.manifests import registry
from dinh.project import environment


def without_secrets(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Every line, of whichever library, and tracebacks too: what follows a secret path is left out to the next space or mark."""
    secret = _secret(registry.secret_paths())
    return {name: secret.sub(r"\1…", value) if isinstance(value, str) else value for name, value in event.items()}


@lru_cache(maxsize=4)
def _secret(paths: Sequence[str]) -> re.Pattern[str]:
    starts = "|".join(re.escape(path) for path in sorted(paths, key=len, reverse=True))
    return re.compile(rf"({starts})[^\s?#\"'<>,;)\]}}]+" if starts else r"(?!)()")


def configure() -> None:
    """Sends the standard library's and structlog's events through one formatter to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    final: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if environment.read("DINH_LOG") == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_secrets,
                final,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("uvicorn.access").disabled = True
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
