"""The registers' part of observations: catalogue, alerts, intake. The readings themselves are in the history."""

from dinh.spine.observations.models.alerts import Alert, JudgedCursor
from dinh.spine.observations.models.catalogue import CatalogueStamp, Indicator, Rule, Source
from dinh.spine.observations.models.rejected import LedgerCursor, Rejected
from dinh.spine.observations.models.series import Series

__all__ = [
    "Alert",
    "CatalogueStamp",
    "Indicator",
    "JudgedCursor",
    "LedgerCursor",
    "Rejected",
    "Rule",
    "Series",
    "Source",
]
