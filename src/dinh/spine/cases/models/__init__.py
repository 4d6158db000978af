from dinh.spine.cases.models.case import Act, AlertEscalation, Case, Step, YearCount
from dinh.spine.cases.models.office import CalendarDay, EscalationStep, OfficeWeek, Routing, Shift, Template
from dinh.spine.cases.models.parts import Question, Task

__all__ = [
    "Act",
    "AlertEscalation",
    "CalendarDay",
    "Case",
    "EscalationStep",
    "OfficeWeek",
    "Question",
    "Routing",
    "Shift",
    "Step",
    "Task",
    "Template",
    "YearCount",
]
