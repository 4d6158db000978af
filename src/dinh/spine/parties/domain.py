"""Roles and permissions: the house's own table, to which the manifests add; and the rule of who may what, where."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dinh.kernel.manifests import PermissionSpec, RoleSpec, Text, registry
from dinh.spine.parties.api import Actor, Grant

STAFF = ("operator", "official", "leader", "engineer", "administrator")
READERS = (*STAFF, "auditor")
"""An auditor sees what staff see and changes nothing."""
ROLES = (
    RoleSpec("operator", Text("Trực ban", "Duty operator")),
    RoleSpec("official", Text("Cán bộ xử lý", "Case official")),
    RoleSpec("leader", Text("Lãnh đạo", "Leader")),
    RoleSpec("engineer", Text("Kỹ sư dữ liệu", "Data engineer")),
    RoleSpec("administrator", Text("Quản trị", "Administrator")),
    RoleSpec("auditor", Text("Thanh tra", "Auditor")),
)
PERMISSIONS = (
    PermissionSpec("operations.view_detail", Text("Xem chi tiết điều hành", "See operations in detail"), READERS),
    PermissionSpec("observations.read", Text("Xuất số liệu gốc", "Export raw readings"), READERS),
    PermissionSpec("observations.record", Text("Gửi số liệu", "Record readings"), ("engineer", "administrator")),
    PermissionSpec("observations.acknowledge", Text("Nhận cảnh báo", "Acknowledge alerts"), ("operator", "leader")),
    PermissionSpec(
        "observations.manage", Text("Quản lý chỉ tiêu, nguồn", "Manage indicators"), ("engineer", "administrator")
    ),
    PermissionSpec("observations.report", Text("Báo cáo chỉ tiêu", "Report indicators"), ("official", "leader")),
    PermissionSpec("observations.approve", Text("Duyệt báo cáo chỉ tiêu", "Approve returns"), ("leader",)),
    PermissionSpec("observations.audit", Text("Xem mọi báo cáo chỉ tiêu", "See every return"), ("auditor",)),
    PermissionSpec("observations.plan", Text("Đặt chỉ tiêu kế hoạch", "Set targets and plans"), ("leader", "engineer")),
    PermissionSpec(
        "observations.maintain",
        Text("Đặt lịch bảo trì", "Plan maintenance"),
        ("operator", "leader", "engineer", "administrator"),
    ),
    PermissionSpec("cases.view", Text("Xem vụ việc", "See cases"), READERS),
    PermissionSpec("cases.open", Text("Mở vụ việc", "Open cases"), ("operator", "official", "leader")),
    PermissionSpec("cases.assign", Text("Giao vụ việc", "Assign cases"), ("operator", "leader")),
    PermissionSpec("cases.act", Text("Xử lý vụ việc", "Work on cases"), ("operator", "official", "leader")),
    PermissionSpec(
        "cases.see_personal",
        Text("Xem dữ liệu cá nhân trong vụ việc", "See personal data in cases"),
        ("operator", "official", "leader"),
    ),
    PermissionSpec(
        "cases.route", Text("Đặt phân luồng, ca trực, mẫu trả lời", "Set routing, shifts, texts"), ("leader",)
    ),
    PermissionSpec(
        "cases.calendar", Text("Đặt lịch làm việc", "Set the working calendar"), ("leader", "administrator")
    ),
    PermissionSpec(
        "requests.moderate",
        Text("Quản lý phản ánh công khai", "Moderate public requests"),
        ("operator", "official", "leader"),
    ),
    PermissionSpec("places.manage", Text("Quản lý địa điểm", "Manage places"), ("engineer", "administrator")),
    PermissionSpec("parties.manage", Text("Quản lý người và đơn vị", "Manage people"), ("administrator",)),
    PermissionSpec(
        "publications.write",
        Text("Soạn công bố", "Write publications"),
        ("operator", "official", "leader", "administrator"),
    ),
    PermissionSpec(
        "publications.check", Text("Kiểm tra công bố", "Check publications"), ("official", "leader", "administrator")
    ),
    PermissionSpec("publications.publish", Text("Phát hành công bố", "Publish"), ("leader", "administrator")),
    PermissionSpec("documents.issue", Text("Ban hành văn bản", "Issue documents"), ("leader",)),
    PermissionSpec("documents.withdraw", Text("Thu hồi văn bản", "Withdraw documents"), ("leader",)),
    PermissionSpec(
        "notices.manage", Text("Quản lý việc gửi thông báo", "Manage the sending of notices"), ("administrator",)
    ),
    PermissionSpec("jobs.view", Text("Xem việc nền", "See background work"), ("engineer", "administrator")),
    PermissionSpec(
        "jobs.manage", Text("Huỷ, chạy lại việc nền", "Manage background work"), ("engineer", "administrator")
    ),
    PermissionSpec("ledger.read", Text("Đọc sổ cái", "Read the ledger"), READERS),
)


def roles() -> dict[str, RoleSpec]:
    """Every role by code; a manifest cannot change a role of the house."""
    known = {spec.code: spec for spec in ROLES}
    for spec in registry.roles():
        known.setdefault(spec.code, spec)
    return known


def permissions() -> dict[str, PermissionSpec]:
    """Every permission by code."""
    known = {spec.code: spec for spec in PERMISSIONS}
    for spec in registry.permissions():
        known.setdefault(spec.code, spec)
    return known


def roles_with(permission: str) -> frozenset[str]:
    """The roles that carry a permission: the house's table and every manifest's declaration together."""
    carrying: set[str] = set()
    for spec in (*PERMISSIONS, *registry.permissions()):
        if spec.code == permission:
            carrying.update(spec.roles)
    return frozenset(carrying)


def is_staff_role(code: str) -> bool:
    """A role that no manifest knows any more counts as staff: the stricter reading."""
    spec = roles().get(code)
    return spec is None or spec.staff


def carries(grant: Grant, permission: str, carrying: frozenset[str]) -> bool:
    """True if the grant's role has the permission and its system is the permission's own, or all."""
    return grant.role in carrying and grant.system in ("", permission.partition(".")[0])


def permitted(
    actor: Actor, permission: str, place: str | None, contains: Callable[[str, str], bool], *, everywhere: bool = False
) -> bool:
    """The rule. A key needs the permission among its scopes and, when a person holds it, the person's grant too.

    Without a place a grant anywhere is enough, unless `everywhere` asks for one without bounds.
    """
    if actor.permissions is not None:
        if "*" in actor.permissions:
            return True
        if permission not in actor.permissions:
            return False
        if not actor.grants:
            return True
    carrying = roles_with(permission)
    for grant in actor.grants:
        if not carries(grant, permission, carrying):
            continue
        if grant.place is None or (place is None and not everywhere):
            return True
        if place is not None and contains(grant.place, place):
            return True
    return False


def without_staff(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    return tuple(grant for grant in grants if not is_staff_role(grant.role))
