"""What Django's own forms and password checks say, so that our catalogue can say it better than Django's.

The catalogues of `dinh.web` come before those of `django.contrib.auth` and of Django itself.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

SAID_BY_DJANGO: Final = (
    _("This field is required."),
    _("This field cannot be blank."),
    _("Enter a whole number."),
    _("Enter a number."),
    _("Enter a valid date/time."),
    _("Enter a valid email address."),
    _("Enter a valid value."),
    _("Enter a list of values."),
    _("Null characters are not allowed."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    _("The password is too similar to the %(verbose_name)s."),
    _("This password is too common."),
)
