"""The pages of a rollout and of a choice of sites, as far as they are alike: what is asked, how far the work is, its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dinh.kernel.errors import Conflict, DinhError
from dinh.spine.parties.api import Actor
from dinh.systems.network_5g import programme_actions as acts
from dinh.systems.network_5g import queries
from dinh.systems.network_5g.models import Choice, Rollout, Scenario
from dinh.systems.network_5g.web.scenarios import standing_names
from dinh.web.requests import actor, language
from dinh.web.words import told


@dataclass(frozen=True, slots=True)
class Programme[Kept: (Rollout, Choice), Form]:
    """One of the two: where its page is, what is kept of it, and what its form becomes."""

    page: str
    """The name of its address, and of its template."""
    kept_of: Callable[[Scenario], Kept]
    form_of: Callable[[Kept, str], Form]
    """Of what stands, in the reader's language."""
    given: Callable[[QueryDict, str], Form]
    ask: Callable[[Scenario, Form, Sequence[str], Actor], object]
    """With the names of the scenario's carriers. Raises what the page tells beside the form."""
    shows: Callable[[HttpRequest, Kept, Form], Mapping[str, Any]]
    """What the page has of its own."""
    only_looks: Callable[[QueryDict], bool] = lambda _post: False
    """Whether what was sent asks for nothing, but wants the form shown again."""


def page[Kept: (Rollout, Choice), Form](
    request: HttpRequest, id: UUID, programme: Programme[Kept, Form]
) -> HttpResponse:
    """Shown to whoever sees the scenario; asked for by whoever edits it."""
    who, tongue = actor(request), language(request)
    row = queries.scenario(id, who)
    if not row.area.ground:
        messages.info(request, _("The ground of this area is not laid yet."))
        return redirect("network_5g:area", id=row.area_id)
    carriers = [carrier.code for carrier in queries.settings(row).carriers]
    kept = programme.kept_of(row)
    form = programme.form_of(kept, tongue)
    error: DinhError | None = None
    if request.method == "POST":
        queries.require_edit(who, row)
        form = programme.given(request.POST, tongue)
        if not programme.only_looks(request.POST):
            try:
                programme.ask(row, form, carriers, who)
            except DinhError as raised:
                if raised.family == "refused":
                    raise
                error = raised
            else:
                return redirect(f"network_5g:{programme.page}", id=row.id)
    context = working(kept) | {
        "scenario": row,
        "kept": kept,
        "form": form,
        "error": error,
        "carriers": carriers,
        "standings": standing_names(),
        "generated": is_generated(row),
        "may_edit": queries.may_edit(who, row),
    }
    context |= programme.shows(request, kept, form)
    return render(request, f"network_5g/{programme.page}.html", context, status=422 if error else 200)


def stop[Kept: (Rollout, Choice), Form](
    request: HttpRequest, id: UUID, programme: Programme[Kept, Form]
) -> HttpResponse:
    who = actor(request)
    row = queries.scenario(id, who)
    try:
        acts.stop(row=programme.kept_of(row), by=who)
    except Conflict as error:
        messages.info(request, told(error))
    return redirect(f"network_5g:{programme.page}", id=row.id)


def working(kept: Rollout | Choice) -> dict[str, Any]:
    """How far the work is, for `programme_work.html`."""
    task = acts.task_of(kept)
    running = acts.is_running(task)
    return {
        "task": task,
        "running": running,
        "progress": task.done / task.total if task and running and task.total else None,
        "refused": None if running else acts.refusal_of(kept),
    }


def is_generated(row: Scenario) -> bool:
    return row.area.demo or row.masts.filter(values__generated=True).exists()
