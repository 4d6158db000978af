"""What `dinh check` says of the seal of documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.conf import settings

from dinh.kernel import clock
from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import Finding
from dinh.spine.documents import api as documents

WARNED_DAYS: Final = 30
LOOKED_BACK: Final = timedelta(days=30)
FAILURES: Final = ("refuse", "sign")


def findings() -> Iterator[Finding]:
    try:
        seal = documents.seal()
    except DinhError as error:
        yield Finding(
            "seal", False, error.message, "correct DINH_SEAL and DINH_SEAL_PASSWORD_FILE; see docs/operators/seals.md"
        )
        return
    yield _seal(seal)
    yield _time_stamps()
    if waiting := documents.waiting_numbers():
        yield Finding("document numbers", True, f"{waiting} given out and not used; the next documents get them")


def _seal(seal: documents.SealRow) -> Finding:
    last = seal.certificate.not_after.date()
    says = f"{seal.certificate.subject}, {seal.algorithm}, until {last}"
    if seal.certificate.self_signed:
        says += "; self-signed (tự ký): no authority vouches for it"
    remedy = (
        "run: dinh seal renew"
        if seal.source == "made"
        else "ask whoever gave you the certificate for a newer one and set it as DINH_SEAL"
    )
    if seal.days_left < 0:
        return Finding("seal", False, f"{says}, which is over: nothing can be issued", remedy)
    if seal.days_left < WARNED_DAYS:
        return Finding("seal", False, f"{says}, in {seal.days_left} days", remedy)
    return Finding("seal", True, says)


def _time_stamps() -> Finding:
    if settings.TIMESTAMP_FAILURE not in FAILURES:
        return Finding(
            "time stamps", False, f"DINH_TIMESTAMP_FAILURE is '{settings.TIMESTAMP_FAILURE}'", "set refuse or sign"
        )
    if not settings.TIMESTAMP_URL:
        return Finding("time stamps", True, "none on documents; DINH_TIMESTAMP_URL names a server")
    without = documents.without_timestamp(clock.now() - LOOKED_BACK)
    if without:
        return Finding(
            "time stamps",
            False,
            f"{without} documents of the last {LOOKED_BACK.days} days bear none",
            "see that the server of DINH_TIMESTAMP_URL answers; DINH_TIMESTAMP_FAILURE=refuse issues nothing meanwhile",
        )
    return Finding("time stamps", True, "every document of the last 30 days bears one")
