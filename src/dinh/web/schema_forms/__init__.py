"""Forms drawn on the server from a JSON Schema (2020-12): the one mechanism for cases, procedures and reports.

Beside the standard keys a schema may say, in the house's own: `title`/`title_en`, `description`/`description_en`,
`x-names`/`x-names-en` (choices), `x-personal`, `x-pages`, `x-show-if`, `x-prefill`, `x-widget` (radio, checkbox, text),
`x-autocomplete`, `x-not-after`/`x-not-before` (`today` or a field), `x-pattern-text`/`x-pattern-text-en`.
"""

from __future__ import annotations

from dinh.web.schema_forms.faults import faults_of
from dinh.web.schema_forms.fields import SHORT, field_for, plain
from dinh.web.schema_forms.forms import Group, SchemaForm
from dinh.web.schema_forms.logic import condition_holds, needed, pruned, shown
from dinh.web.schema_forms.pages import Page, pages_of
from dinh.web.schema_forms.soundness import unsound
from dinh.web.schema_forms.words import Told, choices, in_words, personal_names, title_of, told_values

__all__ = [
    "SHORT",
    "Group",
    "Page",
    "SchemaForm",
    "Told",
    "choices",
    "condition_holds",
    "faults_of",
    "field_for",
    "in_words",
    "needed",
    "pages_of",
    "personal_names",
    "plain",
    "pruned",
    "shown",
    "title_of",
    "told_values",
    "unsound",
]
