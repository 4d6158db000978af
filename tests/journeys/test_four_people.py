"""Four people at work in a real browser, in both languages: an operator, a head of department, a reporting official, an
auditor. After each step axe-core finds nothing serious or critical on the page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dinh.kernel import clock

from .house import House, chromium, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on this machine"),
    pytest.mark.parametrize("language", ["vi", "en"]),
]
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN = (
    "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations"
    ".filter(one => ['serious', 'critical'].includes(one.impact)).map(one => [one.id, one.nodes[0].html]))"
)
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
type Enter = Callable[[str, str], "Person"]


class Person:
    """Somebody signed in, at a desk of 1440 × 900, in a language."""

    def __init__(self, page: Page, address: str, language: str) -> None:
        self.page, self.address, self.language = page, address, language
        self._axe = AXE.read_text(encoding="utf-8")

    def go(self, path: str) -> Page:
        """At the desk, and for its width at a phone of 390 pixels too."""
        self.page.goto(self.address + path)
        self.page.set_viewport_size(PHONE)
        assert self._fits(), f"wider than a phone: {self.page.url}"
        self.page.set_viewport_size(DESK)
        self.looks_right()
        return self.page

    def _fits(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    def looks_right(self) -> None:
        """The page is in the person's language, needs no scrolling sideways, and axe-core finds nothing grave."""
        self.page.wait_for_load_state("load")
        assert self.page.locator("html").get_attribute("lang") == self.language, self.page.url
        assert self._fits(), self.page.url
        # Evaluated by the debugger, which the page's policy does not bind: an inline script would be refused.
        self.page.evaluate(self._axe)
        assert self.page.evaluate(RUN) == [], self.page.url

    def press(self, selector: str) -> None:
        """A button or link that leads to another page."""
        self.page.locator(selector).first.click()
        self.looks_right()

    def sees(self, vi: str, en: str) -> None:
        self.page.locator("main", has_text=vi if self.language == "vi" else en).first.wait_for()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house"), free_port())
    made.furnish(Path(__file__).with_name("furnishing.py"))
    with made.served():
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def enter(house: House, browser: Browser) -> Iterator[Enter]:
    """Signs somebody in; what any of their pages complains of fails the journey."""
    complaints: list[str] = []
    contexts = []

    def sign_in(name: str, language: str) -> Person:
        context = browser.new_context(viewport=DESK, locale=language)
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": house.address}])
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto(f"{house.address}/account/sign-in/?next=/account/")
        page.locator(f'form[action*="demo/demo-{name}"] button').click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        return Person(page, house.address, language)

    yield sign_in
    for context in contexts:
        context.close()
    assert not complaints, complaints


def test_an_operator_sees_an_alert_takes_it_assigns_asks_and_resolves(
    house: House, enter: Enter, language: str
) -> None:
    operator = enter("operator", language)
    page = operator.page
    page.goto(f"{house.address}/")
    page.locator("html[data-live=on]").wait_for()
    station = 0 if language == "vi" else 1
    house.post(9.7, f"urn:dinh:asset:tram-{station}")
    row = page.locator("[data-item]", has_text={"vi": "Độ mặn vượt ngưỡng", "en": "Salinity over the limit"}[language])
    row = row.filter(has_text={"vi": "chưa có người nhận", "en": "no owner yet"}[language]).first
    row.wait_for()
    row.locator("[data-row]").click()
    page.locator("#card button[data-key=t]:enabled").wait_for()
    operator.looks_right()

    page.keyboard.press("t")  # opens the case and takes it in one
    page.wait_for_url(re.compile(r"/work/cases/"))
    operator.sees("Trần Thị Bình", "Trần Thị Bình")
    operator.looks_right()

    page.locator('.work-acts a[href*="/assign/"]').click()
    page.locator("dialog[open] select[name=to]").select_option(label="Lê Văn Cường")
    operator.looks_right()
    page.locator("dialog[open] button[form=act-form]").click()
    page.locator(".work-fact", has_text="Lê Văn Cường").wait_for()

    page.locator('#tasks a[href*="/tasks/add/"]').click()
    page.locator("dialog[open] input[name=title]").fill("Đo lại độ mặn tại cống")
    page.locator("dialog[open] select[name=organisation]").select_option(
        label={"vi": "Sở Y tế", "en": "Department of Health"}[language]
    )
    page.locator("dialog[open] button[form=act-form]").click()
    page.locator("#tasks", has_text="Đo lại độ mặn tại cống").wait_for()
    operator.looks_right()

    for move in ("take/", "move/start/", "move/resolve/"):
        button = page.locator(f'.work-acts form[action$="{move}"] button')
        button.wait_for()
        button.click()
        page.wait_for_load_state("load")
    operator.sees("Đã khắc phục", "Resolved")
    operator.looks_right()


