"""The manifest: inbox and case pages, and the two kinds of work that every centre has."""

from __future__ import annotations

from datetime import timedelta

from dinh.kernel.manifests import (
    CaseTypeSpec,
    CategorySpec,
    Command,
    MenuItem,
    Panel,
    StateSpec,
    System,
    Text,
    TransitionSpec,
)

INCIDENT = CaseTypeSpec(
    code="incident",
    name=Text("Sự cố", "Incident"),
    initial="new",
    states=(
        StateSpec("new", Text("Mới", "New")),
        StateSpec("acknowledged", Text("Đã nhận", "Acknowledged")),
        StateSpec("in_progress", Text("Đang xử lý", "In progress")),
        StateSpec("waiting", Text("Chờ bên khác", "Waiting for others"), "waiting"),
        StateSpec("resolved", Text("Đã khắc phục", "Resolved")),
        StateSpec("closed", Text("Đã đóng", "Closed"), "done"),
        StateSpec("rejected", Text("Không phải sự cố", "Not an incident"), "rejected"),
    ),
    transitions=(
        TransitionSpec("accept", Text("Xác nhận đã nhận", "Acknowledge"), ("new",), "acknowledged", needs_owner=True),
        TransitionSpec(
            "start", Text("Bắt đầu xử lý", "Start work"), ("new", "acknowledged"), "in_progress", needs_owner=True
        ),
        TransitionSpec(
            "wait",
            Text("Chuyển sang chờ", "Wait for others"),
            ("acknowledged", "in_progress"),
            "waiting",
            needs_owner=True,
            needs_reason=True,
        ),
        TransitionSpec("resume", Text("Tiếp tục xử lý", "Resume work"), ("waiting",), "in_progress", needs_owner=True),
        TransitionSpec(
            "resolve",
            Text("Báo đã khắc phục", "Report as resolved"),
            ("acknowledged", "in_progress", "waiting"),
            "resolved",
            needs_owner=True,
        ),
        TransitionSpec("close", Text("Đóng vụ việc", "Close"), ("resolved",), "closed", needs_reason=True),
        TransitionSpec(
            "reject",
            Text("Không phải sự cố", "Not an incident"),
            ("new", "acknowledged", "in_progress", "waiting"),
            "rejected",
            needs_reason=True,
        ),
        TransitionSpec(
            "reopen",
            Text("Mở lại", "Reopen"),
            ("resolved", "closed", "rejected"),
            "in_progress",
            needs_reason=True,
        ),
    ),
    to_owner=timedelta(minutes=15),
    to_close=timedelta(hours=4),
    categories=(
        CategorySpec("power", Text("Điện", "Power")),
        CategorySpec("telecom", Text("Viễn thông", "Telecommunications")),
        CategorySpec("water", Text("Nước, thuỷ lợi", "Water, irrigation")),
        CategorySpec("environment", Text("Môi trường", "Environment")),
        CategorySpec("traffic", Text("Giao thông", "Traffic")),
        CategorySpec("health", Text("Y tế", "Health")),
        CategorySpec("security", Text("An ninh mạng", "Cybersecurity")),
        CategorySpec("other", Text("Khác", "Other")),
    ),
    fields={
        "type": "object",
        "properties": {
            "affected_people": {
                "type": "integer",
                "minimum": 0,
                "maximum": 100_000_000,
                "title": "Số người bị ảnh hưởng",
                "title_en": "People affected",
            },
            "cause": {
                "enum": ["nature", "equipment", "people", "attack", "unknown"],
                "title": "Nguyên nhân",
                "title_en": "Cause",
                "x-names": {
                    "nature": "Thiên tai, thời tiết",
                    "equipment": "Hỏng thiết bị",
                    "people": "Do người",
                    "attack": "Bị phá hoại, tấn công",
                    "unknown": "Chưa rõ",
                },
                "x-names-en": {
                    "nature": "Nature, weather",
                    "equipment": "Equipment failed",
                    "people": "People",
                    "attack": "Damage, attack",
                    "unknown": "Not known yet",
                },
            },
            "contact": {
                "type": "string",
                "maxLength": 200,
                "title": "Đầu mối tại chỗ",
                "title_en": "Contact on the spot",
                "x-personal": True,
            },
            "damage": {"type": "string", "maxLength": 2000, "title": "Thiệt hại", "title_en": "Damage"},
        },
    },
    playbook=(
        Text(
            "Kiểm tra số liệu có đúng không: trạm đo, nguồn, các trạm lân cận",
            "Check that the reading is right: the station, the source, the neighbours",
        ),
        Text("Gọi xác minh với đơn vị tại chỗ", "Call those on the spot to confirm"),
        Text("Xử lý hoặc chuyển đơn vị phụ trách", "Act, or hand on to whoever is in charge"),
        Text("Báo cho người dân và cơ quan bị ảnh hưởng", "Tell the people and offices affected"),
        Text("Xác nhận chỉ số đã về mức bình thường", "Confirm that the figure is back to normal"),
    ),
)

