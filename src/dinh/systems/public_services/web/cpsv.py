"""A procedure in the words of CPSV-AP 3.2 (SEMIC), as JSON-LD."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings

from dinh.kernel.manifests import Text
from dinh.systems.public_services.domain.procedures import Procedure

CONTEXT: Final = {
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def described(one: Procedure) -> dict[str, Any]:
    address = f"{settings.PUBLIC_URL}/services/procedures/{one.slug}/"
    days = f"P{one.deadline.usual.amount}D"
    return {
        "@context": CONTEXT,
        "@id": address,
        "@type": "cpsv:PublicService",
        "dct:identifier": one.code,
        "dct:title": _said(one.name),
        "dct:description": _said(one.summary),
        "cv:thematicArea": _said(one.domain),
        "cv:processingTime": {"@type": "xsd:duration", "@value": days},
        "cv:hasCompetentAuthority": {"@type": "cv:PublicOrganisation", "dct:title": _said(one.authority)},
        "cv:isDescribedAt": {"@id": one.source},
        "cv:isClassifiedBy": [{"dct:identifier": code} for code in one.life_events],
        "cv:hasInputType": [
            {"@type": "cv:EvidenceType", "dct:identifier": paper.code, "dct:title": _said(paper.name)} for paper in one.documents
        ],
        "cpsv:produces": {"@type": "cpsv:Output", "dct:title": _said(one.output.name)},
        "cpsv:follows": {"@type": "cpsv:Rule", "dct:description": [_said(step) for step in one.steps]},
        "cv:hasLegalResource": [
            {"@type": "eli:LegalResource", "dct:identifier": law.number, "dct:title": _said(law.title)} for law in one.laws
        ],
        "cv:hasCost": []
        if one.fee is None
        else [{"@type": "cv:Cost", "cv:value": one.fee.amount, "cv:currency": "VND", "dct:description": _said(one.fee.basis)}],
        "cv:hasChannel": [{"@type": "cv:Channel", "dct:type": "online", "cv:url": address}, {"@type": "cv:Channel", "dct:type": "counter"}],
        "cv:hasParticipation": [{"@type": "cv:Participation", "dct:description": _said(who)} for who in one.who],
    }  # fmt: skip


def _said(text: Text) -> list[dict[str, str]]:
    return [{"@language": "vi", "@value": text.vi}, {"@language": "en", "@value": text.en}]
