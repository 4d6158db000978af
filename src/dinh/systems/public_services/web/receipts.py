"""The receipt as a PDF: what was taken in, what is missing, when it is due, and a picture that opens it."""

from __future__ import annotations

import io
from importlib.resources import files
from typing import Any, Final

import segno
from django.utils.translation import gettext as _
from django.utils.translation import override

from dinh.kernel import clock
from dinh.kernel.vietnamese_text import format_moment
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import telling
from dinh.systems.public_services.queries import access, desk, progress, versions
from dinh.web import typesetting

PAGE: Final = "print_receipt.txt"


def pdf(row: models.Dossier, language: str) -> bytes:
    """Raises SourceUnavailable `typesetting.failed`."""
    code = access.code_of(row)
    drawn = io.BytesIO()
    segno.make(telling.link_of(code), error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, omitsize=True, border=2
    )
    with override(language):
        data = _data(row, language, code) | {"qr": drawn.getvalue().decode("utf-8")}
    page = (files("dinh.systems.public_services") / PAGE).read_text(encoding="utf-8")
    return typesetting.typeset_apart(page, data)


def _data(row: models.Dossier, language: str, code: str) -> dict[str, Any]:
    procedure = versions.procedure_at(row.procedure, row.version)
    public = progress.shown([row])[0]
    papers = desk.papers(row, procedure)
    due = (
        format_moment(row.due_at, language)
        if row.due_at
        else _("stands still until the fee is paid or the dossier completed")
    )
    fee = telling.money(row.fee)[language]
    facts = [
        (_("Number of the dossier"), row.number),
        (_("Procedure"), procedure.name.in_(language)),
        (_("Office"), public.office.in_(language)),
        (_("Applicant"), row.name),
        (_("Received"), format_moment(row.handed_in_at, language)),
        (_("Result due"), due),
    ]
    if row.acting_for:
        facts.insert(4, (_("On behalf of"), row.acting_for))
    if row.fee:
        facts.append((_("Fee"), f"{fee} đồng"))
    return {
        "language": language,
        "dated": clock.now().isoformat(),
        "title": _("Receipt and appointment slip"),
        "author": public.office.in_(language),
        "facts": facts,
        "taken_heading": _("Taken in"),
        "taken": [f"{one.document.name.in_(language)} ({len(one.files)})" for one in papers if one.files],
        "missing_heading": _("Still missing"),
        "missing": [one.document.name.in_(language) for one in papers if not one.files and one.document.required],
        "nothing": _("no papers"),
        "follow": _(
            "Follow the dossier with this picture or code. Whoever has it can open the dossier: keep it to yourself."
        ),
        "code": code,
        "simulated": _("simulated data") if row.simulated else "",
    }