TASK = CaseTypeSpec(
    code="task",
    name=Text("Nhiệm vụ", "Task"),
    initial="todo",
    states=(
        StateSpec("todo", Text("Cần làm", "To do")),
        StateSpec("doing", Text("Đang làm", "Doing")),
        StateSpec("waiting", Text("Chờ bên khác", "Waiting for others"), "waiting"),
        StateSpec("done", Text("Xong", "Done"), "done"),
        StateSpec("dropped", Text("Không làm nữa", "Dropped"), "rejected"),
    ),
    transitions=(
        TransitionSpec("start", Text("Bắt đầu", "Start"), ("todo",), "doing", needs_owner=True),
        TransitionSpec(
            "wait",
            Text("Chuyển sang chờ", "Wait for others"),
            ("doing",),
            "waiting",
            needs_owner=True,
            needs_reason=True,
        ),
        TransitionSpec("resume", Text("Tiếp tục", "Resume"), ("waiting",), "doing", needs_owner=True),
        TransitionSpec(
            "close", Text("Hoàn thành", "Complete"), ("doing", "waiting"), "done", needs_owner=True, needs_reason=True
        ),
        TransitionSpec(
            "drop", Text("Không làm nữa", "Drop"), ("todo", "doing", "waiting"), "dropped", needs_reason=True
        ),
        TransitionSpec("reopen", Text("Mở lại", "Reopen"), ("done", "dropped"), "doing", needs_reason=True),
    ),
    to_owner=timedelta(hours=7, minutes=30),
    to_close=timedelta(hours=37, minutes=30),
    office_hours=True,
)
"""A day and a week of office hours."""

SYSTEM = System(
    slug="work",
    name=Text("Vụ việc", "Cases"),
    summary=Text(
        "Hộp việc và trang vụ việc: việc gì, ai nhận, hạn đến khi nào",
        "Inbox and case pages: what, who has it, by when",
    ),
    urls="dinh.systems.work.web.urls",
    menu=(MenuItem(Text("Vụ việc", "Cases"), "/work/", order=20, permission="cases.view"),),
    panels=(
        Panel(
            slot="operations.queue",
            title=Text("Vụ việc", "Cases"),
            path="/work/fragments/queue/",
            order=10,
            permission="cases.view",
        ),
        Panel(
            slot="operations.alert_action",
            title=Text("Mở vụ việc", "Open a case"),
            path="/work/from-alert/{id}/",
            permission="cases.open",
        ),
    ),
    case_types=(INCIDENT, TASK),
    links={"case": "/work/cases/{id}/", "case_type": "/work/?type={id}"},
    commands=(
        Command(
            name="cases",
            run="dinh.systems.work.feeds.past_cases:run",
            help="take over the cases of another system from a CSV file",
            under="import",
        ),
    ),
)
