"""The register of whoever holds personal data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dinh.spine.parties.models import DELETED, PERSON, User
from dinh.spine.parties.personal import Holder

LAST: Final = "account"
"""The account knows the name by which others find what they hold: it is erased when they are done."""
_held: dict[str, Holder] = {}


def hold(holder: Holder) -> None:
    _held[holder.code] = holder


def all_of_them() -> Sequence[Holder]:
    return sorted(_held.values(), key=lambda holder: (holder.code == LAST, holder.code))


def account_of(person: str) -> User | None:
    if not person.startswith(PERSON):
        return None
    return User.objects.select_related("organisation").filter(username=person.removeprefix(PERSON)).first()


def office_name(person: str) -> str:
    user = account_of(person)
    return user.organisation.name_vi if user and user.organisation else DELETED.vi
