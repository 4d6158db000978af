from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "dinh.web"
    label = "web"

    def ready(self) -> None:
        from django.core.signals import request_finished

        from dinh.kernel import tongues
        from dinh.spine.parties.api import security
        from dinh.spine.publications import api as publications
        from dinh.spine.requests import api as requests
        from dinh.web import page_cache, words

        def written(**_: Any) -> None:
            security.flush(now=False)

        request_finished.connect(written, weak=False, dispatch_uid="dinh.web.security")
        requests.on_withdrawn(page_cache.forget)
        publications.on_withdrawn(page_cache.forget)
        tongues.use(words.in_catalogue)
