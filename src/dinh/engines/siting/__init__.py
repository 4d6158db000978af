"""Choosing sites: the most people covered for so many sites or so much money, or the cheapest sites for a target.

`problem` checks the arrays, `within` makes them from places, `choose` answers, `what_if` answers again with candidates
forced or dropped, `phases` spreads an answer over quarters. The answer is proven: by HiGHS, after equal demand is grouped,
a first-order method has bounded the relaxation and swaps have found a choice near it.
"""

from __future__ import annotations

from dinh.engines.siting.choosing import choose, phases, what_if
from dinh.engines.siting.plans import Asked, Phase, Plan, Progress, Site
from dinh.engines.siting.problem import Backhaul, Problem, problem
from dinh.engines.siting.reach import within

__all__ = [
    "Asked",
    "Backhaul",
    "Phase",
    "Plan",
    "Problem",
    "Progress",
    "Site",
    "choose",
    "phases",
    "problem",
    "what_if",
    "within",
]
