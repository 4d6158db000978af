"""The thin shell: intake, live stream and tiles are answered here, Django stands behind."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dinh.project.settings")

import django

django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402 - after django.setup

from dinh.kernel.manifests import load, registry  # noqa: E402
from dinh.project.in_threads import InThreads  # noqa: E402
from dinh.spine.publications import api as publications  # noqa: E402
from dinh.spine.requests import api as requests  # noqa: E402
from dinh.web import live, static_files  # noqa: E402
from dinh.web.limits import Shedder  # noqa: E402
from dinh.web.page_cache import PageCache  # noqa: E402

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def _fast_paths() -> dict[str, Application]:
    declared: dict[str, Application] = {
        path: load(manifest.asgi) for manifest in registry.manifests() if manifest.asgi for path in manifest.asgi_paths
    }
    return {"/live": live.application, settings.STATIC_URL: static_files.application, **declared}


class Shell:
    """Longest matching prefix of a declared fast path wins; an application may pass a request on by
    raising `PassOn` before it has read or sent anything (see `dinh.web.asgi`)."""

    def __init__(self, fallback: Application, fast: dict[str, Application]) -> None:
        self.fallback = fallback
        self.fast = sorted(fast.items(), key=lambda item: -len(item[0]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            from dinh.web.asgi import PassOn

            for prefix, application in self.fast:
                if scope["path"].startswith(prefix):
                    try:
                        await application(scope, receive, send)
                    except PassOn:
                        break
                    else:
                        return
        await self.fallback(scope, receive, send)


def _paths(name: str) -> tuple[str, ...]:
    return tuple(path for manifest in registry.manifests() for path in getattr(manifest, name))


shedder = Shedder(
    Shell(InThreads(), _fast_paths()),  # type: ignore[arg-type]
    intake=_paths("intake_paths"),
    first=_paths("first_to_go"),
    then=_paths("next_to_go"),
)
application: Application = PageCache(shedder, stamp=lambda: (requests.withdrawn_at(), publications.withdrawn_at()))
