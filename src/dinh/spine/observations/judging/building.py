"""From a rule as declared to a rule at work on the series that there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.kernel.manifests import IndicatorSpec, Kind, RuleSpec
from dinh.kernel.specs import RuleKind
from dinh.spine.observations.attachment import Index
from dinh.spine.observations.catalogue import Catalogue
from dinh.spine.observations.judging import combination, measures, usual
from dinh.spine.observations.judging.combination import Combination
from dinh.spine.observations.judging.hours import Hours
from dinh.spine.observations.judging.watching import Level, Missing, Watch
from dinh.spine.observations.rules import Threshold
from dinh.spine.observations.specs import indicators_of

HOUR: Final = timedelta(hours=1)
FRESH_PERIODS: Final = 3


def silence(spec: RuleSpec, indicator: IndicatorSpec) -> timedelta:
    """How long a series may be silent."""
    if spec.silent_for is not None:
        return spec.silent_for
    return (spec.periods or FRESH_PERIODS) * (indicator.period or HOUR)


def series_mask(spec: RuleSpec, index: Index, indicator_ids: Mapping[str, int]) -> NDArray[np.bool_]:
    """By series id: what feeds the rule."""
    mask = np.zeros(_size(index), np.bool_)
    for code in indicators_of(spec):
        mask |= _of_indicator(spec, index, indicator_ids[code])
    return mask


def _size(index: Index) -> int:
    return int(index.series[-1]) + 1 if len(index.series) else 1


def _of_indicator(spec: RuleSpec, index: Index, indicator: int) -> NDArray[np.bool_]:
    mask = np.zeros(_size(index), np.bool_)
    chosen = index.of_indicator(indicator)
    if spec.within is not None:
        chosen = chosen[index.inside(spec.within)[index.subject[chosen]]]
    if spec.subjects:
        wanted = [index.numbers[urn] for urn in spec.subjects if urn in index.numbers]
        chosen = chosen[np.isin(index.subject[chosen], wanted)]
    mask[index.series[chosen]] = True
    return mask


def watch(spec: RuleSpec, known: Catalogue, index: Index, *, until: date | None = None) -> Watch:
    """`until` is the last day of a trial: what the usual day is learnt from is then read once."""
    indicator = known.indicator(spec.indicator)
    mask = series_mask(spec, index, known.indicator_ids)
    hours = Hours.of(spec)
    lasting_us = spec.lasting // clock.MICROSECOND
    if spec.kind is RuleKind.MISSING:
        limit = silence(spec, indicator) // clock.MICROSECOND
        return Missing(spec, mask, np.full(len(mask), limit, np.int64), hours)
    if spec.kind is RuleKind.COMBINATION:
        return _combination(spec, known, index, mask, hours)
    measure: measures.Measure = measures.Value()
    lookback_us = lasting_us
    if spec.kind is RuleKind.RATE:
        window_us = (spec.window or HOUR) // clock.MICROSECOND
        measure = measures.Rate(window_us, spec.per // clock.MICROSECOND, indicator.kind is Kind.COUNTER)
        lookback_us += window_us
    elif spec.kind is RuleKind.UNUSUAL:
        profile = usual_profile(spec, np.flatnonzero(mask).astype(np.uint32), indicator, until=until)
        measure = measures.Unusual(profile, spec.side, spec.weekly)
    return Level(spec, mask, Threshold.of(spec), measure, lookback_us, hours)


def usual_profile(
    spec: RuleSpec, series: NDArray[np.uint32], indicator: IndicatorSpec, *, until: date | None
) -> Callable[[date], measures.Profile]:
    """The usual day as the rule learns it."""
    return usual.learnt(
        series, weeks=spec.weeks, weekly=spec.weekly, least_days=spec.least_days,
        least_spread=float(10.0**-indicator.decimals), until=until,
    )  # fmt: skip


def _combination(
    spec: RuleSpec, known: Catalogue, index: Index, mask: NDArray[np.bool_], hours: Hours | None
) -> Combination:
    leaves, tree = combination.read(spec.conditions)
    by_subject = index.subject if spec.at == "subject" else index.commune[index.subject]
    group = np.full(len(mask), -1, np.int64)
    group[index.series] = by_subject
    anchor = np.zeros(int(group.max(initial=-1)) + 1, np.int64)
    own = np.flatnonzero(_of_indicator(spec, index, known.indicator_ids[spec.indicator]) & (group >= 0))[::-1]
    anchor[group[own]] = own  # the least id is written last
    return Combination(
        spec=spec,
        mask=mask,
        leaves=leaves,
        tree=tree,
        leaf_masks=[_of_indicator(spec, index, known.indicator_ids[leaf.indicator]) for leaf in leaves],
        group=group,
        anchor=anchor,
        window_us=(spec.window or HOUR / 2) // clock.MICROSECOND,
        lasting_us=spec.lasting // clock.MICROSECOND,
        hours=hours,
    )


def can_grow(held: Watch) -> bool:
    """Whether new series may join a rule at work; else it is built anew and its state read from the history."""
    return held.spec.kind not in {RuleKind.COMBINATION, RuleKind.UNUSUAL}
