"""Our own JSON API: every gateway's and system's router, with one way to tell errors."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError

from dinh import __doc__ as about
from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import load, registry
from dinh.project.middleware import STATUS
from dinh.web import security

api = NinjaAPI(title="Đình", version="1", description=about or "", docs_url=None, urls_namespace="api")


@api.exception_handler(DinhError)
def tell(request: HttpRequest, error: DinhError) -> HttpResponse:
    security.mark(request, error)
    return api.create_response(request, {"code": error.code, "message": error.message}, status=STATUS[error.family])


@api.exception_handler(ValidationError)
def tell_validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = "; ".join(f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors)
    return api.create_response(request, {"code": "request.invalid", "message": places}, status=422)


for _manifest in registry.manifests():
    if _manifest.api:
        api.add_router("", load(_manifest.api))
