from __future__ import annotations

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "dinh.spine.requests"
    label = "requests"

    def ready(self) -> None:
        from dinh.kernel.manifests import Text
        from dinh.spine.jobs import api as jobs
        from dinh.spine.notices import api as notices
        from dinh.spine.parties import api as parties
        from dinh.spine.requests import api, holding, mirroring, opening, subscriptions, telling
        from dinh.spine.submissions import api as submissions

        submissions.declare(
            submissions.SubmissionKind(
                api.KIND, Text("Phản ánh", "Report"), "PA", opening.work, prepare=opening.prepare
            )
        )
        for event in mirroring.EVENTS:
            jobs.listen(f"case.{event}", f"requests.case_{event}", mirroring.heard)
        jobs.listen(opening.SHOWN, "requests.subscribers", subscriptions.shown)
        notices.declare(telling.KINDS)
        parties.personal.hold(holding.HOLDER)
