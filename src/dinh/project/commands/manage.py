"""`dinh manage …`: Django's own management commands, for developers."""

from __future__ import annotations

from django.core.management import execute_from_command_line

HELP = "run a management command of Django"


def run(arguments: list[str]) -> int:
    execute_from_command_line(["dinh manage", *arguments])
    return 0
