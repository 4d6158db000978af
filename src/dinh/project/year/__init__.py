"""A year of a province in minutes: alerts, reports and cases, worked by a seeded crowd of officials who forget, are ill and
make mistakes, under a clock that is moved from event to event. At its end every alert, case, deadline and escalation is
accounted for, and the ledger is verified.

Everything goes through the same functions of the spine that pages and gateways call, with each person's own permissions.
"""