def test_a_head_of_department_clears_the_inbox_sets_rules_and_publishes(
    house: House, enter: Enter, language: str
) -> None:
    leader = enter("leader", language)
    page = leader.go("/work/?q=so" if language == "vi" else "/work/?q=line")
    marks = page.locator("[data-mark]")
    for number in range(2):
        marks.nth(number).check()
    leader.press("#bulk button >> nth=0")
    page.locator("input[name=act][value=assign]").check()
    page.locator("select[name=to]").select_option(label="Lê Văn Cường")
    leader.press("#bulk-act .btn--primary")
    leader.sees("2 trong 2", "2 of 2")
    leader.press("button[name=start]")
    page.wait_for_url(lambda url: "/bulk/" not in url)

    leader.go("/work/routing/")
    place = page.locator("#id_place option").nth(2 if language == "vi" else 3).inner_text()
    for office in ({"vi": "Sở Y tế", "en": "Department of Health"}, {
        "vi": "Sở Nông nghiệp và Môi trường", "en": "Department of Agriculture and Environment"
    }):  # fmt: skip
        page.locator("#id_place").select_option(label=place)
        page.locator("#id_organisation").select_option(label=office[language])
        leader.press("form:has(#id_organisation) .btn--primary")
        page.locator("tr", has_text=place).filter(has_text=office[language]).wait_for()
    assert page.locator("table tbody tr", has_text=place).count() == 1, "the rule is edited, not doubled"

    leader.go("/work/departments/")
    leader.sees("Sở Nông nghiệp và Môi trường", "Department of Agriculture and Environment")

    leader.go("/work/calendar/")
    saturday = clock.today() + timedelta(days=(5 - clock.today().weekday()) % 7 + (7 if language == "vi" else 14))
    for day, how in ((saturday, "work"), (saturday + timedelta(days=2), "off")):
        page.locator("#id_day").fill(day.isoformat())
        page.locator("#id_how").select_option(how)
        page.locator("#id_name_vi").fill("Hoán đổi ngày làm việc")
        page.locator("#id_name_en").fill("Working day swapped")
        leader.press("form:has(#id_day) .btn--primary")
    leader.sees("Hoán đổi ngày làm việc", "Working day swapped")

    leader.go("/publications/desk/?queue=review")
    leader.press(f'a[href$="/desk/thong-bao-{language}/"]')
    leader.press('form[action$="/do/approve/"] button')
    leader.press('form[action$="/do/publish/"] button')
    leader.go(f"/publications/thong-bao-{language}/")
    leader.sees("Độ mặn là 4,2 g/l.", "Salinity is 4.2 g/l.")


def _decided(leader: Person, number: str) -> None:
    leader.go("/reporting/review/")
    leader.press(f'a[href="{number}"]')
    leader.press("button[value=approve]")


def _recorded(reporter: Person, number: str) -> None:
    """The worker records what is approved; the page says so when it is loaded again."""
    words = {"vi": "đã duyệt và ghi nhận", "en": "approved and recorded"}[reporter.language]
    for _ in range(100):
        reporter.page.goto(reporter.address + number)
        if reporter.page.locator(".page__lead", has_text=words).count():
            return
        reporter.page.wait_for_timeout(300)
    raise AssertionError("the return was not recorded")


def test_an_official_reports_mends_corrects_and_a_second_person_approves(
    house: House, enter: Enter, language: str
) -> None:
    reporter, leader = enter("reporter", language), enter("leader", language)
    page = reporter.go("/reporting/")
    rows = page.locator("section >> nth=0").locator('a[href*="/returns/"]')
    number = str(rows.first.get_attribute("href"))
    reporter.press(f'a[href="{number}"]')
    for name, text in (
        ("c-0-0", {"vi": "1.234", "en": "1,234"}[language]),
        ("c-0-1", "6oo"),
        ("c-1-0", "20"),
        ("c-1-1", "-"),
    ):
        page.locator(f"input[name={name}]").fill(text)
    page.locator("#explanation").fill("Đã đối chiếu với sổ.")
    page.locator("button[value=submit]").click()
    page.locator("input[name=c-0-1][aria-invalid=true]").wait_for()
    reporter.looks_right()
    page.locator("input[name=c-0-1]").fill("600")
    page.locator("button[value=submit]").click()
    reporter.sees("chờ duyệt", "waits for approval")
    reporter.looks_right()
    assert page.locator("button[value=approve]").count() == 0, "nobody approves their own figures"

    _decided(leader, number)
    _recorded(reporter, number)
    reporter.looks_right()

    page.locator("details summary").last.click()
    page.locator("#reason").fill("Sót một trường hợp")
    page.locator('form[action$="/correct/"] button').click()
    page.locator("input[name=c-0-1]").fill("601")
    page.locator("#explanation").fill("Sót một trường hợp")
    page.locator("button[value=submit]").click()
    reporter.sees("chờ duyệt", "waits for approval")
    corrected = page.url.removeprefix(house.address).partition("?")[0]
    row = page.locator("section[aria-labelledby=changes-title] tbody tr")
    assert ("600" in row.inner_text(), "601" in row.inner_text()) == (True, True)
    reporter.looks_right()
    _decided(leader, corrected)
    _recorded(reporter, corrected)
    page.goto(house.address + number)
    assert "600" in page.locator("#grid").inner_text(), "the first version keeps what was reported then"


