"""Styles within a page, so that its first picture waits for no second answer; allowed by their hash, so that the page may be
given to everybody as it is."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override

from dinh.web import assets


def styles_of(names: Sequence[str]) -> str:
    """Of built entries, each file once."""
    paths = dict.fromkeys(path for name in names if (found := assets.asset(name)) for path in found.styles)
    return "".join((assets.BUILT / path).read_text(encoding="utf-8") for path in paths)


def allow(request: HttpRequest, response: HttpResponseBase, css: str) -> HttpResponseBase:
    """These styles in this page; nothing else is let go."""
    mark = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy: dict[str, Any] = {**settings.SECURE_CSP, "style-src": [CSP.SELF, f"'sha256-{mark}'"]}
    return csp_override(policy)(lambda _request: response)(request)
