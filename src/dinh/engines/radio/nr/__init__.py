"""5G NR: numbers of bands and channels, rates, link budgets, load of cells, exposure of people."""

from __future__ import annotations
