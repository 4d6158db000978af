"""`dinh seal show`: the certificate that seals documents."""

from __future__ import annotations

import argparse

from dinh.spine.documents import api as documents

HELP = "show the certificate that seals documents"


def run(arguments: list[str]) -> int:
    """Exit status 1 when it may not seal today."""
    argparse.ArgumentParser(prog="dinh seal show", description=HELP).parse_args(arguments)
    return shown(documents.seal())


def shown(seal: documents.SealRow) -> int:
    held = seal.certificate
    where = {"made": "DINH_HOME/seal, made by Đình", "file": "the file of DINH_SEAL", "pkcs11": "a token (PKCS#11)"}
    print(f"subject      {held.subject}")
    print(
        f"issuer       {held.issuer}{' — self-signed (tự ký): no authority vouches for it' if held.self_signed else ''}"
    )
    print(f"valid        {held.not_before:%Y-%m-%d} to {held.not_after:%Y-%m-%d}, {seal.days_left} days left")
    print(f"algorithm    {seal.algorithm}")
    print(f"key          {where[seal.source]}")
    print(f"SHA-256      {held.fingerprint}")
    return 0 if seal.days_left >= 0 else 1
