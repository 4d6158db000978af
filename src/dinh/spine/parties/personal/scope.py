"""Who may be told something of a person by that person's consent."""

from __future__ import annotations

from dinh.spine.parties.api import Actor
from dinh.spine.parties.models import ORGANISATION


def may_be_told(actor: Actor, *, person: str, to: str) -> bool:
    """The person, who hands it on; the house's own work; staff of the organisation that was consented to. A system is
    consented to as a whole: whom it shows the answer is decided by its own permissions, so any staff may act for it.
    A key is nobody's consent."""
    if actor.permissions is not None:
        return "*" in actor.permissions
    if actor.urn == person:
        return bool(person)
    return actor.is_staff and (actor.organisation == to if to.startswith(ORGANISATION) else True)
