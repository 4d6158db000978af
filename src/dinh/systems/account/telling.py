"""What the parties tell about a person's data becomes a notice to that person."""

from __future__ import annotations

from datetime import datetime

from dinh.kernel.vietnamese_text import format_moment
from dinh.spine.jobs.api import Event
from dinh.spine.notices import api as notices


def copy_ready(event: Event) -> None:
    person = str(event.payload["person"])
    notices.notify("personal.ready", to=[person], key=f"copy:{event.payload['copy']}")


def erasure_asked(event: Event) -> None:
    """Also for somebody whose account another one sat at: there is a week to object."""
    person, due = str(event.payload["person"]), datetime.fromisoformat(str(event.payload["due_at"]))
    when = {language: format_moment(due, language) for language in ("vi", "en")}
    notices.notify("personal.erasure", to=[person], key=f"erasure:{event.payload['erasure']}", params={"due": when})
