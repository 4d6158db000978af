from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "dinh.spine.notices"
    label = "notices"

    def ready(self) -> None:
        from dinh.spine.jobs import api as jobs
        from dinh.spine.ledger import api as ledger
        from dinh.spine.notices import dispatching, holding, telling
        from dinh.spine.notices.drivers import letters
        from dinh.spine.parties import api as parties

        ledger.letters_by(letters.send)
        jobs.listen(telling.WRITTEN, "notices.send", dispatching.heard)
        jobs.every(timedelta(seconds=10), "notices.dispatch", dispatching.tick)
        jobs.every(timedelta(hours=6), "notices.purge", _purge)
        parties.personal.hold(holding.HOLDER)


def _purge() -> None:
    from dinh.spine.notices import keeping

    keeping.purge()
