"""POST /app/report/send: a report from the app, on the disk before it has its number."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.core import signing

from dinh.kernel.errors import Invalid, Phrase
from dinh.kernel.manifests import registry
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import MOST_PHOTOS, Draft
from dinh.web.handing_in import Answer, Form, HandingIn

PATH: Final = "/app/report/send"
ACCOUNT: Final = "citizen_app.account"
"""Salt of the token by which a page tells whose report it is: no session is read here."""
ACCOUNT_FOR_S: Final = 60 * 24 * 3600
"""A draft may wait for the network for weeks."""
ANSWER: Final = "answer."


def take(form: Form) -> Answer:
    draft = draft_of(form)
    photos = [(name, content) for field, name, content in form.files if field == "photo" and content]
    receipt = requests.hand_in(draft, photos)
    follow = registry.link_path("follow", str(receipt.id)) or ""
    said = {
        "id": str(receipt.id),
        "number": receipt.number,
        "at": receipt.at.isoformat(),
        "again": receipt.again,
        "follow": follow,
    }
    return Answer(200 if receipt.again else 201, said)


def draft_of(form: Form) -> Draft:
    """Raises Invalid `requests.id`, `requests.incomplete`."""
    try:
        id = UUID(form.get("id"))
    except ValueError as error:
        raise Invalid("requests.id", "'{id}' is no UUID; open the form anew", id=form.get("id")[:60]) from error
    return Draft(
        id=id,
        category=form.get("category"),
        description=form.get("description"),
        longitude=_degrees(form, "longitude"),
        latitude=_degrees(form, "latitude"),
        address=form.get("address"),
        unit=form.get("unit"),
        answers={
            name.removeprefix(ANSWER): typed(form.get("category"), name.removeprefix(ANSWER), form.get(name))
            for name in form.values
            if name.startswith(ANSWER) and form.get(name).strip()
        },
        private=form.get("private") == "1",
        name=form.get("name"),
        email=form.get("email"),
        phone=form.get("phone"),
        language="en" if form.get("language") == "en" else "vi",
        person=person_of(form.get("account")),
        sender=form.sender,
        many=form.many,
    )


def person_of(token: str) -> str:
    """'' for anyone, and for a token that is none."""
    try:
        return str(signing.loads(token, salt=ACCOUNT, max_age=ACCOUNT_FOR_S)) if token else ""
    except signing.BadSignature:
        return ""


def typed(category: str, name: str, text: str) -> object:
    """A form's text as the question's schema wants it; what does not read as a number is left for the check to name."""
    schema = requests.service(category).asks.get(name, {})
    kind, plain = schema.get("type"), text.strip()
    if kind in ("integer", "number"):
        try:
            number = float(plain.replace(",", "."))
        except ValueError:
            return plain
        return int(number) if kind == "integer" and number.is_integer() else number
    return plain == "1" if kind == "boolean" else plain


def _degrees(form: Form, name: str) -> float | None:
    text = form.get(name).strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        place = Phrase("A point needs both longitude and latitude.")
        raise Invalid(
            "requests.incomplete", "some of it is missing or wrong: {faults}", faults=text[:40], fields={"place": place}
        ) from error


application: Final = HandingIn(PATH, take, most_files=MOST_PHOTOS)
