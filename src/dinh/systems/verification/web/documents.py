"""Whether a paper is genuine: by the code that stands on it, or by its file. Open to anyone, and nothing that is sent is kept."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dinh.kernel.errors import DinhError, Invalid, NotFound
from dinh.spine.documents import api as issued
from dinh.spine.documents.api import CheckRow, DocumentRow
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.systems.verification import queries
from dinh.systems.verification.web import bundles
from dinh.web import uploads
from dinh.web.limits import limited
from dinh.web.requests import language
from dinh.web.words import told

PDF: Final = frozenset({"application/pdf"})
LONGEST_TYPED: Final = 80


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponseBase:
    """The two ways to ask: `code`, which leads to the document's own address, or a file."""
    if request.method == "POST":
        return _compare(request)
    if "code" in request.GET:
        return _look_up(request, request.GET["code"])
    return _form(request)


@limited(60, 60, reads=True)
def _look_up(request: HttpRequest, code: str) -> HttpResponse:
    try:
        row = issued.by_code(code)
    except NotFound as error:
        return _form(request, typed=code, fault=told(error), status=404)
    return redirect("verification:document", code=_plain(row))


@limited(20, 10)
def _compare(request: HttpRequest) -> HttpResponse:
    """The file is compared by its hash, so that a broken or dangerous one is told from a genuine one all the same."""
    try:
        sent = uploads.read(request, "file", most=1)
        if not sent:
            raise Invalid("verification.no_file", "no file was chosen; choose the PDF that you received")
        content, name = sent[0]
        if not content.startswith(b"%PDF-"):
            raise Invalid(
                "verification.not_a_pdf",
                "'{name}' is no PDF; choose the file that you received, or type the code that stands on the paper",
                name=name[:100],
            )
    except Invalid as error:
        return _form(request, refused=(error,), status=422)
    return _shown(request, (found := issued.check(content)).document, found)


@require_safe
@limited(60, 60, reads=True)
def document(request: HttpRequest, code: str) -> HttpResponseBase:
    """Where the QR code leads."""
    try:
        row = issued.by_code(code)
    except NotFound as error:
        return _form(request, typed=code, fault=told(error), status=404)
    return _shown(request, row, None)


@require_safe
@limited(60, 60, reads=True)
def proof(request: HttpRequest, code: str) -> HttpResponse:
    """The proof with the leaf, which holds the file's hash and no word about anybody."""
    row = issued.by_code(code)
    found = queries.proof(row.ledger_index, None, content=True)
    response = JsonResponse(found.file, json_dumps_params={"ensure_ascii": False, "indent": 1})
    return _attached(response, f"proof-{row.ledger_index}-of-{found.size}.json")


@require_safe
@limited(60, 60, reads=True)
def bundle(request: HttpRequest, code: str) -> HttpResponse:
    row = issued.by_code(code)
    page = bundles.page(queries.bundle(row.ledger_index, content=True).file, language(request))
    return _attached(HttpResponse(page, content_type="text/html; charset=utf-8"), f"kiem-chung-{row.ledger_index}.html")


def _form(
    request: HttpRequest, *, typed: str = "", fault: str = "", refused: tuple[DinhError, ...] = (), status: int = 200
) -> HttpResponse:
    context = {
        "typed": typed[:LONGEST_TYPED],
        "fault": fault,
        "upload": uploads.field(
            "file", accept=PDF, most=1, errors=[one for one in refused if isinstance(one, Invalid)]
        ),
        "address": settings.PUBLIC_URL,
    }
    return _private(render(request, "verification/documents.html", context, status=status))


def _shown(request: HttpRequest, row: DocumentRow | None, file: CheckRow | None) -> HttpResponse:
    context: dict[str, Any] = {
        "row": row,
        "file": file,
        "standing": queries.standing(row, file),
        "address": settings.PUBLIC_URL,
    }
    if row is not None:
        named = parties.parties([row.organisation]).get(row.organisation)
        context |= {
            "organisation": named.name(language(request)) if named else row.organisation,
            "code": _plain(row),
            "signed": ledger.first_checkpoint_over(row.ledger_index),
            "newer": issued.document(row.replaced_by) if row.replaced_by else None,
        }
    else:
        context["upload"] = uploads.field("file", accept=PDF, most=1)
    return _private(render(request, "verification/document.html", context))


def _plain(row: DocumentRow) -> str:
    return row.code.replace("-", "")


def _private(response: HttpResponse) -> HttpResponse:
    """Of a paper in somebody's hands: for no cache and no search engine."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _attached(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _private(response)
