"""What the pages look up in the ledger, and how a file compares with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dinh.kernel.errors import DinhError
from dinh.spine.ledger import api as ledger
from dinh.spine.ledger.api import Entry, TreeHead
from dinh.systems.verification.domain import Consistency, Inclusion

CASE_NUMBER = re.compile(r"\d{4}-\d{6,9}")
MOST_ENTRIES = 200


class Known(StrEnum):
    """How a root in a file stands to this ledger."""

    OURS = "ours"
    NOT_OURS = "not_ours"
    LATER = "later"
    """The file speaks of more entries than this ledger has."""


def known(head: TreeHead) -> Known:
    if head.size > ledger.head().size:
        return Known.LATER
    try:
        ours = ledger.head_at(head.size)
    except DinhError:
        return Known.NOT_OURS
    return Known.OURS if ours.root == head.root else Known.NOT_OURS


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: `holds` None where it could not be."""

    what: str
    holds: bool | None


def checks_of(found: Inclusion | Consistency) -> Sequence[Check]:
    """In the order in which a person would do them; `what` is a code that the page says in words."""
    if isinstance(found, Inclusion):
        place = known(TreeHead(found.size, found.root))
        return (
            Check("leaf", found.leaf_agrees if found.leaf is not None else None),
            Check("path", found.path_leads_to_root),
            Check("ours", None if place is Known.LATER else place is Known.OURS),
        )
    first, second = known(found.first), known(found.second)
    unknown = Known.LATER in (first, second)
    return (
        Check("consistent", found.holds),
        Check("both_ours", None if unknown else first is second is Known.OURS),
    )


def entries_of_case(number: str) -> Sequence[Entry]:
    return ledger.entries(subject=f"urn:dinh:case:{number}", limit=MOST_ENTRIES)
