"""`dinh seal renew`: a new key and certificate in the place of those that Đình made."""

from __future__ import annotations

import argparse

from dinh.project.commands.seal__show import shown
from dinh.spine.documents import api as documents

HELP = "make a new key and self-signed certificate for documents; earlier documents stay valid"


def run(arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="dinh seal renew", description=HELP).parse_args(arguments)
    return shown(documents.renew_seal())
