"""The public pages. Anyone sees numbers, times and hashes; what was done is shown to staff who may read the ledger."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dinh.kernel.errors import DinhError, Invalid
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.systems.verification import domain, queries
from dinh.web.requests import actor
from dinh.web.words import told

RECENT = 10


def _may_read(request: HttpRequest) -> bool:
    return parties.may(actor(request), "ledger.read")


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """`q` is the number of an entry or of a case."""
    asked = request.GET.get("q", "").strip()
    fault = ""
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        return redirect("verification:entry", index=int(asked))
    if queries.CASE_NUMBER.fullmatch(asked):
        return redirect("verification:case", number=asked)
    if asked:
        fault = _(
            "“{asked}” is neither the number of an entry, such as 128, nor of a case, such as 2026-000123."
        ).format(asked=asked[:60])
    context = {
        "head": ledger.head(),
        "recent": ledger.latest_entries(limit=RECENT),
        "may_read": _may_read(request),
        "asked": asked,
        "fault": fault,
    }
    return render(request, "verification/overview.html", context)


@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    proof = ledger.inclusion_proof(index)
    may_read = _may_read(request)
    found = proof.entry
    context = {
        "entry": found,
        "head": proof.head,
        "path": proof.path,
        "may_read": may_read,
        "holds": ledger.check_proof(proof),
        "data": json.dumps(dict(found.data), ensure_ascii=False, indent=2, sort_keys=True) if may_read else "",
        "previous": index - 1 if index else None,
        "next": index + 1 if index + 1 < proof.head.size else None,
    }
    return render(request, "verification/entry.html", context)


@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    context = {
        "number": number,
        "entries": queries.entries_of_case(number) if queries.CASE_NUMBER.fullmatch(number) else (),
        "may_read": _may_read(request),
    }
    return render(request, "verification/case.html", context)


@require_safe
def proof(request: HttpRequest, index: int) -> HttpResponse:
    """The proof as a file; `size` asks for it in the tree of an earlier size."""
    found = ledger.inclusion_proof(index, _number(request, "size"))
    leaf = ledger.leaf_text(found.entry) if _may_read(request) else None
    response = JsonResponse(domain.written(found, leaf), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="proof-{index}-of-{found.head.size}.json"'
    return response


@require_safe
def head(request: HttpRequest) -> HttpResponse:
    """The tree head; `size` asks for an earlier one."""
    size = _number(request, "size")
    found = ledger.head() if size is None else ledger.head_at(size)
    return JsonResponse({"tree_size": found.size, "root": found.root.hex()})


@require_safe
def consistency(request: HttpRequest) -> HttpResponse:
    first = ledger.head_at(_number(request, "first") or 0)
    size = _number(request, "second")
    second = ledger.head() if size is None else ledger.head_at(size)
    path = ledger.consistency_proof(first.size, second.size)
    response = JsonResponse(domain.written_consistency(first, second, path), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = f'attachment; filename="consistency-{first.size}-{second.size}.json"'
    return response


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Checks a proof file that was pasted or uploaded; nothing of it is kept."""
    context: dict[str, Any] = {"text": ""}
    status = 200
    if request.method == "POST":
        try:
            text = _given(request)
            context["text"] = text
            found = domain.read(text)
        except DinhError as error:
            context["fault"], status = told(error), 422
        else:
            context["text"] = ""
            checks = queries.checks_of(found)
            context |= {
                "found": found,
                "inclusion": isinstance(found, domain.Inclusion),
                "checks": checks,
                "holds": all(one.holds is not False for one in checks),
                "certain": all(one.holds for one in checks if one.what != "leaf"),
            }
    return render(request, "verification/check.html", context, status=status)


def _given(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("text", "")
    if file.size is None or file.size > domain.LARGEST:
        raise Invalid("verification.file", "the file is larger than a proof can be; choose the file of a proof")
    try:
        text: str = file.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid("verification.file", "the file is not text; choose the file of a proof") from error
    return text


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid("verification.number", "'{name}' is '{value}'; give a whole number", name=name, value=text[:40])
    return int(text)
