"""What the pages show beside the cases themselves: names of places and people, the path of states, the alert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils.translation import get_language

from dinh.kernel import clock
from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import IndicatorSpec, StateSpec, Text, registry
from dinh.kernel.masking import masked, masked_name
from dinh.kernel.vietnamese_text import format_moment
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import Act, CaseRow, TaskRow, TemplateRow
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import AlertRow, Point
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, PartyRow
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.systems.work import field_words

BEFORE = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Shown:
    """A case with the names of what it points at."""

    case: CaseRow
    place: PlaceRow | None
    owner: PartyRow | None
    organisation: PartyRow | None

    @property
    def id(self) -> str:
        return self.case.number_text

    @property
    def type_name(self) -> Text:
        return Text(self.case.type_name_vi, self.case.type_name_en)

    @property
    def state_name(self) -> Text:
        return Text(self.case.state_name_vi, self.case.state_name_en)

    @property
    def open(self) -> bool:
        return self.case.closed_at is None

    @property
    def unowned(self) -> bool:
        return self.open and self.case.owner is None


def shown(rows: Iterable[CaseRow]) -> Sequence[Shown]:
    """Two queries for the people and places of all rows together."""
    listed = list(rows)
    grounds = places.places({row.place for row in listed if row.place})
    people = parties.parties({urn for row in listed for urn in (row.owner, row.organisation) if urn})
    return [
        Shown(
            case=row,
            place=grounds.get(row.place or ""),
            owner=people.get(row.owner or ""),
            organisation=people.get(row.organisation or ""),
        )
        for row in listed
    ]


@dataclass(frozen=True, slots=True)
class Path:
    """The states that a case passes on its usual way, and which of them it is in, from 1."""

    names: Sequence[Text]
    now: int

    @property
    def in_words(self) -> Sequence[str]:
        language = get_language() or "vi"
        return [name.in_(language) for name in self.names]


def path_of(row: CaseRow) -> Path:
    """States that stand beside the way (waiting, rejected) appear only while the case is in one."""
    spec = registry.case_type(row.type)
    if spec is None:
        return Path((Text(row.state_name_vi, row.state_name_en),), 1)

    def on_the_way(state: StateSpec) -> bool:
        if row.counts_as in ("rejected", "unfixed"):
            return state.code in (spec.initial, row.state)
        return state.counts_as in ("open", "done") or state.code == row.state

    way = [state for state in spec.states if on_the_way(state)]
    codes = [state.code for state in way]
    return Path([state.name for state in way], codes.index(row.state) + 1 if row.state in codes else 0)


def forward_step(row: CaseRow, permitted: Iterable[str]) -> str:
    """Of the permitted steps the one that brings the case on along its way; '' where none does."""
    spec = registry.case_type(row.type)
    if spec is None:
        return ""
    order = [state.code for state in spec.states if state.counts_as in ("open", "done")]
    allowed = set(permitted)
    ahead = order[order.index(row.state) + 1 :] if row.state in order else order[1:]
    for state in ahead:
        for step in spec.transitions:
            if step.code in allowed and row.state in step.from_states and step.to_state == state:
                return step.code
    return ""


@dataclass(frozen=True, slots=True)
class Cause:
    """The alert that a case is about, with what its series did around it."""

    alert: AlertRow
    indicator: IndicatorSpec | None
    points: Sequence[Point]

    @property
    def decimals(self) -> int:
        return self.indicator.decimals if self.indicator else 1

    @property
    def series_urn(self) -> str:
        return f"urn:dinh:series:{self.alert.series}"


def cause_of(row: CaseRow) -> Cause | None:
    """None where the case is about something else, or the alert is known to nobody any more."""
    if not row.subject or not row.subject.startswith("urn:dinh:alert:"):
        return None
    try:
        alert = observations.alert(row.subject)
    except DinhError:
        return None
    try:
        indicator = observations.indicator(alert.indicator)
    except DinhError:
        indicator = None
    end = min(clock.now(), (alert.cleared_at or clock.now()) + BEFORE)
    try:
        points = observations.history(alert.series, start=alert.since - BEFORE, end=end, steps=96)
    except DinhError:
        points = ()
    return Cause(alert, indicator, points)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the history: who did what, with the names it mentions, where its proof is, and whether the
    stored words agree with the ledger."""

    act: Act
    kind: str
    by: str
    to: PartyRow | None
    step: Text | None
    state: Text | None
    number: int | None
    text: str
    proof: str
    altered: bool
    told: Sequence[str] = ()
    """Names of those whom an escalation was told to."""
    changes: Sequence[field_words.Changed] = ()


def history(row: CaseRow, *, hidden: bool) -> Sequence[Line]:
    """Newest first; `hidden` masks the requester's name."""
    acts = cases.acts(row.urn)
    altered = frozenset(cases.altered_acts(row.urn))
    named = parties.parties({urn for act in acts for urn in (act.by, *_told(act))})
    lines = [_line(row, act, named, altered) for act in reversed(acts)]
    return [
        replace(line, by=masked_name(line.by)) if hidden and line.act.by == row.requester else line for line in lines
    ]


def _told(act: Act) -> Sequence[str]:
    """The party, or the parties, that an act went to."""
    to = act.detail.get("to", ())
    return (to,) if isinstance(to, str) else tuple(str(urn) for urn in to)


