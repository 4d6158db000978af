from __future__ import annotations

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "dinh.spine.documents"
    label = "documents"

    def ready(self) -> None:
        from dinh.spine.documents import holding
        from dinh.spine.parties import api as parties

        parties.personal.hold(holding.HOLDER)
