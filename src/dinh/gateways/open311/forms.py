"""The two forms of every answer, and of every refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpResponse

FORMS: Final = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
ITEM: Final = {
    "services": "service", "service_requests": "request", "attributes": "attribute", "values": "value", "errors": "error",
    "endpoints": "endpoint", "formats": "format", "service_request_updates": "request_update", "media_urls": "media_url",
}  # fmt: skip
"""What an element of a list is called in XML."""


def answer(form: str, root: str, content: Any, *, status: int = 200) -> HttpResponse:
    """JSON leaves out what there is none of (the published schema knows no null), XML has it as an empty element."""
    if form == "xml":
        body = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(_element(root, content), encoding="utf-8")
    else:
        body = json.dumps(_without_nothing(content), ensure_ascii=False).encode()
    response = HttpResponse(body, content_type=FORMS.get(form, FORMS["json"]), status=status)
    response["X-Content-Type-Options"] = "nosniff"
    # Anybody's page may read what anybody may read.
    response["Access-Control-Allow-Origin"] = "*"
    return response


def refusal(form: str, status: int, description: str, code: str = "") -> HttpResponse:
    error: dict[str, Any] = {"code": status, "description": description}
    if code:
        error["reason"] = code
    return answer(form if form in FORMS else "json", "errors", [error], status=status)


def _without_nothing(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {name: _without_nothing(value) for name, value in content.items() if value is not None}
    if isinstance(content, Sequence) and not isinstance(content, str):
        return [_without_nothing(value) for value in content]
    return content


def _element(name: str, content: Any) -> Element:
    element = Element(name)
    _fill(element, name, content)
    return element


def _fill(element: Element, name: str, content: Any) -> None:
    if isinstance(content, Mapping):
        for key, value in content.items():
            _fill(SubElement(element, key), key, value)
    elif isinstance(content, Sequence) and not isinstance(content, str):
        for value in content:
            item = ITEM.get(name, "item")
            _fill(SubElement(element, item), item, value)
    elif content is not None:
        text = ("true" if content else "false") if isinstance(content, bool) else str(content)
        element.text = "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")
