"""A procedure as its folder declares it, in the terms of CPSV-AP 3: who, what, documents, fee, deadline, law, output."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any, Final

from dinh.kernel.specs import Text

COMMUNE: Final = "commune"
PROVINCE: Final = "province"
LEVELS: Final = (COMMUNE, PROVINCE)
"""Two levels of government since 1 July 2025; there is no district."""
FULL: Final = "full"
PARTIAL: Final = "partial"
KINDS: Final = {
    FULL: Text("Toàn trình", "Fully online"),
    PARTIAL: Text("Một phần", "Partly online"),
}
"""Decree 42/2022/NĐ-CP, article 3: what replaced the levels 4 and 3 of Decree 43/2011/NĐ-CP."""
FORMER_LEVEL: Final = {FULL: 4, PARTIAL: 3}
WORKING_DAY: Final = timedelta(hours=7, minutes=30)
"""Of office hours."""
LIFE_EVENTS: Final = {
    "birth": Text("Sinh con", "Having a child"),
    "marriage": Text("Hôn nhân và gia đình", "Marriage and family"),
    "death": Text("Người thân qua đời", "A death in the family"),
    "papers": Text("Giấy tờ cá nhân", "Personal papers"),
    "home": Text("Nhà ở, xây dựng", "Home and building"),
    "business": Text("Kinh doanh", "Running a business"),
    "road": Text("Đường sá, vỉa hè", "Roads and pavements"),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A paper that is asked for (cv:Evidence). `when` names answers of the form that make it asked; empty is always."""

    code: str
    name: Text
    help: Text
    required: bool
    when: Mapping[str, Any]
    most: int
    """Files at most."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """Who pays nothing: where the answers of the form are these."""

    code: str
    name: Text
    when: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fee:
    """Đồng. `counter` stands in for `amount` at the counter; `times` names a field that it is multiplied by."""

    name: Text
    amount: int
    counter: int | None
    times: str
    basis: Text
    due: str
    """at_once, when the dossier is handed in, or on_request of the official."""
    refundable: bool
    exemptions: Sequence[Exemption]


@dataclass(frozen=True, slots=True)
class Span:
    """`unit` is working_days or days; days run on through weekends and holidays. `code` is '' for the usual one. What comes before
    `same_day_until` has its result on the same day, what comes later on the next working day."""

    amount: int
    unit: str
    code: str = ""
    when: Mapping[str, Any] = field(default_factory=dict)
    same_day_until: time | None = None

    @property
    def time(self) -> timedelta:
        return WORKING_DAY * self.amount if self.unit == "working_days" else timedelta(days=self.amount)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The usual time, and others for certain answers."""

    usual: Span
    note: Text
    variants: Sequence[Span]

    @property
    def all(self) -> Sequence[Span]:
        return (self.usual, *self.variants)


@dataclass(frozen=True, slots=True)
class Law:
    """A legal resource (eli:LegalResource) by its number."""

    number: str
    title: Text


@dataclass(frozen=True, slots=True)
class OutputField:
    """What the official fills in for the result, beside what the dossier holds."""

    code: str
    name: Text
    required: bool
    most: int


@dataclass(frozen=True, slots=True)
class Output:
    """What comes of it. `number` is written with {sequence} and {year}."""

    name: Text
    number: str
    fields: Sequence[OutputField]


@dataclass(frozen=True, slots=True)
class Procedure:
    """`raw` is all of the folder as JSON: what a dossier keeps of the procedure that it was handed in under."""

    slug: str
    code: str
    """Of the national portal."""
    name: Text
    summary: Text
    domain: Text
    decision: str
    source: str
    life_events: Sequence[str]
    who: Sequence[Text]
    conditions: Sequence[Text]
    kind: str
    level: str
    authority: Text
    organisation: str
    """Of a procedure of the province: the id of the organisation that it goes to where no routing rule says otherwise."""
    deadline: Deadline
    fee: Fee | None
    laws: Sequence[Law]
    documents: Sequence[Document]
    steps: Sequence[Text]
    output: Output
    form: Mapping[str, Any]
    result: str
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def version(self) -> str:
        return version_of(self.raw)

    @property
    def former_level(self) -> int:
        return FORMER_LEVEL[self.kind]

    @property
    def kind_name(self) -> Text:
        return KINDS[self.kind]

    def document(self, code: str) -> Document | None:
        return next((document for document in self.documents if document.code == code), None)


def document_kind(slug: str) -> str:
    """The kind of document that a procedure issues."""
    return f"services.{slug}"


def version_of(raw: Mapping[str, Any]) -> str:
    told = json.dumps(raw, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode("utf-8")).hexdigest()[:16]


def text_of(value: Mapping[str, Any] | None) -> Text:
    return Text(str(value["vi"]), str(value["en"])) if value else Text("", "")


def procedure_of(slug: str, raw: Mapping[str, Any]) -> Procedure:
    """From a folder as JSON; raises KeyError, TypeError or ValueError where it is malformed: `faults_of` says so in words."""
    told = raw["procedure"]
    fee, deadline, output = told.get("fee"), told["deadline"], told["output"]
    return Procedure(
        slug=slug,
        code=told["code"],
        name=text_of(told["name"]),
        summary=text_of(told["summary"]),
        domain=text_of(told["domain"]),
        decision=told.get("decision", ""),
        source=told.get("source", ""),
        life_events=tuple(told["life_events"]),
        who=tuple(text_of(one) for one in told["who"]),
        conditions=tuple(text_of(one) for one in told.get("conditions", ())),
        kind=told["kind"],
        level=told["authority"]["level"],
        authority=text_of(told["authority"]["name"]),
        organisation=told["authority"].get("organisation", ""),
        deadline=Deadline(
            _span(deadline), text_of(deadline.get("note")), tuple(_span(one, one["code"], one["when"]) for one in deadline.get("variant", ()))
        ),
        fee=None if fee is None else _fee(fee),
        laws=tuple(Law(one["number"], text_of(one["title"])) for one in told["law"]),
        documents=tuple(
            Document(
                one["code"], text_of(one["name"]), text_of(one.get("help")), bool(one.get("required", True)),
                one.get("when", {}), int(one.get("most", 5)),
            )
            for one in told.get("document", ())
        ),
        steps=tuple(text_of(one) for one in told["steps"]),
        output=Output(
            text_of(output["name"]),
            output["number"],
            tuple(
                OutputField(one["code"], text_of(one["name"]), bool(one.get("required", False)), int(one.get("most", 200)))
                for one in output.get("field", ())
            ),
        ),
        form=raw["form"],
        result=raw["result"],
        raw=raw,
    )  # fmt: skip


def _span(told: Mapping[str, Any], code: str = "", when: Mapping[str, Any] | None = None) -> Span:
    until = told.get("same_day_until")
    return Span(
        int(told["amount"]), told["unit"], code, when or {}, None if until is None else time.fromisoformat(until)
    )


def _fee(told: Mapping[str, Any]) -> Fee:
    return Fee(
        name=text_of(told["name"]),
        amount=int(told["amount"]),
        counter=int(told["counter"]) if "counter" in told else None,
        times=told.get("times", ""),
        basis=text_of(told["basis"]),
        due=told.get("due", "at_once"),
        refundable=bool(told.get("refundable", True)),
        exemptions=tuple(
            Exemption(one["code"], text_of(one["name"]), one["when"]) for one in told.get("exemption", ())
        ),
    )
