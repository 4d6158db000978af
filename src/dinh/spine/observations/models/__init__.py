"""The registers' part of observations: catalogue, alerts, intake. The readings themselves are in the history."""

from dinh.spine.observations.models.alerts import Alert, JudgedCursor
from dinh.spine.observations.models.catalogue import CatalogueStamp, Indicator, Rule, Source
from dinh.spine.observations.models.rejected import LedgerCursor, Rejected
from dinh.spine.observations.models.reported import Assignment, Formula, Return, ReturnAct, Target
from dinh.spine.observations.models.series import Series

__all__ = [
    "Alert",
    "Assignment",
    "CatalogueStamp",
    "Formula",
    "Indicator",
    "JudgedCursor",
    "LedgerCursor",
    "Rejected",
    "Return",
    "ReturnAct",
    "Rule",
    "Series",
    "Source",
    "Target",
]
