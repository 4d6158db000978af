"""`dinh migrate`: brings the registers to the present shape and declares what manifests declare."""

from __future__ import annotations

from django.core.management import call_command

HELP = "bring the registers up to date"


def run(arguments: list[str]) -> int:
    call_command("migrate", interactive=False, verbosity=0)
    return 0