def test_an_official_imports_a_table_and_the_next_one_by_the_kept_mapping(
    house: House, enter: Enter, language: str, tmp_path: Path
) -> None:
    reporter = enter("reporter", language)
    page = reporter.go("/import/")
    head = {"vi": "Xã;Trẻ sinh ra;Tháng", "en": "Xã;Bé gái;Tháng"}[language]
    name = {"vi": "Sổ tháng", "en": "Monthly register"}[language]
    for month, values in (("07/2026", ("31", "2,5x")), ("08/2026", ("33", "26"))):
        file = tmp_path / f"bang-{month[:2]}.csv"
        file.write_text(f"{head}\nTrần Đề;{values[0]};{month}\nKế Sách;{values[1]};{month}\n", encoding="utf-8")
        page.goto(f"{house.address}/import/")
        page.locator("#file").set_input_files(str(file))
        page.locator('form[action$="/new/"] .btn--primary').click()
        page.locator("select[name=source]").wait_for()
        if month == "07/2026":
            page.locator("select[name=source]").select_option("so-sach")
            page.locator("select[name=level]").select_option("commune")
            page.locator("select[name^=role_]").nth(1).select_option("value")
            page.locator(".btn[name=act][value=look]").click()
            page.locator("select[name^=indicator_]").select_option("test.births" if language == "vi" else "test.girls")
            page.locator(".btn[name=act][value=look]").click()
            reporter.sees("Chỗ cần sửa", "Faults")
            reporter.looks_right()
            reporter.sees("2,5x", "2,5x")  # the bad cell, with its place and remedy
            page.locator("input[name=name]").fill(name)
            page.locator("button[name=act][value=save]").click()
            page.locator("input[name=name]").wait_for()
        assert page.locator("input[name=name]").input_value() == name, "the same columns are read by the kept mapping"
        assert page.locator("select[name=source]").input_value() == "so-sach"
        page.locator("button[name=act][value=import]").click()
        page.locator(".badge--done").first.wait_for()
        reporter.looks_right()
    reporter.go("/import/")
    reporter.sees(name, name)


def test_an_auditor_reads_everything_proves_it_and_can_change_nothing(
    house: House, enter: Enter, language: str
) -> None:
    auditor = enter("auditor", language)
    page = auditor.go("/verify/")
    page.locator("#q").fill("1")  # signed, as all that was there when the house was furnished
    auditor.press("form[role=search] .btn--primary")
    with page.expect_download() as proof:
        page.locator('a[href$="/proof.json"]').click()
    text = Path(proof.value.path()).read_text(encoding="utf-8")

    auditor.go("/verify/check/")
    page.locator("#text").fill(text)
    page.locator("[data-verify-form] .btn--primary").click()
    page.locator("[data-verify-result] [data-verdict=good]").wait_for()
    auditor.looks_right()

    auditor.go("/work/?states=all")
    export = page.request.get(f"{house.address}/work/export.csv?states=all")
    assert export.ok
    assert "2026-" in export.text() or len(export.text().splitlines()) > 5
    case = str(page.locator('main th a[href*="/work/cases/"]').first.get_attribute("href"))
    auditor.press(f'a[href="{case}"]')
    assert "Trần Thị Bình" in page.locator("#history").inner_text(), "who did what stands on the page"
    assert page.locator(".work-acts, .work-comment").count() == 0
    auditor.go("/reporting/overview/")
    auditor.sees("Trẻ mới sinh", "Newborn children")

    before = _tree_size(page, house)
    token = next(one["value"] for one in page.context.cookies() if one["name"].endswith("csrftoken"))
    for path in _changes(case):
        answer = page.request.post(
            house.address + path,
            form={"csrfmiddlewaretoken": token, "text": "x", "reason": "x", "version": "1", "act": "save"},
            headers={"Referer": house.address + path},
            max_redirects=0,
        )
        assert answer.status in {403, 404, 405, 422}, (path, answer.status)
    for index in range(before, _tree_size(page, house)):
        said = page.request.get(f"{house.address}/verify/{index}/").text()
        assert "demo-auditor" not in said, f"entry {index} is an act of the auditor"


def _tree_size(page: Page, house: House) -> int:
    return int(page.request.get(f"{house.address}/verify/head.json").json()["tree_size"])


def _changes(case: str) -> list[str]:
    """What staff may post; an auditor is refused all of it."""
    return [
        *(f"{case}{act}" for act in ("take/", "comment/", "assign/", "hand-on/", "move/start/", "tasks/add/")),
        "/work/new/", "/work/bulk/", "/work/routing/", "/work/calendar/", "/publications/desk/new/",
        "/publications/desk/thong-bao-vi/do/publish/", "/rules/new/", "/rules/maintenance/", "/import/new/",
        "/reporting/formulas/new/", "/reporting/forms/new/",
    ]  # fmt: skip
