"""The editor: one plain form; every button saves first, so that nothing typed is lost on the way."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError, Invalid, Refused
from dinh.kernel.vietnamese_text import slug as slug_of
from dinh.spine.publications import api as publications
from dinh.systems.publishing.web import body_form
from dinh.systems.publishing.web.forms import NewPublication
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

TEXTS = ("title_vi", "title_en", "summary_vi", "summary_en", "note_vi", "note_en")
RESERVED = {"desk", "feed"}


@require_http_methods(["GET", "POST"])
@permission("publications.write")
def new(request: HttpRequest) -> HttpResponse:
    form = NewPublication(request.POST or None, language=language(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = _create(request, form.cleaned_data)
            except (Conflict, Invalid, Refused) as error:
                form.add_error(None, told(error))
            else:
                return redirect("publishing:edit", slug=made)
    return render(request, "publishing/new.html", {"form": form}, status=status)


def _create(request: HttpRequest, data: dict[str, Any]) -> str:
    who = actor(request)
    wanted = slug_of(data["title_vi"])[:80].strip("-") or data["kind"]
    names = [wanted, *(f"{wanted}-{clock.today():%Y%m%d}{f'-{n}' if n else ''}" for n in range(20))]
    last: Conflict | None = None
    for name in names:
        if name in RESERVED:
            continue
        try:
            made = publications.create(
                slug=name,
                kind=data["kind"],
                title={"vi": data["title_vi"], "en": data["title_en"]},
                licence=data["licence"],
                place=data["place"] or None,
                organisation=who.organisation,
                by=who,
            )
        except Conflict as error:
            last = error
        else:
            return made.slug
    assert last is not None
    raise last


@require_http_methods(["GET", "POST"])
@permission("publications.write")
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    row = publications.publication(slug, actor=actor(request), permissions=("write",))
    version = publications.open_version(slug)
    if version is None or version.state != "draft":
        return redirect("publishing:work", slug=slug)
    context: dict[str, Any] = {
        "row": row,
        "version": version,
        "revision": version.revision,
        "adds": body_form.button_names(),
        "licences": publications.licences(),
        "correcting": row.current is not None,
    }
    if request.method == "GET":
        texts = {"title": version.title, "summary": version.summary, "note": version.note}
        context["texts"] = {f"{name}_{code}": words[code] for name, words in texts.items() for code in ("vi", "en")}
        context["licence"] = row.licence
        context["blocks"] = _numbered(body_form.fields_of(version.body))
        return render(request, "publishing/edit.html", context)

    what = request.POST.get("do", "save")
    blocks = body_form.moved(body_form.read(request.POST), what)
    texts_given = {name: request.POST.get(name, "") for name in TEXTS}
    revision = request.POST.get("revision", "")
    try:
        publications.save(
            slug,
            revision=int(revision) if revision.isdecimal() else 0,
            title={"vi": texts_given["title_vi"], "en": texts_given["title_en"]},
            summary={"vi": texts_given["summary_vi"], "en": texts_given["summary_en"]},
            note={"vi": texts_given["note_vi"], "en": texts_given["note_en"]},
            body=body_form.body_of(blocks),
            licence=request.POST.get("licence") or row.licence,
            by=actor(request),
        )
    except DinhError as error:
        if not isinstance(error, Conflict | Invalid):
            raise
        context |= {"texts": texts_given, "licence": request.POST.get("licence", row.licence)}
        context |= {"blocks": _numbered(blocks), "fault": told(error)}
        if error.code == "publications.stale":
            # Both texts are shown: the form holds yours, beside it stands what was saved meanwhile.
            context |= {"theirs": version}
        else:
            context["revision"] = revision
        return render(request, "publishing/edit.html", context, status=409 if isinstance(error, Conflict) else 422)
    if what in ("save", "done"):
        messages.success(request, _("Saved."))
    if what == "done":
        return redirect("publishing:work", slug=slug)
    fragment = f"#block-{len(blocks)}" if what.startswith("add:") else ""
    response = redirect("publishing:edit", slug=slug)
    response["Location"] += fragment
    return response


def _numbered(blocks: list[body_form.Fields]) -> list[body_form.Fields]:
    for number, block in enumerate(blocks, start=1):
        block.number = number
    return blocks
