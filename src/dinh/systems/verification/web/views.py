"""The public pages. Anyone sees numbers, times and hashes; what was done is shown to staff who may read the ledger."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dinh.kernel.errors import DinhError, Invalid, NotFound
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.systems.verification import domain, queries
from dinh.systems.verification.web import bundles
from dinh.web.requests import actor, language
from dinh.web.words import told

RECENT = 10
PAGE = 50


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
        "state": ledger.checkpoint_state(),
        "keys": ledger.public_keys(),
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
        "signed": ledger.first_checkpoint_over(index),
        "erased": ledger.erasure_of(found),
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
    """The proof as a file, in the tree of the newest checkpoint that covers it; `size` asks for another size."""
    found = queries.proof(index, _number(request, "size"), content=_may_read(request))
    response = JsonResponse(found.file, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="proof-{index}-of-{found.size}.json"'
    return response


@require_safe
def bundle(request: HttpRequest, index: int) -> HttpResponse:
    """The proof with everything that checks it, as one page that opens from a disk without any network."""
    found = queries.bundle(index, content=_may_read(request))
    response = HttpResponse(bundles.page(found.file, language(request)), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="kiem-chung-{index}.html"'
    return response


@require_safe
def head(request: HttpRequest) -> HttpResponse:
    """The tree head; `size` asks for an earlier one."""
    size = _number(request, "size")
    found = ledger.head() if size is None else ledger.head_at(size)
    return JsonResponse({"tree_size": found.size, "root": found.root.hex()})


@require_safe
def consistency(request: HttpRequest) -> HttpResponse:
    file = queries.consistency(_number(request, "first") or 0, _number(request, "second"))
    response = JsonResponse(file, json_dumps_params={"indent": 1, "ensure_ascii": False})
    first, second = file["first"]["tree_size"], file["second"]["tree_size"]
    response["Content-Disposition"] = f'attachment; filename="consistency-{first}-{second}.json"'
    return response


@require_safe
def checkpoints(request: HttpRequest) -> HttpResponse:
    """Signed checkpoints, newest first; `before` is the size of the last one of the page before."""
    before = _number(request, "before")
    rows = ledger.checkpoints(before=before, limit=PAGE + 1)
    keys = ledger.public_keys()
    context = {
        "state": ledger.checkpoint_state(),
        "rows": rows[:PAGE],
        "older": rows[PAGE - 1].size if len(rows) > PAGE else None,
        "first_page": before is None,
        "key": keys[-1].key if keys else "",
        "may_read": _may_read(request),
    }
    return render(request, "verification/checkpoints.html", context)


@require_safe
def checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    """One note as it was signed."""
    found = ledger.checkpoint_of(size)
    if found is None:
        raise NotFound("verification.no_checkpoint", "no checkpoint was signed over {size} entries", size=size)
    response = HttpResponse(found.note, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="checkpoint-{size}.txt"'
    return response


@require_safe
def log(request: HttpRequest) -> StreamingHttpResponse:
    """Every note, oldest first, as the house's own file holds them."""
    notes = (f"{note}\n" for note in ledger.checkpoint_notes())
    response = StreamingHttpResponse(notes, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="checkpoints.txt"'
    return response


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    rows = ledger.public_keys()
    context = {"rows": rows[::-1], "broken": any(not row.follows for row in rows)}
    return render(request, "verification/keys.html", context)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Checks a proof file that was pasted or uploaded; nothing of it is kept."""
    context: dict[str, Any] = {"text": "", "keys": ledger.public_keys()}
    status = 200
    if request.method == "POST":
        try:
            text = _given(request)
            context["text"] = text
            found = domain.read_proof(text)
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
                "certain": all(one.holds for one in checks if one.what not in ("leaf", "signed")),
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
