"""The registers' part of observations: catalogue, alerts, intake. The readings themselves are in the history."""

from dinh.spine.observations.models.alerts import Alert, JudgedCursor
from dinh.spine.observations.models.catalogue import Indicator, Rule, Source

__all__ = ["Alert", "Indicator", "JudgedCursor", "Rule", "Source"]
