"""Opening hours in the words of OpenStreetMap, as far as most places write them.

`parse` reads a text into `Hours`; what it does not understand is None, and is shown as written.
"""

from dinh.engines.opening_hours.hours import Hours, Span, Week
from dinh.engines.opening_hours.parsing import parse

__all__ = ["Hours", "Span", "Week", "parse"]
