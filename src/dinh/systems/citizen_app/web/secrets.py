"""Pages whose address is a secret: kept by nobody on the way, told to no other page, found by no search."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control

from dinh.web.requests import without_token

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def by_secret_address[**P](view: View[P]) -> View[P]:
    """A session counts for nothing here, and who does not know the address can forge nothing: so no token is asked.
    (With no referrer browsers send no origin either, and Django's check would refuse every form.)"""

    @wraps(view)
    def kept(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        patch_cache_control(response, private=True, no_store=True)
        return response

    return without_token(kept)
