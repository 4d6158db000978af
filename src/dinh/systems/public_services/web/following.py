"""What was handed in, for its applicant: the way so far, what is asked, the fee, the result."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import Conflict, Invalid, NotFound, SourceUnavailable
from dinh.spine.files import api as files
from dinh.spine.submissions import api as submissions
from dinh.systems.public_services import fees, models
from dinh.systems.public_services.actions import attaching, desk, handing_in, paying, telling
from dinh.systems.public_services.domain.procedures import Procedure
from dinh.systems.public_services.queries import access, progress, versions
from dinh.systems.public_services.queries import desk as papers_of
from dinh.systems.public_services.web import codes, receipts
from dinh.systems.public_services.web.filling import qr
from dinh.systems.public_services.web.finishing import give, papers, take_files
from dinh.web import schema_forms
from dinh.web.limits import limited
from dinh.web.requests import actor, language
from dinh.web.schema_forms.forms import given
from dinh.web.words import told


@never_cache
@require_http_methods(["GET", "POST"])
@limited(per_minute=12, burst=12)
def by_code(request: HttpRequest) -> HttpResponse:
    """The page where a code is typed; wrong ones are all the same."""
    if request.method == "POST":
        found = access.by_code(request.POST.get("code", ""))
        if found is not None:
            codes.hold(request, *found)
            return _open(found[0])
        messages.error(
            request, _("No dossier opens with this code. Look at it again: 20 letters and digits, without O and I.")
        )
    return render(request, "public_services/follow.html", status=422 if request.method == "POST" else 200)


@never_cache
@require_safe
@limited(per_minute=12, burst=12, reads=True)
def by_link(request: HttpRequest, code: str) -> HttpResponse:
    """The link of a message or of the picture on a receipt: the code goes into the session and out of the address."""
    found = access.by_code(code)
    if found is None:
        messages.error(
            request, _("No dossier opens with this code. Look at it again: 20 letters and digits, without O and I.")
        )
        return redirect("public_services:follow")
    codes.hold(request, *found)
    return _open(found[0])


def _open(id: UUID) -> HttpResponse:
    if models.Dossier.objects.filter(pk=id).exists():
        return redirect("public_services:dossier", id=id)
    return redirect("public_services:draft", id=id)


@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """On a device that others use too."""
    codes.forget(request)
    messages.success(request, _("This device holds no code any more."))
    return redirect("public_services:front")


@never_cache
@require_safe
def dossier(request: HttpRequest, id: UUID) -> HttpResponse:
    try:
        row = codes.dossier(request, id)
    except NotFound:
        draft = access.handed_in(id, actor=actor(request), held=codes.held(request))
        submitted = submissions.of(id) if draft is not None else None
        if draft is None or submitted is None:
            raise
        code = access.code_of(draft)
        context = {
            "submitted": submitted, "procedure": versions.procedure_at(draft.procedure, draft.version), "code": code,
            "qr": qr(telling.link_of(code)),
        }  # fmt: skip
        return render(request, "public_services/dossier_soon.html", context)
    return _page(request, row)


def _page(
    request: HttpRequest,
    row: models.Dossier,
    faults: dict[str, list[Invalid]] | None = None,
    form: schema_forms.SchemaForm | None = None,
) -> HttpResponse:
    procedure = versions.procedure_at(row.procedure, row.version)
    sent = desk.open_return(row)
    asked = list(sent.findings.order_by("pk")) if sent else []
    code = access.code_of(row)
    if sent and form is None:
        editable = desk.editable_names(row, procedure, sent.answers)
        names = [name for name in procedure.form["properties"] if name in editable]
        form = schema_forms.SchemaForm(procedure.form, names, {**row.values, **sent.answers})
    wanted = desk.documents_asked(row, sent, procedure) if sent else frozenset()
    context = {
        "dossier": row,
        "procedure": procedure,
        "public": progress.shown([row])[0],
        "steps": progress.steps(row),
        "sent": sent,
        "asked": [(one, _named(one, procedure)) for one in asked],
        "form": form if sent and form and form.names else None,
        "papers": papers(row, procedure, faults or {}, [one for one in procedure.documents if one.code in wanted]),
        "held": papers_of.papers(row, procedure),
        "values": schema_forms.told_values(procedure.form, row.values),
        "payments": list(row.payments.exclude(state="begun").order_by("begun_at")),
        "balance": paying.balance(row),
        "waiting_payment": row.fee_state == "due" and row.payments.filter(state="begun").exists(),
        "bank": fees.driver(),
        "result": models.Result.objects.filter(dossier=row).first(),
        "code": "" if row.person else code,
        "qr": "" if row.person or not code else qr(telling.link_of(code)),
    }
    return render(request, "public_services/dossier.html", context, status=422 if faults else 200)


def _named(one: models.Finding, procedure: Procedure) -> str:
    if one.about == "document":
        document = procedure.document(one.target)
        return document.name.in_("vi") if document else one.target
    if one.about == "field":
        return schema_forms.title_of(one.target, procedure.form["properties"].get(one.target, {}))
    return ""


@never_cache
@require_POST
@limited(per_minute=30, burst=20)
def correct(request: HttpRequest, id: UUID) -> HttpResponse:
    row = codes.dossier(request, id)
    procedure = versions.procedure_at(row.procedure, row.version)
    properties = list(procedure.form["properties"])
    values = given(procedure.form, [name for name in properties if _was_sent(request, name)], request.POST)
    values = {name: value for name, value in values.items() if value is not None}
    names = [name for name in properties if name in desk.editable_names(row, procedure, values)]
    values = given(procedure.form, names, request.POST)
    try:
        desk.correct(row, values, explained=request.POST.get("explained", ""))
    except (Conflict, Invalid) as error:
        messages.error(request, told(error))
        faults = error.params.get("fields")
        merged = {**row.values, **values}
        form = schema_forms.SchemaForm(
            procedure.form, names, merged, faults=faults if isinstance(faults, dict) else None
        )
        return _page(request, row, form=form)
    messages.success(request, _("Your completion is with the office; the clock runs on."))
    return redirect("public_services:dossier", id=id)


def _was_sent(request: HttpRequest, name: str) -> bool:
    return any(key == name or key.startswith(f"{name}-") for key in request.POST)


@never_cache
@require_POST
@limited(per_minute=60, burst=40)
def attach(request: HttpRequest, id: UUID, document: str) -> HttpResponse:
    """Only what was found fault with takes new files."""
    row = codes.dossier(request, id)
    faults = take_files(request, row, versions.procedure_at(row.procedure, row.version), document)
    return _page(request, row, {document: faults}) if faults else redirect("public_services:dossier", id=id)


@never_cache
@require_POST
def take_out(request: HttpRequest, id: UUID, file: int) -> HttpResponse:
    row = codes.dossier(request, id)
    attaching.take_out(row, file, by=actor(request).urn)
    return redirect("public_services:dossier", id=id)


@never_cache
@require_safe
def file(request: HttpRequest, id: UUID, file: int) -> HttpResponse:
    return give(codes.dossier(request, id), file)


@never_cache
@require_safe
def result(request: HttpRequest, id: UUID) -> HttpResponse:
    """To the sealed PDF, by an address that expires."""
    row = codes.dossier(request, id)
    made = models.Result.objects.filter(dossier=row).first()
    if made is None:
        raise NotFound("services.no_result", "dossier {number} has no result yet", number=row.number)
    return redirect(files.signed_path(made.file))


@never_cache
@require_POST
@limited(per_minute=20, burst=10)
def pay(request: HttpRequest, id: UUID) -> HttpResponse:
    row = codes.dossier(request, id)
    try:
        return redirect(paying.begin(row, back=reverse("public_services:dossier", kwargs={"id": id})))
    except (Conflict, SourceUnavailable) as error:
        messages.error(request, told(error))
        return redirect("public_services:dossier", id=id)


@never_cache
@require_POST
def withdraw(request: HttpRequest, id: UUID) -> HttpResponse:
    row = codes.dossier(request, id)
    try:
        handing_in.withdraw(row)
        messages.success(request, _("The dossier is withdrawn."))
    except Conflict as error:
        messages.error(request, told(error))
    return redirect("public_services:dossier", id=id)


@never_cache
@require_safe
@limited(per_minute=20, burst=10, reads=True)
def receipt(request: HttpRequest, id: UUID) -> HttpResponse:
    """Of an online dossier for its applicant; that of the counter is printed at the desk too."""
    row = codes.dossier(request, id)
    made = receipts.pdf(row, language(request))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.number}.pdf"'
    return response
