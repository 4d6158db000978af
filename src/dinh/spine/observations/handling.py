"""What people do with alerts: see them, write of them, take them out of a group and put them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, Phrase
from dinh.spine.jobs import api as jobs
from dinh.spine.observations import alerts, grouping, saying
from dinh.spine.observations.api import AlertNoteRow, AlertRow
from dinh.spine.observations.models import Alert
from dinh.spine.parties import api as parties

SAID: Final = {"acknowledged": Phrase("acknowledged"), "cleared": Phrase("cleared"), "suppressed": Phrase("held back")}


def acknowledge(alert: str, *, by: parties.Actor, note: str = "") -> AlertRow:
    with transaction.atomic():
        found = alerts.find(alert, Alert.objects.select_for_update())
        parties.require(by, "observations.acknowledge", place=found.place or None)
        if found.state != "open":
            raise Conflict(
                "observations.alert_not_open",
                "{alert} is {state} already; only an open alert can be acknowledged",
                alert=str(found),
                state=SAID.get(found.state, found.state),
            )
        members = list(Alert.objects.select_for_update().filter(group=found, state="open")) if found.is_group else []
        for row in (found, *members):
            row.state = "acknowledged"
            row.acknowledged_by, row.acknowledged_at = by.urn, clock.now()
            row.save(update_fields=["state", "acknowledged_by", "acknowledged_at"])
        jobs.publish("alert.acknowledged", {**alerts.payload(found), "by": by.urn})
        saying.write(found, "acknowledged", note, by)
    return alerts.row(found)


def add_note(alert: str, text: str, *, by: parties.Actor) -> AlertNoteRow:
    if not saying.checked(text):
        raise Invalid("observations.empty_note", "the note is empty; write a few words")
    with transaction.atomic():
        found = alerts.find(alert, Alert.objects.select_for_update())
        parties.require(by, "observations.acknowledge", place=found.place or None)
        note = saying.write(found, "noted", text, by)
        jobs.publish("alert.noted", {"urn": str(found)})
    return AlertNoteRow(note.what, note.text, note.by, note.by_name, note.at)


def notes(alert: str) -> Sequence[AlertNoteRow]:
    return saying.notes(alerts.find(alert, Alert.objects.all()))


def set_apart(alert: str, *, by: parties.Actor, note: str = "") -> AlertRow:
    """See `api.set_alert_apart`."""
    with transaction.atomic():
        found = alerts.find(alert, Alert.objects.select_for_update())
        parties.require(by, "observations.acknowledge", place=found.place or None)
        if found.group is None:
            raise Conflict("observations.not_in_group", "{alert} stands in no group", alert=str(found))
        group = grouping.leave(found)
        if found.cleared_at is None:
            jobs.publish("alert.opened", alerts.payload(found))
        alerts.end_if_empty(group)
        saying.write(found, "set_apart", note, by)
    return alerts.row(found)


def put_back(alert: str, group: str, *, by: parties.Actor, note: str = "") -> AlertRow:
    """See `api.put_alert_into_group`."""
    with transaction.atomic():
        into = alerts.find(group, Alert.objects.select_for_update())
        found = alerts.find(alert, Alert.objects.select_for_update())
        parties.require(by, "observations.acknowledge", place=found.place or None)
        if not into.is_group or into.cleared_at or found.is_group or found.group_id or found.cleared_at:
            raise Conflict(
                "observations.cannot_join",
                "{alert} cannot be put into {group}; both must stand, and it must be in no other group",
                alert=str(found),
                group=str(into),
            )
        found.set_apart = False
        found.save(update_fields=["set_apart"])
        grouping.join(into, [found])
        saying.write(found, "joined", note, by)
    return alerts.row(found)
