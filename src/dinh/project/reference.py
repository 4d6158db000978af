"""The reference of the JSON API as a page of the house: drawn from the same OpenAPI document that machines read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

METHODS = ("get", "post", "put", "patch", "delete")


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    from dinh.project.api import api

    document: Mapping[str, Any] = api.get_openapi_schema()
    groups: dict[str, list[dict[str, Any]]] = {}
    for operation in _operations(document):
        groups.setdefault(operation["group"], []).append(operation)
    return render(request, "project/reference.html", {"groups": groups, "version": document["openapi"]})


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            yield {
                "group": (operation.get("tags") or [path.strip("/").split("/")[2]])[0],
                "method": method.upper(),
                "path": path,
                "summary": operation.get("summary", ""),
                "description": operation.get("description", ""),
                "parameters": [
                    {
                        "name": parameter["name"],
                        "where": parameter["in"],
                        "required": parameter.get("required", False),
                        "kind": _kind(parameter.get("schema", {})),
                        "description": parameter.get("description")
                        or parameter.get("schema", {}).get("description", ""),
                    }
                    for parameter in operation.get("parameters", [])
                ],
                "bodies": list(operation.get("requestBody", {}).get("content", {})),
                "answers": [
                    {"status": status, "says": answer.get("description", "")}
                    for status, answer in operation.get("responses", {}).items()
                ],
            }


def _kind(schema: Mapping[str, Any]) -> str:
    """The type of a parameter in words: alternatives by «|», null left out."""
    if "anyOf" in schema:
        return " | ".join(kind for kind in map(_kind, schema["anyOf"]) if kind != "null")
    kind = str(schema.get("type", ""))
    if kind == "array":
        return f"{_kind(schema.get('items', {}))}[]"
    return str(schema.get("format", kind))
