"""The register of whoever holds personal data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dinh.spine.files import api as files
from dinh.spine.files.api import FileRow
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


def personal_files(person: str) -> Sequence[FileRow]:
    """Files that are the person's and not erased yet, whoever gave them, oldest first."""
    found: dict[str, FileRow] = {}
    for holder in _held.values():
        if holder.files is not None:
            found |= {file.urn: file for file in holder.files(person)}
    found |= {file.urn: file for file in files.files_by(person) if file.personal and not _is_claimed(file)}
    return sorted((file for file in found.values() if file.state != "erased"), key=lambda file: file.created_at)


def files_of_work(person: str) -> Sequence[FileRow]:
    """What the person gave and is not theirs alone."""
    own = {file.urn for file in personal_files(person)}
    return [file for file in files.files_by(person) if file.state != "erased" and file.urn not in own]


def _is_claimed(file: FileRow) -> bool:
    kind = file.about.removeprefix("urn:dinh:").partition(":")[0]
    return any(holder.files_about == kind for holder in _held.values() if holder.files_about)


def office_name(person: str) -> str:
    user = account_of(person)
    return user.organisation.name_vi if user and user.organisation else DELETED.vi
