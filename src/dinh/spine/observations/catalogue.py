"""The catalogue in memory: what may be measured, by whom, and when it is a problem."""

from __future__ import annotations

import difflib
import threading
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import connection, transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, NotFound
from dinh.kernel.manifests import Aggregation, Direction, IndicatorSpec, Kind, RuleSpec, Severity, Text, registry
from dinh.kernel.specs import RuleKind
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.observations import specs
from dinh.spine.observations.api import SourceRow
from dinh.spine.observations.models import CatalogueStamp, Indicator, Rule, Series, Source
from dinh.spine.parties import api as parties

MANIFEST: Final = "manifest"
FORMULA: Final = "formula"
"""In place of who declared it: the indicator is worked out by the formula of its code and takes no readings."""
FORMULA_SOURCES: Final = ("formula", "formula.simulated")
"""Under which its worked-out values come into the history; the second where something simulated went in."""
TRUSTED_FOR_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything declared, as of one stamp. Ids are those of the registers; `rules` are those in force."""

    stamp: str
    indicators: Mapping[str, IndicatorSpec]
    indicator_ids: Mapping[str, int]
    sources: Mapping[str, SourceRow]
    source_ids: Mapping[str, int]
    rules: Mapping[str, RuleSpec]
    formulas: frozenset[str] = frozenset()
    """Codes of the indicators that are worked out by formulas."""

    def indicator(self, code: str) -> IndicatorSpec:
        try:
            return self.indicators[code]
        except KeyError:
            raise NotFound(
                "observations.no_indicator",
                "there is no indicator '{code}'{nearest}; declare it with `dinh import indicators FILE.toml`",
                code=code[:100],
                nearest=nearest(code, self.indicators),
            ) from None

    def source(self, code: str) -> SourceRow:
        try:
            return self.sources[code]
        except KeyError:
            raise NotFound(
                "observations.no_source",
                "there is no source '{code}'{nearest}; declare it with `dinh import indicators FILE.toml`",
                code=code[:100],
                nearest=nearest(code, self.sources),
            ) from None


def nearest(code: str, known: Iterable[str]) -> str:
    """« (nearest: a, b)» for a message, or nothing where nothing is near."""
    found = difflib.get_close_matches(code[:100], list(known), n=3, cutoff=0.5)
    return f" (nearest: {', '.join(found)})" if found else ""


_guard: Final = threading.Lock()
_held: Catalogue | None = None
_checked_at: float = 0.0
_forgotten = 0
"""How often what was held was dropped: what another thread began to read before is not held any more."""


def forget() -> None:
    """Drops what is held; the next call reads the registers."""
    global _held, _checked_at, _forgotten
    with _guard:
        _held, _checked_at, _forgotten = None, 0.0, _forgotten + 1


def current() -> Catalogue:
    """The catalogue; another process's change is seen within half a second, one's own at once.

    Inside a transaction the stamp is compared at every call: what is seen there may yet be rolled back.
    """
    global _held, _checked_at
    held = _held
    if held is not None and not connection.in_atomic_block and time.monotonic() - _checked_at < TRUSTED_FOR_S:
        return held
    begun = _forgotten
    stamp = CatalogueStamp.objects.values_list("stamp", flat=True).first() or ""
    if held is None or held.stamp != stamp:
        held = _read(stamp)
    with _guard:
        if begun == _forgotten:
            _held, _checked_at = held, time.monotonic()
    return held


def _read(stamp: str) -> Catalogue:
    indicators = list(Indicator.objects.order_by("domain_en", "code"))
    sources = list(Source.objects.order_by("code"))
    rules = Rule.objects.filter(in_force=True, enabled=True, retired_at=None)
    rules = rules.select_related("indicator").order_by("code")
    return Catalogue(
        stamp=stamp,
        indicators={row.code: indicator_spec(row) for row in indicators},
        indicator_ids={row.code: row.pk for row in indicators},
        sources={row.code: source_row(row) for row in sources},
        source_ids={row.code: row.pk for row in sources},
        rules={row.code: rule_spec(row) for row in rules},
        formulas=frozenset(row.code for row in indicators if row.declared_by == FORMULA),
    )


def indicator_spec(row: Indicator) -> IndicatorSpec:
    return IndicatorSpec(
        code=row.code,
        name=Text(row.name_vi, row.name_en),
        domain=Text(row.domain_vi, row.domain_en),
        unit=row.unit,
        kind=Kind(row.kind),
        direction=Direction(row.direction),
        over_time=Aggregation(row.over_time),
        over_place=Aggregation(row.over_place),
        period=row.period,
        decimals=row.decimals,
        target=row.target,
        valid_min=row.valid_min,
        valid_max=row.valid_max,
        numerator=row.numerator or None,
        denominator=row.denominator or None,
        owner=row.owner,
        source=row.source,
        licence=row.licence,
        headline=row.headline,
    )


def rule_spec(row: Rule) -> RuleSpec:
    return RuleSpec(
        code=row.code,
        indicator=row.indicator.code,
        name=Text(row.name_vi, row.name_en),
        severity=Severity(row.severity),
        above=row.above,
        below=row.below,
        clear_at=row.clear_at,
        lasting=row.lasting,
        case_type=row.case_type or None,
        kind=RuleKind(row.kind),
        **specs.rule_options(row.settings),
    )


def fill_rule(row: Rule, spec: RuleSpec, indicator: Indicator) -> None:
    """Writes a rule as declared into its row; not yet saved."""
    row.indicator = indicator
    row.name_vi, row.name_en = spec.name.vi, spec.name.en
    row.severity = spec.severity.value
    row.above, row.below, row.clear_at = spec.above, spec.below, spec.clear_at
    row.lasting = spec.lasting
    row.case_type = spec.case_type or ""
    row.kind, row.settings = spec.kind.value, specs.rule_settings(spec)


def source_row(row: Source) -> SourceRow:
    return SourceRow(row.code, row.name_vi, row.name_en, row.owner, row.licence, row.simulated, row.period)


# --- declaring ---------------------------------------------------------------


def declare_indicators(declared: Iterable[IndicatorSpec], *, by: parties.Actor) -> tuple[int, int]:
    parties.require_everywhere(by, "observations.manage")
    return _save_indicators([specs.checked_indicator(spec) for spec in declared], by.urn)


def declare_rules(declared: Iterable[RuleSpec], *, by: parties.Actor) -> tuple[int, int]:
    parties.require_everywhere(by, "observations.manage")
    return _save_rules([specs.checked_rule(spec) for spec in declared], by.urn)


def declare_formula(spec: IndicatorSpec) -> None:
    """Lists a formula among the indicators. What hangs on its expression changes with it, so the stamp is new always."""
    _save_indicators([specs.checked_indicator(spec)], FORMULA)
    new_stamp()


def declare_manifests() -> tuple[int, int]:
    """What the installed systems declare; a rule whose system is gone is kept but no longer in force.

    Returns (added, changed) of indicators and rules together.
    """
    with transaction.atomic():
        added, changed = _save_indicators([specs.checked_indicator(s) for s in registry.indicators()], MANIFEST)
        more, other = _save_rules([specs.checked_rule(s) for s in registry.rules()], MANIFEST)
        installed = [spec.code for spec in registry.rules()]
        gone = Rule.objects.filter(declared_by=MANIFEST, in_force=True).exclude(code__in=installed)
        if gone.update(in_force=False, changed_at=clock.now()):
            new_stamp()
    return added + more, changed + other


@transaction.atomic
def _save_indicators(declared: Sequence[IndicatorSpec], by: str) -> tuple[int, int]:
    known = {row.code: row for row in Indicator.objects.all()}
    codes = known.keys() | {spec.code for spec in declared}
    added, changed = [], []
    for spec in declared:
        for part in filter(None, (spec.numerator, spec.denominator)):
            if part not in codes:
                raise NotFound(
                    "observations.no_indicator",
                    "indicator '{code}' is a ratio of '{part}', which is not declared{nearest}; declare the part too",
                    code=spec.code,
                    part=part,
                    nearest=nearest(part, codes),
                )
        row = known.get(spec.code)
        if row is not None and (row.declared_by == FORMULA) != (by == FORMULA):
            raise Conflict(
                "observations.is_formula",
                "'{code}' is the code of a formula already; declare the indicator under another code",
                code=spec.code,
            )
        if row is None:
            added.append(_indicator_row(spec, by))
        elif indicator_spec(row) != spec:
            if row.unit != spec.unit and Series.objects.filter(indicator=row).exists():
                raise Conflict(
                    "observations.unit_is_fixed",
                    "indicator '{code}' has readings in '{old}', so its unit cannot become '{new}'; "
                    "declare another code",
                    code=spec.code,
                    old=row.unit,
                    new=spec.unit,
                )
            fresh = _indicator_row(spec, by)
            fresh.pk = row.pk
            changed.append(fresh)
    Indicator.objects.bulk_create(added)
    if changed:
        names = [field.name for field in Indicator._meta.concrete_fields if field.name not in {"id", "code"}]
        Indicator.objects.bulk_update(changed, names)
    if added or changed:
        new_stamp()
    return len(added), len(changed)


def _indicator_row(spec: IndicatorSpec, by: str) -> Indicator:
    return Indicator(
        code=spec.code,
        name_vi=spec.name.vi,
        name_en=spec.name.en,
        domain_vi=spec.domain.vi,
        domain_en=spec.domain.en,
        unit=spec.unit,
        kind=spec.kind.value,
        direction=spec.direction.value,
        over_time=spec.over_time.value,
        over_place=spec.over_place.value,
        period=spec.period,
        decimals=spec.decimals,
        target=spec.target,
        valid_min=spec.valid_min,
        valid_max=spec.valid_max,
        numerator=spec.numerator or "",
        denominator=spec.denominator or "",
        owner=spec.owner,
        source=spec.source,
        licence=spec.licence,
        headline=spec.headline,
        declared_by=by,
        changed_at=clock.now(),
    )


@transaction.atomic
def _save_rules(declared: Sequence[RuleSpec], by: str) -> tuple[int, int]:
    known = {row.code: row for row in Rule.objects.select_related("indicator")}
    indicators = {row.code: row for row in Indicator.objects.all()}
    added = changed = 0
    for spec in declared:
        indicator = indicators.get(spec.indicator)
        if indicator is None:
            raise NotFound(
                "observations.no_indicator",
                "rule '{rule}' watches '{code}', which is not declared{nearest}; declare the indicator first",
                rule=spec.code,
                code=spec.indicator,
                nearest=nearest(spec.indicator, indicators),
            )
        for other in specs.indicators_of(spec):
            if other not in indicators:
                raise NotFound(
                    "observations.no_indicator",
                    "rule '{rule}' watches '{code}', which is not declared{nearest}; declare the indicator first",
                    rule=spec.code,
                    code=other,
                    nearest=nearest(other, indicators),
                )
        row = known.get(spec.code)
        if row is not None and row.in_force and row.manifest is not None and by == MANIFEST:
            row.manifest = specs.rule_json(spec)  # what a person has set instead stays until it is restored
            row.save(update_fields=["manifest"])
            continue
        if row is not None and row.in_force and rule_spec(row) == spec:
            continue
        added, changed = (added + 1, changed) if row is None else (added, changed + 1)
        row = row or Rule(code=spec.code)
        fill_rule(row, spec, indicator)
        row.in_force = True
        row.declared_by, row.changed_at = by, clock.now()
        row.save()
    if added or changed:
        new_stamp()
    return added, changed


@transaction.atomic
def save_source(
    *, code: str, name_vi: str, name_en: str, owner: str, licence: str, simulated: bool, period: timedelta | None
) -> SourceRow:
    wanted = specs.checked_source(SourceRow(code, nfc(name_vi), nfc(name_en), owner, licence, simulated, period))
    row = Source.objects.filter(code=code).first() or Source(code=code)
    if row.pk is None or source_row(row) != wanted:
        row.name_vi, row.name_en = wanted.name_vi, wanted.name_en
        row.owner, row.licence = wanted.owner, wanted.licence
        row.simulated, row.period = wanted.simulated, wanted.period
        row.changed_at = clock.now()
        row.save()
        new_stamp()
    return wanted


def new_stamp() -> None:
    """Tells every process that what hangs on the catalogue (targets too) has changed."""
    CatalogueStamp.objects.update_or_create(id=1, defaults={"stamp": uuid.uuid4().hex})
    forget()
    transaction.on_commit(forget)
