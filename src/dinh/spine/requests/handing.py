"""From what somebody gives to a submission: checked as far as no register is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

from dinh.kernel.errors import Invalid, Phrase
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.files import api as files
from dinh.spine.notices import api as notices
from dinh.spine.requests import categories
from dinh.spine.requests.api import KIND, MOST_PHOTOS, Draft, ServiceRow
from dinh.spine.submissions import api as submissions
from dinh.spine.submissions.api import Receipt

LONGEST: Final = 4000
SHORTEST: Final = 5
NAMES: Final = 120
ADDRESS: Final = 300


def clean(draft: Draft) -> Draft:
    """NFC, without spaces around and without U+0000, which no register holds; addresses as they are stored."""
    said: dict[str, Any] = {
        name: nfc(_held(getattr(draft, name))).strip()
        for name in ("description", "address", "unit", "name", "email", "phone")
    }
    for name, scheme in (("email", "mailto:"), ("phone", "tel:")):
        found = notices.address(said[name])
        if found.startswith(scheme):
            said[name] = found.removeprefix(scheme)
    answers = {name: _held(value) for name, value in draft.answers.items()}
    answers = {name: value for name, value in answers.items() if value not in ("", None, [])}
    return replace(draft, **said, answers=answers)


def _held(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value


def check(draft: Draft, *, photos: int = 0) -> None:
    row = categories.service(draft.category)
    faults = _faults(clean(draft), row, photos)
    if faults:
        raise Invalid(
            "requests.incomplete",
            "some of it is missing or wrong: {faults}",
            faults="; ".join(f"{name}: {told}" for name, told in faults.items())[:1000],
            fields=faults,
        )


def _faults(draft: Draft, row: ServiceRow, photos: int) -> dict[str, str]:
    """Phrases by field, translated where they are shown."""
    faults: dict[str, str] = {}
    if len(draft.description) > LONGEST:
        faults["description"] = Phrase("It is longer than 4000 letters; say the most important.")
    elif len(draft.description) < SHORTEST and not photos:
        faults["description"] = Phrase("Say in a few words what is wrong, or add a photo.")
    longitude, latitude = draft.longitude, draft.latitude
    if (longitude is None) != (latitude is None):
        faults["place"] = Phrase("A point needs both longitude and latitude.")
    elif longitude is not None and latitude is not None:
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            faults["place"] = Phrase("This point is not on the earth; longitude and latitude may be swapped.")
    elif not draft.address and not draft.unit:
        faults["place"] = Phrase("Say where it is: a point on the map, or an address.")
    if len(draft.address) > ADDRESS:
        faults["address"] = Phrase("It is longer than 300 letters.")
    if len(draft.name) > NAMES:
        faults["name"] = Phrase("It is longer than 120 letters.")
    if draft.email and not notices.address(draft.email).startswith("mailto:"):
        faults["email"] = Phrase("This is no e-mail address; write it like ten@example.vn.")
    if draft.phone and not notices.address(draft.phone).startswith("tel:"):
        faults["phone"] = Phrase("This is no phone number; write it like 0912 345 678.")
    schema = {
        "type": "object",
        "properties": dict(row.asks),
        "required": list(row.needs),
        "additionalProperties": False,
    }
    for error in Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(dict(draft.answers)):
        if error.validator == "required":
            missing = [name for name in row.needs if name not in draft.answers]
            faults |= {f"answers.{name}": Phrase("This question needs an answer.") for name in missing}
        else:
            name = str(error.absolute_path[0]) if error.absolute_path else "*"
            faults.setdefault(f"answers.{name}", error.message[:200])
    return faults


def hand_in(draft: Draft, photos: Sequence[tuple[str, bytes]]) -> Receipt:
    if len(photos) > MOST_PHOTOS:
        raise Invalid(
            "requests.photos", "there are {count} photos; send at most {most}", count=len(photos), most=MOST_PHOTOS
        )
    for name, content in photos:
        files.check_size(len(content), name)
    check(draft, photos=len(photos))
    return submissions.accept(
        KIND,
        id=draft.id,
        payload=payload_of(clean(draft)),
        files=[("photo", name, content) for name, content in photos],
        language=draft.language,
        sender=draft.sender,
    )


def payload_of(draft: Draft) -> Mapping[str, Any]:
    said = asdict(draft)
    del said["id"]
    return said
