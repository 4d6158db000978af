"""`dinh check`: whether people can sign in by what was set up for them."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import Finding
from dinh.systems.account import codes
from dinh.systems.account.feeds import vneid
from dinh.systems.account.provider import client


def findings() -> Iterator[Finding]:
    if settings.REGISTRATION and not settings.VNEID and not codes.kinds():
        yield Finding(
            "registration",
            ok=False,
            says="is open, but no code can be sent and VNeID is not set up",
            remedy="set DINH_EMAIL or DINH_SMS, or DINH_VNEID_ISSUER, or leave DINH_REGISTRATION empty",
        )
    if settings.VNEID:
        yield _vneid()


def _vneid() -> Finding:
    try:
        vneid.metadata(client())
    except DinhError:
        return Finding(
            "VNeID",
            ok=False,
            says=f"{settings.VNEID['issuer']} does not answer as an OpenID provider, or leads elsewhere; the log says why",
            remedy="look at DINH_VNEID_ISSUER and DINH_VNEID_HOSTS, and whether this machine reaches the issuer",
        )
    return Finding("VNeID", ok=True, says=f"{settings.VNEID['issuer']} answers")
