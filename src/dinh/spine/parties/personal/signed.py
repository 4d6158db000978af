"""Records of work that carry the name of whoever did it: the office's name takes its place, the record stays."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Model

from dinh.kernel.specs import Text
from dinh.spine.parties.personal import Counted, Holder, Outcome, Section, Signed, register
from dinh.spine.parties.personal.own import BY_LAW

COUNTED = {"what": Text("Hồ sơ", "Records"), "count": Text("Số lượng", "Number")}
NOTE = Text(
    "Đây là hồ sơ công việc của cơ quan, xem được tại trang của chúng; ở đây chỉ đếm.",
    "These are the office's records of work, to be seen on their own pages; here they are counted.",
)


def holder(code: str, name: Text, signed: Sequence[Signed]) -> Holder:
    def count(one: Signed, person: str) -> int:
        model: type[Model] = one.model
        return model._default_manager.filter(**{one.person: person}).count()

    def export(person: str) -> Sequence[Section]:
        rows = [{"what": one.what, "count": count(one, person)} for one in signed]
        return (Section("signed", name, COUNTED, [row for row in rows if row["count"]], note=NOTE),)

    def outlook(person: str) -> Outcome:
        return Outcome(kept=[Counted(one.what, count(one, person), BY_LAW) for one in signed])

    def erase(person: str, by: str) -> Outcome:
        outcome = outlook(person)
        office = register.office_name(person)
        for one in signed:
            one.model._default_manager.filter(**{one.person: person}).update(**{one.name: office})
        return outcome

    return Holder(code, name, export, outlook, erase)
