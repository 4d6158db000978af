"""Errors in the words of whoever looks at the screen; machines and logs read `error.message`, which is English."""

from __future__ import annotations

from django.utils.translation import gettext

from dinh.kernel.errors import DinhError


def told(error: DinhError) -> str:
    """What happened and what to do next, in the active language."""
    return error.in_words(gettext)
