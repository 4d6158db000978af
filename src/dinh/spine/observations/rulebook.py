"""Rules as people keep them: made, changed, tried instead of a system's own, switched off, retired; each act has a
reason, a name, a version and a leaf."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Max

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.kernel.manifests import RuleSpec
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import catalogue, saying, specs
from dinh.spine.observations.api import RuleRow, RuleVersionRow
from dinh.spine.observations.catalogue import MANIFEST, rule_spec
from dinh.spine.observations.models import Alert, Indicator, Rule, RuleVersion
from dinh.spine.parties import api as parties

MANAGE: Final = "observations.manage"


def _require(by: parties.Actor, *rules: RuleSpec) -> None:
    """A rule without a place is everybody's: only who manages everywhere may touch it."""
    parties.require(by, MANAGE)
    for spec in rules:
        if spec.within is not None:
            parties.require(by, MANAGE, place=spec.within)
        elif not parties.may_everywhere(by, MANAGE):
            raise Invalid(
                "observations.rule_needs_place",
                "rule '{code}' would hold everywhere and you manage a part of the area; give it a place in that part",
                code=spec.code,
            )


def _reason(reason: str, *, needed: bool) -> str:
    text = nfc(reason).strip()[:1000]
    if needed and not text:
        raise Invalid("observations.no_reason", "a reason is needed; say in a few words why")
    return text


def _find(code: str, *, lock: bool = False) -> Rule:
    rows = Rule.objects.select_related("indicator")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(code=code).first()
    if found is None:
        raise NotFound("observations.no_rule", "there is no rule '{code}'", code=code[:100])
    return found


def save(spec: RuleSpec, *, by: parties.Actor, reason: str) -> RuleRow:
    spec = specs.checked_rule(spec)
    with transaction.atomic():
        row = Rule.objects.select_related("indicator").select_for_update(of=("self",)).filter(code=spec.code).first()
        _require(by, spec, *([rule_spec(row)] if row is not None else []))
        of_system = row is not None and row.declared_by == MANIFEST
        text = _reason(reason, needed=of_system)
        indicators = {one.code: one for one in Indicator.objects.filter(code__in=specs.indicators_of(spec))}
        for code in specs.indicators_of(spec):
            if code not in indicators:
                catalogue.current().indicator(code)  # raises with the nearest codes
        what = "created"
        if row is None:
            row = Rule(code=spec.code, declared_by=by.urn)
        elif row.retired_at is not None:
            raise Conflict("observations.rule_retired", "rule '{code}' is retired; copy it instead", code=spec.code)
        elif rule_spec(row) == spec:
            return _row(row)
        elif of_system:
            what = "overridden"
            row.manifest = row.manifest or specs.rule_json(rule_spec(row))
        else:
            what = "changed"
        catalogue.fill_rule(row, spec, indicators[spec.indicator])
        row.changed_at = clock.now()
        row.save()
        _version(row, what, text, by)
    return _row(row)


def switch(code: str, *, on: bool, by: parties.Actor, reason: str) -> RuleRow:
    with transaction.atomic():
        row = _find(code, lock=True)
        _require(by, rule_spec(row))
        text = _reason(reason, needed=not on)
        if row.retired_at is not None:
            raise Conflict("observations.rule_retired", "rule '{code}' is retired; copy it instead", code=code)
        if row.enabled is not on:
            row.enabled, row.changed_at = on, clock.now()
            row.save(update_fields=["enabled", "changed_at"])
            _version(row, "enabled" if on else "disabled", text, by)
    return _row(row)


def restore(code: str, *, by: parties.Actor, reason: str) -> RuleRow:
    with transaction.atomic():
        row = _find(code, lock=True)
        _require(by, rule_spec(row))
        if row.manifest is None:
            raise Conflict(
                "observations.not_overridden",
                "rule '{code}' is as its system declares it; nothing to restore",
                code=code,
            )
        spec = specs.rule_of_json(row.manifest)
        catalogue.fill_rule(row, spec, Indicator.objects.get(code=spec.indicator))
        row.manifest, row.changed_at = None, clock.now()
        row.save()
        _version(row, "restored", _reason(reason, needed=True), by)
    return _row(row)


def remove(code: str, *, by: parties.Actor, reason: str) -> RuleRow | None:
    with transaction.atomic():
        row = _find(code, lock=True)
        _require(by, rule_spec(row))
        if row.declared_by == MANIFEST:
            raise Conflict(
                "observations.rule_of_system",
                "rule '{code}' comes with a system and cannot be removed; switch it off instead",
                code=code,
            )
        text = _reason(reason, needed=True)
        if Alert.objects.filter(rule=code).exists():
            row.retired_at = row.changed_at = clock.now()
            row.save(update_fields=["retired_at", "changed_at"])
            _version(row, "retired", text, by)
            return _row(row)
        _version(row, "deleted", text, by)
        row.delete()
    return None


def _version(row: Rule, what: str, reason: str, by: parties.Actor) -> None:
    """In the transaction of the change; the ledger's line is joined last."""
    last = RuleVersion.objects.filter(rule=row).aggregate(last=Max("number"))["last"] or 0
    spec = specs.rule_json(rule_spec(row))
    version = RuleVersion(
        rule=row,
        number=last + 1,
        what=what,
        spec=spec,
        reason=reason,
        by=by.urn,
        by_name=by.name[:200],
        at=clock.now(),
        salt=secrets.token_hex(16),
    )
    catalogue.new_stamp()
    jobs.publish(f"rule.{what}", {"code": row.code, "by": by.urn})
    data = {"number": version.number, "by": by.urn, "spec": spec}
    if reason:
        data["reason_sha256"] = saying.commitment(version.salt, reason)
    version.ledger_index = ledger.append(f"rule.{what}", f"observations:rule:{row.code}", data).index
    version.save()


# --- reading ------------------------------------------------------------------------


def _row(row: Rule, fired: int = 0, ever: bool | None = None) -> RuleRow:
    state = "on" if row.enabled else "off"
    if not row.in_force:
        state = "unplugged"
    if row.retired_at is not None:
        state = "retired"
    return RuleRow(
        spec=rule_spec(row),
        own=row.declared_by != MANIFEST,
        overridden=row.manifest is not None,
        state=state,
        declared_by=row.declared_by,
        changed_at=row.changed_at,
        fired=fired,
        ever_fired=Alert.objects.filter(rule=row.code, is_group=False).exists() if ever is None else ever,
    )


def rows(*, fired_since: datetime | None) -> Sequence[RuleRow]:
    alerts = Alert.objects.filter(is_group=False).values_list("rule").order_by("rule")
    ever: dict[str, int] = dict(alerts.annotate(count=Count("id")))
    lately = ever if fired_since is None else dict(alerts.filter(fired_at__gte=fired_since).annotate(count=Count("id")))
    found = Rule.objects.select_related("indicator").order_by("code")
    return tuple(_row(row, lately.get(row.code, 0), row.code in ever) for row in found)


def row(code: str) -> RuleRow:
    return _row(_find(code))


def versions(code: str) -> Sequence[RuleVersionRow]:
    return tuple(
        RuleVersionRow(
            version.number,
            version.what,
            specs.rule_of_json(version.spec),
            version.reason,
            version.by,
            version.by_name,
            version.at,
            version.ledger_index,
        )
        for version in RuleVersion.objects.filter(rule__code=code).order_by("-number")
    )
