"""What makes a device keep the app: its manifest."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"name": gettext("Citizen app"), "lang": get_language(), "icons": [{"src": static("citizen_app/icon-192.png")}]})
