"""Where VNeID is and how Đình is known there, from the environment; wrong settings are told at the start."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dinh.kernel.errors import Invalid
from dinh.project import environment

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def configured(*, demo: bool) -> dict[str, Any]:
    """Issuer, client_id, secret, scope, hosts and simulated; empty where VNeID is not set up. Raises Invalid `environment.vneid`."""
    issuer = environment.read("DINH_VNEID_ISSUER").rstrip("/")
    if not issuer:
        return {}
    hosts = environment.listing("DINH_VNEID_HOSTS")
    for name, address in (("DINH_VNEID_ISSUER", issuer), *(("DINH_VNEID_HOSTS", host) for host in hosts)):
        _require_origin(name, address)
    client_id, file = environment.read("DINH_VNEID_CLIENT_ID"), environment.read("DINH_VNEID_CLIENT_SECRET_FILE")
    if not client_id or not file:
        raise Invalid(
            "environment.vneid",
            "DINH_VNEID_ISSUER is set; set DINH_VNEID_CLIENT_ID and DINH_VNEID_CLIENT_SECRET_FILE as well",
        )
    try:
        secret = Path(file).expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Invalid(
            "environment.vneid",
            "DINH_VNEID_CLIENT_SECRET_FILE: {file} cannot be read ({why}); give a file that holds the secret alone",
            file=file,
            why=error.strerror or "no file",
        ) from error
    if not secret:
        raise Invalid("environment.vneid", "DINH_VNEID_CLIENT_SECRET_FILE: {file} is empty", file=file)
    scope = list(dict.fromkeys(["openid", *environment.read("DINH_VNEID_SCOPE").split()]))
    return {
        "issuer": issuer,
        "client_id": client_id,
        "secret": secret,
        "scope": scope,
        "hosts": hosts,
        "simulated": demo,
    }


def _require_origin(name: str, address: str) -> None:
    parts = urlsplit(address)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
    if not safe or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise Invalid(
            "environment.vneid",
            "{name}: '{value}' is no https:// address (http:// is taken on this machine alone)",
            name=name,
            value=address[:200],
        )


def origins(provider: dict[str, Any]) -> list[str]:
    """Where a form of Đình may lead a browser: the provider, and where it leads on to."""
    if not provider:
        return []
    found = [urlsplit(address) for address in (provider["issuer"], *provider["hosts"])]
    return list(dict.fromkeys(f"{parts.scheme}://{parts.netloc}" for parts in found))
