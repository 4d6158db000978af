"""The last pages of a draft: the applicant, the documents, the look through, handing in; and its code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import Conflict, DinhError, Invalid, SourceUnavailable
from dinh.spine.files import api as files
from dinh.spine.notices import api as notices
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import attaching, drafts, handing_in
from dinh.systems.public_services.domain import folders, rules
from dinh.systems.public_services.domain.procedures import Document, Procedure
from dinh.systems.public_services.models.dossiers import COUNTER
from dinh.systems.public_services.web import codes
from dinh.systems.public_services.web.catalogue import communes
from dinh.systems.public_services.web.filling import APPLICANT, DOCUMENTS, REVIEW, beside
from dinh.systems.public_services.web.forms import ApplicantForm
from dinh.web import schema_forms, uploads
from dinh.web.limits import Bucket, limited
from dinh.web.requests import actor
from dinh.web.words import told

A_PERSON: Final = Bucket(per_second=5 / 86_400, burst=5)
"""Codes that go to one address in a day, of whatever drafts: nobody's telephone rings for drafts that others begin."""


@never_cache
@require_http_methods(["GET", "POST"])
def applicant(request: HttpRequest, id: UUID) -> HttpResponse:
    row = codes.draft(request, id)
    procedure = folders.procedure(row.procedure)
    known = drafts.record_of(actor(request)) if row.person else {}
    begun = {
        "name": row.name or known.get("name", ""), "phone": row.phone, "email": row.email, "acting": row.acting,
        "acting_for": row.acting_for,
    }  # fmt: skip
    form = ApplicantForm(request.POST or None, initial=begun, signed_in=bool(row.person))
    if request.method == "POST":
        if request.POST.get("do") == "back":
            return redirect("public_services:draft", id=id)
        try:
            if row.channel != COUNTER and request.POST.get("place"):
                drafts.set_place(row, request.POST["place"])
            if form.is_valid():
                drafts.set_applicant(row, **form.cleaned_data)
                return redirect("public_services:documents", id=id)
        except (Conflict, Invalid) as error:
            form.add_error(None, told(error))
    context = beside(request, row, procedure, APPLICANT) | {"form": form, "places": communes(request)}
    return render(request, "public_services/draft_applicant.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def documents(request: HttpRequest, id: UUID) -> HttpResponse:
    return _documents(request, codes.draft(request, id), {})


def _documents(request: HttpRequest, row: models.Draft, faults: dict[str, list[Invalid]]) -> HttpResponse:
    procedure = folders.procedure(row.procedure)
    context = beside(request, row, procedure, DOCUMENTS) | {"papers": papers(row, procedure, faults)}
    return render(request, "public_services/draft_documents.html", context, status=422 if faults else 200)


def papers(
    row: models.Draft | models.Dossier,
    procedure: Procedure,
    faults: dict[str, list[Invalid]],
    documents: Iterable[Document] | None = None,
) -> list[dict[str, Any]]:
    """Each document that is asked for, with its files and its field for more."""
    held = list(models.Attachment.objects.filter(dossier=row.pk, dropped_at__isnull=True).order_by("pk"))
    return [
        {
            "document": one,
            "files": [file for file in held if file.document == one.code],
            "upload": uploads.field(accept=frozenset(attaching.ACCEPT), most=one.most, errors=faults.get(one.code, ())),
        }
        for one in (rules.documents_for(procedure, row.values) if documents is None else documents)
    ]


@never_cache
@require_POST
@limited(per_minute=60, burst=40)
def attach(request: HttpRequest, id: UUID, document: str) -> HttpResponse:
    row = codes.draft(request, id)
    faults = take_files(request, row, folders.procedure(row.procedure), document)
    if faults:
        return _documents(request, row, {document: faults})
    return redirect("public_services:documents", id=id)


def take_files(
    request: HttpRequest, row: models.Draft | models.Dossier, procedure: Procedure, document: str
) -> list[Invalid]:
    """What is sound is kept; every fault comes back, each with its file's name."""
    found, refused = uploads.read_each(request)
    faults = list(refused)
    for content, name in found:
        try:
            attaching.attach(row, procedure, document, content=content, name=name, by=actor(request).urn)
        except Invalid as error:
            faults.append(error)
        except SourceUnavailable as error:
            faults.append(Invalid(error.code, "{says}", says=told(error)))
    if not found and not refused:
        faults.append(Invalid("services.no_file_chosen", "choose a file first"))
    return faults


@never_cache
@require_POST
def take_out(request: HttpRequest, id: UUID, file: int) -> HttpResponse:
    row = codes.draft(request, id)
    attaching.take_out(row, file, by=actor(request).urn)
    messages.success(request, _("The file is taken out."))
    return redirect("public_services:documents", id=id)


@never_cache
@require_safe
def file(request: HttpRequest, id: UUID, file: int) -> HttpResponse:
    return give(codes.draft(request, id), file)


def give(row: models.Draft | models.Dossier, number: int) -> HttpResponse:
    """To an address of the file that expires."""
    from dinh.kernel.errors import NotFound

    held = models.Attachment.objects.filter(pk=number, dossier=row.pk).first()
    if held is None:
        raise NotFound("services.no_file", "this file is not there any more")
    return redirect(files.signed_path(held.file))


@never_cache
@require_safe
def review(request: HttpRequest, id: UUID) -> HttpResponse:
    row = codes.draft(request, id)
    procedure = folders.procedure(row.procedure)
    lacking = handing_in.lacking(row)
    values = schema_forms.pruned(procedure.form, row.values)
    told_values = schema_forms.told_values(procedure.form, values)
    missing: dict[str, list[str]] = {}
    sections = []
    for page in schema_forms.pages_of(procedure.form):
        properties = procedure.form["properties"]
        missing[page.code] = [
            f"{schema_forms.title_of(name, properties[name])}: {said}"
            for path, said in lacking.fields.items()
            for name in [path.partition("-")[0]]
            if name in page.fields
        ]
        sections.append((page, [one for one in told_values if one.of in page.fields], missing[page.code]))
    context = beside(request, row, procedure, REVIEW) | {
        "sections": sections,
        "papers": papers(row, procedure, {}),
        "lacking": lacking,
        "reckoned": rules.fee_for(procedure, values, counter=row.channel == COUNTER),
        "span": rules.deadline_for(procedure, values),
    }
    return render(request, "public_services/draft_review.html", context)


@never_cache
@require_POST
@limited(per_minute=30, burst=20)
def hand_in(request: HttpRequest, id: UUID) -> HttpResponse:
    """Sent twice, it is handed in once."""
    from dinh.kernel.errors import NotFound
    from dinh.systems.public_services.queries import access

    try:
        row = codes.draft(request, id)
    except NotFound:
        if access.handed_in(id, actor=actor(request), held=codes.held(request)) is None:
            raise
        return redirect("public_services:dossier", id=id)
    try:
        if row.channel == COUNTER:
            made = handing_in.hand_in_at_once(row)
            messages.success(
                request, _("Taken in as %(number)s. Print the receipt for the person.") % {"number": made.number}
            )
            return redirect("public_services:desk-dossier", id=id)
        handing_in.hand_in(row)
    except (Invalid, SourceUnavailable) as error:
        messages.error(request, told(error))
        return redirect("public_services:review", id=id)
    return redirect("public_services:dossier", id=id)


@never_cache
@require_POST
@limited(per_minute=6, burst=5)
def send_code(request: HttpRequest, id: UUID) -> HttpResponse:
    row = codes.draft(request, id)
    to = request.POST.get("to", "").strip()[:254]
    address = notices.address(to)
    try:
        if not address:
            raise Invalid("services.code_to", "write an e-mail address, or a telephone number like 0912 345 678")
        if A_PERSON.wait_s(address):
            raise Conflict(
                "services.code_enough", "enough codes went to this address today; write the code down from this page"
            )
        drafts.send_code(row, to=address)
        messages.success(request, _("The code is on its way to %(to)s.") % {"to": to})
    except (Conflict, Invalid) as error:
        messages.error(request, told(error))
    return redirect("public_services:draft", id=id)


@never_cache
@require_POST
def prefill(request: HttpRequest, id: UUID) -> HttpResponse:
    """The button is the consent: it says what is taken, and nothing that is filled in already is touched."""
    row = codes.draft(request, id)
    names = drafts.prefill(row, by=actor(request))
    messages.success(request, _("Filled in from your account: %(n)d answers.") % {"n": len(names)})
    return redirect("public_services:draft", id=id)


@never_cache
@require_POST
def claim(request: HttpRequest, id: UUID) -> HttpResponse:
    row = codes.draft(request, id)
    drafts.claim(row, by=actor(request))
    messages.success(request, _("The draft belongs to your account now."))
    return redirect("public_services:draft", id=id)


@never_cache
@require_POST
def drop(request: HttpRequest, id: UUID) -> HttpResponse:
    row = codes.draft(request, id)
    try:
        drafts.drop(row, by=actor(request).urn)
        messages.success(request, _("The draft and its files are erased."))
    except DinhError as error:
        messages.error(request, told(error))
    return redirect("public_services:mine")
