"""What keeps steps of a dossier at the desk, where its documents are checked and its applicant is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dinh.kernel.errors import Conflict
from dinh.spine.cases.api import CaseRow
from dinh.spine.parties.api import Actor
from dinh.systems.public_services.domain.states import DESK


def at_the_desk(case: CaseRow, actor: Actor, params: Mapping[str, Any]) -> None:
    if params.get(DESK) is not True:
        raise Conflict("services.at_the_desk", "this step is taken on the page of the dossier, under public services")
