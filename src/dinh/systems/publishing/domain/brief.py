"""The words of the daily brief: facts of a day as blocks in both languages, short enough for one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from dinh.kernel.clock import VIETNAM
from dinh.kernel.manifests import Direction, Text
from dinh.kernel.vietnamese_text import NARROW_SPACE, format_date, format_moment, format_number
from dinh.systems.publishing.domain.facts import AlertFact, Day, DepartmentFact, IndicatorFact, QualityFact

KIND: Final = "daily-brief"
MOST_ALERTS: Final = 8
MOST_DEPARTMENTS: Final = 8
MOST_INDICATORS: Final = 12
SEVERITIES: Final = {
    "critical": Text("Nghiêm trọng", "Critical"),
    "major": Text("Lớn", "Major"),
    "minor": Text("Nhỏ", "Minor"),
    "information": Text("Thông tin", "Information"),
}
MISSING: Final = {
    "not_measured": Text("không đo", "not measured"),
    "out_of_service": Text("thiết bị ngừng hoạt động", "out of service"),
    "below_detection": Text("dưới ngưỡng phát hiện", "below detection"),
    "above_range": Text("vượt thang đo", "above range"),
    "failed_check": Text("không qua kiểm tra", "failed a check"),
    "not_reported": Text("chưa báo cáo", "not reported"),
    "withheld": Text("không công bố", "withheld"),
    "not_additive": Text("không cộng gộp được", "cannot be added up"),
    "no_earlier_reading": Text("chưa có số đo trước đó", "no earlier reading"),
    "numerator_missing": Text("thiếu tử số", "numerator missing"),
    "denominator_missing": Text("thiếu mẫu số", "denominator missing"),
    "denominator_zero": Text("mẫu số bằng không", "denominator is zero"),
    "no_readings": Text("không có số đo", "no readings"),
}

type Words = dict[str, str]


def both(say: Callable[[str], str]) -> Words:
    return {"vi": say("vi"), "en": say("en")}


def words(text: Text) -> Words:
    return {"vi": text.vi, "en": text.en}


def slug(day: date, *, area: str) -> str:
    return f"ban-tin-{area}-{day.isoformat()}"


def title(day: Day) -> Words:
    return {
        "vi": f"Bản tin hằng ngày {day.area.vi}, {format_date(day.date, 'vi')}",
        "en": f"Daily brief of {day.area.en}, {format_date(day.date, 'en')}",
    }


def summary(day: Day) -> Words:
    """One or two sentences: what a leader reads if nothing else."""
    judged = [fact.meets_target for fact in day.indicators]
    met, with_target = judged.count(True), len(judged) - judged.count(None)
    grave = sum(alert.severity in ("critical", "major") for alert in day.alerts)
    unowned = sum(not alert.owned for alert in day.alerts)
    opened, closed, overdue = (
        sum(getattr(one, name) for one in day.departments) for name in ("opened", "closed", "overdue")
    )
    vi = [
        f"{met}/{with_target} chỉ tiêu có mục tiêu đạt mục tiêu"
        if with_target
        else "Chưa có chỉ tiêu nào đối chiếu được",
        f"{len(day.alerts)} cảnh báo, trong đó {grave} lớn hoặc nghiêm trọng, {unowned} chưa có người nhận"
        if day.alerts
        else "không có cảnh báo",
        f"{opened} vụ việc mở mới, {closed} đã đóng, {overdue} quá hạn",
    ]
    en = [
        f"{met} of {with_target} indicators with a target meet it" if with_target else "No indicator could be compared",
        f"{_count(len(day.alerts), 'alert')}, {grave} of them major or critical, {unowned} without an owner"
        if day.alerts
        else "no alerts",
        f"{_count(opened, 'case')} opened, {closed} closed, {overdue} overdue",
    ]
    return {"vi": "; ".join(vi) + ".", "en": "; ".join(en) + "."}


def body(day: Day) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if day.simulated:
        blocks.append(
            {
                "type": "note",
                "tone": "warning",
                "text": {
                    "vi": "Số liệu mô phỏng: bản tin này dùng số liệu do phần mềm giả lập tạo ra, không phải số đo thật.",
                    "en": "Simulated data: this brief is made from figures of a simulator, not from real measurements.",
                },
            }
        )
    blocks += [_heading("Chỉ tiêu so với mục tiêu", "Indicators against targets")]
    if day.indicators:
        blocks.append({"type": "figures", "items": [_figure(fact) for fact in day.indicators[:MOST_INDICATORS]]})
    else:
        blocks.append(_paragraph("Chưa khai báo chỉ tiêu hàng đầu nào.", "No headline indicator is declared."))
    blocks += [_heading("Cảnh báo trong ngày", "Alerts of the day"), *_alerts(day)]
    blocks += [_heading("Vụ việc theo đơn vị", "Cases by department"), *_departments(day.departments)]
    blocks += [_heading("Chất lượng số liệu", "Quality of the data"), _paragraph(*_quality(day.quality))]
    blocks.append(_paragraph(*_period(day)))
    return blocks


def _heading(vi: str, en: str) -> dict[str, Any]:
    return {"type": "heading", "text": {"vi": vi, "en": en}}


def _paragraph(vi: str, en: str) -> dict[str, Any]:
    return {"type": "paragraph", "text": {"vi": vi, "en": en}}


def _figure(fact: IndicatorFact) -> dict[str, Any]:
    judgement, level = _judgement(fact)
    missing = {"vi": "", "en": ""}
    if fact.value is None:
        missing = words(MISSING.get(fact.missing or "no_readings", Text(fact.missing or "", fact.missing or "")))
    return {
        "name": words(fact.name),
        "value": None if fact.value is None else round(fact.value, fact.places),
        "missing": missing,
        "unit": fact.unit,
        "places": fact.places,
        "target": fact.target,
        "day": None if fact.day is None else round(fact.day, fact.places),
        "week": None if fact.week is None else round(fact.week, fact.places),
        "judgement": judgement,
        "level": level,
        "trend": [None if value is None else round(value, fact.places + 1) for value in fact.trend],
    }


def _judgement(fact: IndicatorFact) -> tuple[Words, str]:
    if fact.value is None:
        return {"vi": "không có số liệu", "en": "no data"}, "bad"
    said: list[Text] = []
    meets, course = fact.meets_target, fact.course
    if meets is not None:
        said.append(Text("đạt", "on target") if meets else Text("chưa đạt", "off target"))
    if course is not None:
        said.append(
            {1: Text("tốt hơn", "better"), -1: Text("kém hơn", "worse"), 0: Text("như cũ", "unchanged")}[course]
        )
    elif fact.day is not None and fact.direction is Direction.NEITHER:
        moved = round(fact.day, fact.places)
        said.append(
            Text("như cũ", "unchanged") if moved == 0 else Text("tăng", "up") if moved > 0 else Text("giảm", "down")
        )
    if fact.stale:
        said.append(Text("số liệu cũ", "old reading"))
    level = "" if meets is None else "good" if meets else "bad"
    return {"vi": ", ".join(one.vi for one in said), "en": ", ".join(one.en for one in said)}, level


def _alerts(day: Day) -> list[dict[str, Any]]:
    if not day.alerts:
        return [_paragraph("Không có cảnh báo nào trong ngày.", "There was no alert on this day.")]
    counts = [(code, sum(alert.severity == code for alert in day.alerts)) for code in SEVERITIES]
    shown, rest = day.alerts[:MOST_ALERTS], len(day.alerts) - MOST_ALERTS
    table = {
        "type": "table",
        "caption": {
            "vi": ", ".join(f"{SEVERITIES[code].vi.lower()}: {count}" for code, count in counts if count),
            "en": ", ".join(f"{SEVERITIES[code].en.lower()}: {count}" for code, count in counts if count),
        },
        "columns": [
            {"vi": "Mức", "en": "Severity"},
            {"vi": "Cảnh báo", "en": "Alert"},
            {"vi": "Nơi", "en": "Where"},
            {"vi": "Từ", "en": "Since"},
            {"vi": "Kéo dài", "en": "Lasted"},
            {"vi": "Người nhận", "en": "Owner"},
        ],
        "numeric": [False, False, False, True, True, False],
        "rows": [_alert(alert, day.date) for alert in shown],
    }
    blocks = [table]
    if rest > 0:
        blocks.append(
            _paragraph(
                f"Và {rest}{' (hoặc hơn)' if day.more_alerts else ''} cảnh báo khác, mức thấp hơn hoặc ngắn hơn.",
                f"And {rest}{' (or more)' if day.more_alerts else ''} other alerts, less severe or shorter.",
            )
        )
    return blocks


def _alert(alert: AlertFact, day: date) -> list[Words]:
    def since(language: str) -> str:
        local = alert.since.astimezone(VIETNAM)
        return f"{local:%H:%M}" if local.date() == day else f"{local:%H:%M} {local:%d/%m}"

    def lasted(language: str) -> str:
        text = duration(alert.lasted, language)
        return text if alert.ended else f"{text}{' (còn)' if language == 'vi' else ' (going on)'}"

    return [
        words(SEVERITIES.get(alert.severity, Text(alert.severity, alert.severity))),
        words(alert.name),
        words(alert.place),
        both(since),
        both(lasted),
        {"vi": "có", "en": "yes"} if alert.owned else {"vi": "chưa có", "en": "nobody"},
    ]


def duration(length: timedelta, language: str) -> str:
    minutes = max(0, int(length.total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = (
        (("ngày", days), ("giờ", hours), ("phút", minutes))
        if language == "vi"
        else (("d", days), ("h", hours), ("min", minutes))
    )
    told = [f"{count}\u00a0{unit}" for unit, count in units if count][:2]
    return " ".join(told) or ("dưới 1\u00a0phút" if language == "vi" else "under 1\u00a0min")


def _departments(rows: Sequence[DepartmentFact]) -> list[dict[str, Any]]:
    if not rows:
        return [_paragraph("Không có vụ việc nào.", "There are no cases.")]
    shown = list(rows[:MOST_DEPARTMENTS])
    if len(rows) > MOST_DEPARTMENTS:
        rest = rows[MOST_DEPARTMENTS:]
        shown.append(_total(rest, Text(f"{len(rest)} đơn vị khác", f"{len(rest)} others")))
    if len(rows) > 1:
        shown.append(_total(rows, Text("Tổng cộng", "Total")))
    return [
        {
            "type": "table",
            "caption": {
                "vi": "Mở mới và đã đóng: trong ngày; đang mở và quá hạn: cuối kỳ.",
                "en": "Opened and closed: on the day; open and overdue: at its end.",
            },
            "columns": [
                {"vi": "Đơn vị", "en": "Department"},
                {"vi": "Mở mới", "en": "Opened"},
                {"vi": "Đã đóng", "en": "Closed"},
                {"vi": "Đang mở", "en": "Open"},
                {"vi": "Quá hạn", "en": "Overdue"},
            ],
            "numeric": [False, True, True, True, True],
            "rows": [
                [words(row.name), *(_whole(getattr(row, name)) for name in ("opened", "closed", "open", "overdue"))]
                for row in shown
            ],
        }
    ]


def _total(rows: Sequence[DepartmentFact], name: Text) -> DepartmentFact:
    sums = {part: sum(getattr(row, part) for row in rows) for part in ("opened", "closed", "open", "overdue")}
    return DepartmentFact(name, **sums)


def _whole(count: int) -> Words:
    return both(lambda language: format_number(float(count), 0, language))


def _quality(fact: QualityFact | None) -> tuple[str, str]:
    if fact is None or not fact.readings:
        return "Không có số đo nào trong ngày.", "No reading came on this day."

    def share(value: float | None, language: str) -> str:
        if value is None:
            return "–"
        return f"{format_number(value * 100, 1, language)}{NARROW_SPACE}%"

    measures = [fact.valid, fact.complete, fact.unrepeated, fact.on_time]
    names = Text("đúng đủ sạch sống", "valid complete unrepeated on-time")
    told = []
    for language in ("vi", "en"):
        named = list(zip(names.in_(language).split(), measures, strict=True))
        parts = [f"{name} {share(value, language)}" for name, value in named if value is not None]
        unknown = ", ".join(name for name, value in named if value is None)
        count = format_number(float(fact.readings), 0, language)
        text = f"{count} số đo" if language == "vi" else f"{count} readings"
        text += f": {', '.join(parts)}." if parts else "."
        if unknown:
            # The intake counts while it takes in: what was loaded afterwards has a value but no measure.
            text += (
                f" Không tính được {unknown}: không nhận trực tiếp trong ngày."
                if language == "vi"
                else f" Not known: {unknown}; nothing was taken in on the day itself."
            )
        if fact.worst:
            late = "; ".join(f"{name.in_(language)} {share(value, language)}" for name, value in fact.worst)
            text += f" Trễ nhất: {late}." if language == "vi" else f" Least on time: {late}."
        if fact.silent:
            names_of = "; ".join(name.in_(language) for name in fact.silent)
            text += f" Không gửi số đo: {names_of}." if language == "vi" else f" Sent nothing: {names_of}."
        told.append(text)
    return told[0], told[1]


def _period(day: Day) -> tuple[str, str]:
    start, end = day.start, day.end

    def said(moment: datetime, language: str) -> str:
        return format_moment(moment, language)

    return (
        f"Số liệu từ {said(start, 'vi')} đến {said(end, 'vi')}. Thay đổi so với cùng giờ hôm trước và 7 ngày trước; "
        "đường diễn biến là 24 giờ cuối kỳ; dấu – là chưa có số liệu để so hoặc chưa đặt mục tiêu."
        + ("" if day.whole else " Ngày chưa kết thúc khi lập bản tin."),
        f"Figures from {said(start, 'en')} to {said(end, 'en')}. Changes are against the same hour a day and 7 days "
        "before; the line of each figure is its last 24 hours; – means nothing to compare with, or no target."
        + ("" if day.whole else " The day was not over when this brief was made."),
    )


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
