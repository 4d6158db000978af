"""The registers' part of observations: catalogue, alerts, intake. The readings themselves are in the history."""

from dinh.spine.observations.models.alerts import Alert, AlertNote, JudgedCursor
from dinh.spine.observations.models.catalogue import CatalogueStamp, Indicator, Rule, RuleVersion, Source
from dinh.spine.observations.models.maintenance import Maintenance
from dinh.spine.observations.models.rejected import LedgerCursor, Rejected
from dinh.spine.observations.models.reported import Assignment, Formula, Return, ReturnAct, Target
from dinh.spine.observations.models.series import Series

__all__ = [
    "Alert",
    "AlertNote",
    "Assignment",
    "CatalogueStamp",
    "Formula",
    "Indicator",
    "JudgedCursor",
    "LedgerCursor",
    "Maintenance",
    "Rejected",
    "Return",
    "ReturnAct",
    "Rule",
    "RuleVersion",
    "Series",
    "Source",
    "Target",
]
