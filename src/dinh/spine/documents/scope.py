"""Who may issue and end documents: whoever holds the permission where the organisation is, or in it."""

from __future__ import annotations

from dinh.kernel.errors import Refused
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, PartyRow

WITHDRAW = "documents.withdraw"


def reaches(actor: Actor, permission: str, organisation: PartyRow) -> bool:
    if organisation.place:
        if parties.may(actor, permission, place=organisation.place):
            return True
    elif parties.may_everywhere(actor, permission):
        return True
    return actor.organisation == organisation.urn and parties.may(actor, permission)


def require(actor: Actor, permission: str, organisation: PartyRow) -> None:
    if not reaches(actor, permission, organisation):
        raise Refused(
            "documents.not_permitted",
            "this needs the permission '{permission}' for {organisation}, where your roles do not reach; "
            "ask an administrator",
            permission=permission,
            organisation=organisation.name_vi,
        )
