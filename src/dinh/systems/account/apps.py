from __future__ import annotations

from django.apps import AppConfig


class AccountConfig(AppConfig):
    name = "dinh.systems.account"
    label = "dinh_account"  # django-allauth has an application labelled "account"

    def ready(self) -> None:
        from dinh.spine.parties import api as parties
        from dinh.systems.account import holding, listeners

        listeners.connect()
        parties.personal.hold(holding.HOLDER)
