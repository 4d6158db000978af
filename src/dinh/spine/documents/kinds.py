"""Kinds of documents: those that manifests declare, and those that parts of the spine declare when they start."""

from __future__ import annotations

from typing import Final

from dinh.kernel.errors import Invalid, NotFound
from dinh.kernel.manifests import registry
from dinh.kernel.specs import DocumentKindSpec, Text
from dinh.spine.documents import domain

_declared: Final[dict[str, DocumentKindSpec]] = {}


def declare(spec: DocumentKindSpec) -> None:
    domain.check_template(spec.number)
    if _declared.setdefault(spec.code, spec) != spec:
        raise Invalid(
            "documents.kind_twice", "the kind of document '{kind}' is declared twice, differently", kind=spec.code
        )


def kind(code: str) -> DocumentKindSpec:
    """Raises NotFound `documents.no_kind`, Invalid `documents.number`."""
    found = next((spec for spec in (*registry.documents(), *_declared.values()) if spec.code == code), None)
    if found is None:
        raise NotFound(
            "documents.no_kind",
            "there is no kind of document '{kind}'; declare it in a manifest's `documents`",
            kind=code[:100],
        )
    domain.check_template(found.number)
    return found


def name(code: str) -> Text:
    """Of a kind that no system declares any more the code itself."""
    try:
        return kind(code).name
    except NotFound:
        return Text(code, code)
