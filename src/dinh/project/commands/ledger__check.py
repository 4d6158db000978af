"""`dinh ledger check`: checks a proof file offline; `python -m dinh.engines.checkpoints` is the same without Đình's set-up."""

from __future__ import annotations

from dinh.engines.checkpoints import command

HELP = "check a proof file against a signed checkpoint, without the ledger"


def run(arguments: list[str]) -> int:
    """Exit status 0 when everything holds, 1 otherwise."""
    return command.run(arguments)
