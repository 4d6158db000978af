"""People of a small province."""

from __future__ import annotations

from dinh.spine.parties import api as parties

PROVINCE, COMMUNE_A, COMMUNE_B = "urn:dinh:unit:2025:92", "urn:dinh:unit:2025:31500", "urn:dinh:unit:2025:31501"


def person(username: str, *grants: parties.Grant, organisation: str | None = None) -> parties.PartyRow:
    return parties.save_person(
        username=username,
        name="Nguyễn Thị Đào",
        email=f"{username}@example.vn",
        organisation=organisation,
        grants=grants,
    )