def _line(row: CaseRow, act: Act, named: Mapping[str, PartyRow], altered: frozenset[int]) -> Line:
    kind, _, code = act.what.partition(":")
    spec = registry.case_type(row.type)
    steps = {step.code: step.name for step in spec.transitions} if spec else {}
    states = {state.code: state.name for state in spec.states} if spec else {}
    to_state = str(act.detail.get("to_state", ""))
    detail = act.detail
    text = "" if "notice" in detail else str(detail.get("text") or detail.get("note") or detail.get("reason") or "")
    return Line(
        act=act,
        kind=kind,
        by=named[act.by].name_vi if act.by in named else act.by_name,
        to=next((named[urn] for urn in _told(act) if urn in named), None),
        step=steps.get(code, Text(code, code)) if kind == "transition" else None,
        state=states.get(to_state, Text(to_state, to_state)) if to_state else None,
        number=int(code) if kind == "step" else None,
        text=text,
        proof=registry.link_path("leaf", str(act.ledger_index)) or "",
        altered=act.ledger_index in altered,
        told=[named[urn].name(get_language() or "vi") for urn in _told(act) if urn in named]
        if kind == "escalated"
        else (),
        changes=field_words.changes(spec, detail)
        if kind == "described"
        else field_words.category_change(spec, detail)
        if kind == "recategorised"
        else (),
    )


def people_for(row: CaseRow) -> Sequence[PartyRow]:
    """Whom the case can be given to: those whose roles reach its place, and its organisation's own people."""
    able = {person.urn: person for person in parties.people_who_may("cases.act", place=row.place, limit=500)}
    if row.organisation:
        for person in parties.people_who_may("cases.act", limit=1000):
            if person.parent == row.organisation:
                able.setdefault(person.urn, person)
    return sorted(able.values(), key=lambda person: (person.parent != row.organisation, person.name_vi))


def name_for(urn: str | None, who: Actor) -> str:
    """An organisation's name, one's own, and of anybody else what a list may show."""
    if not urn:
        return ""
    if not urn.startswith("urn:"):
        return masked(urn.partition(":")[2])
    found = parties.parties([urn]).get(urn)
    if found is None:
        return urn.rpartition(":")[2]
    name = found.name(get_language() or "vi")
    return name if found.kind != "person" or urn == who.urn else masked_name(name)


def seen_cases(urns: Sequence[str], who: Actor) -> Sequence[CaseRow]:
    """Those that exist and that the actor may see."""
    found = []
    for urn in urns:
        try:
            row = cases.case(urn)
        except DinhError:
            continue
        if cases.may_see(row, actor=who):
            found.append(row)
    return found


def panels_of(row: CaseRow, who: Actor) -> Sequence[str]:
    """Addresses of what other systems show beside a case, in the slot `work.case`; one that has nothing to say answers 204."""
    return [
        panel.path.format(id=row.number_text)
        for panel in registry.panels("work.case")
        if panel.permission is None or parties.may(who, panel.permission)
    ]


def case_or_none(urn: str | None) -> CaseRow | None:
    return cases.case(urn) if urn else None


@dataclass(frozen=True, slots=True)
class NamedTask:
    task: TaskRow
    organisation: str
    owner: str
    late: bool


def named_tasks(tasks: Sequence[TaskRow]) -> Sequence[NamedTask]:
    """One query for all names."""
    known = parties.parties({urn for task in tasks for urn in (task.organisation, task.owner) if urn})
    language = get_language() or "vi"

    def name(urn: str | None) -> str:
        return known[urn].name(language) if urn is not None and urn in known else ""

    now = clock.now()
    return [
        NamedTask(task, name(task.organisation), name(task.owner), task.state == "open" and task.due_at < now)
        for task in tasks
    ]


def filled(template: TemplateRow, row: CaseRow) -> str:
    """The text in the reader's language with the case's own number, title, place and deadline."""
    language = get_language() or "vi"
    text = template.text_vi if language.startswith("vi") or not template.text_en else template.text_en
    place = place_or_none(row.place or "")
    known = {
        "number": row.number_text,
        "title": row.name(language),
        "place": place.name(language) if place else "",
        "due": format_moment(row.due_at, language),
    }
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def offices_for(row: CaseRow) -> Sequence[PartyRow]:
    found = parties.find_parties(kind="organisation", limit=1000)
    return sorted((office for office in found if office.urn != row.organisation), key=lambda office: office.name_vi)


def communes(area: str) -> Sequence[PlaceRow]:
    try:
        return sorted(places.area(area), key=lambda row: row.name_vi)
    except DinhError:
        return ()


def place_or_none(urn: str) -> PlaceRow | None:
    try:
        return places.place(urn) if urn else None
    except DinhError:
        return None


def all_cases(query: cases.CaseQuery, *, actor: Actor, most: int = 50_000) -> Iterable[Shown]:
    """Every row of a query, page by page, for export."""
    size = 1000
    for offset in range(0, most, size):
        page = cases.cases(
            cases.CaseQuery(
                queue=query.queue,
                states=query.states,
                text=query.text,
                within=query.within,
                organisation=query.organisation,
                type=query.type,
                severity=query.severity,
                at=query.at,
                order=query.order,
                offset=offset,
                limit=size,
            ),
            actor=actor,
        )
        yield from shown(page.rows)
        if len(page.rows) < size:
            return
