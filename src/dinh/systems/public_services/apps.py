from __future__ import annotations

from django.apps import AppConfig


class PublicServicesConfig(AppConfig):
    name = "dinh.systems.public_services"
    label = "public_services"

    def ready(self) -> None:
        from dinh.spine.parties import api as parties
        from dinh.spine.submissions import api as submissions
        from dinh.systems.public_services import holding
        from dinh.systems.public_services.actions import handing_in

        parties.personal.hold(holding.HOLDER)
        submissions.declare(handing_in.SUBMISSION)
