"""A scenario, in both languages: a list with a faulty row is seen and mended by leaving the row out, the map is calculated, a mast moves
by its form and back again, the report and the list go out, and the page tells what fails first as traffic grows."""

from __future__ import annotations

import json

import pytest

from .conftest import Office, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
AREA = "Mỹ Xuyên"
LIST = "Tên trạm;Vĩ độ;Kinh độ;Chiều cao (m);Góc phương vi\nTrạm Chợ;{lat:.4f};{lon:.4f};{height};0/120/240\nTrạm Cầu;{far:.4f};{lon:.4f};28;60/180/300\nTrạm Hỏng;{lat:.4f};206,1;30;0\n"  # fmt: skip
FAULT_LINE = "4"
HEIGHTS_M = {"vi": 32, "en": 33}
"""Neither language finds the other's answers."""


def _open_scenario(visit: Visit, language: str) -> str:
    """The address of the new scenario."""
    visit.go("/5g/")
    visit.look("areas")
    with visit.page.expect_navigation():
        visit.page.get_by_role("link", name=AREA).first.click()
    visit.page.locator(".plan-new input[name=name]").fill(f"Phương án {language}")
    visit.press(".plan-new button")
    _shown(visit)
    visit.look("empty-scenario")
    return visit.page.url.partition("#")[0]


def _middle(visit: Visit) -> tuple[float, float]:
    west, south, east, north = json.loads(visit.page.locator("#plan-config").text_content() or "{}")["area"]
    return round((west + east) / 2, 4), round((south + north) / 2, 4)


def _shown(visit: Visit) -> None:
    visit.page.locator("dinh-plan canvas").first.wait_for()


def _calculated(visit: Visit) -> None:
    visit.page.locator("#plan-figures table").first.wait_for(timeout=90_000)


def _bring(visit: Visit, place: str, longitude: float, latitude: float) -> None:
    visit.go(f"{place}import/")
    text = LIST.format(lat=latitude, far=latitude + 0.01, lon=longitude, height=HEIGHTS_M[visit.language]).replace(
        ".", ","
    )
    visit.page.locator("input[name=file]").set_input_files(
        {"name": "tram.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    visit.press("form[enctype] button")
    fault = visit.page.locator("section:has(#faults-title) tbody tr")
    assert fault.count() == 1
    assert FAULT_LINE in fault.inner_text()
    assert "206.1" in fault.inner_text()
    visit.look("faults")
    visit.press('form[action$="/take/"] button')


def _drag_by_finger(visit: Visit, code: str) -> str:
    """Rests on the mast, moves it up, lifts, sees it calculated. Its latitude as it is kept then."""
    page = visit.page
    x, y = page.evaluate(
        """code => {
            const map = document.querySelector('dinh-plan'), box = map.getBoundingClientRect();
            const mast = JSON.parse(document.getElementById('plan-config').textContent).state.masts.find(one => one.code === code);
            const at = map.ground.project([mast.longitude, mast.latitude]);
            return [box.x + at.x, box.y + at.y];
        }""",
        code,
    )
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in at]})

    touch("touchStart", (x, y))
    page.wait_for_timeout(500)
    for step in range(1, 6):
        touch("touchMove", (x, y - 8 * step))
    page.evaluate(
        "() => { window.calculated = new Promise(done => document.body.addEventListener('plan:calculated', done, {once: true})) }"
    )
    with page.expect_response(lambda answer: "/edit/" in answer.url) as kept:
        touch("touchEnd")
    page.evaluate("() => window.calculated.then(() => true)")
    mast = next(one for one in kept.value.json()["masts"] if one["code"] == code)
    return f"{mast['latitude']:.6f}"


def _download(visit: Visit, form: str) -> bytes:
    """By the page's own link, with its cookies."""
    path = visit.page.locator(f'a[href$="export.{form}"]').first.get_attribute("href")
    answer = visit.page.request.get(f"{visit.house.address}{path}")
    assert answer.ok
    return bytes(answer.body())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_list_becomes_a_calculated_network_that_is_changed_and_reported(office: Office, language: str) -> None:
    visit = office.visit("demo-planner", language)
    page = visit.page
    place = _open_scenario(visit, language).removeprefix(office.house.address)
    longitude, latitude = _middle(visit)
    _bring(visit, place, longitude, latitude)
    _shown(visit)
    _calculated(visit)
    visit.look("calculated")

    visit.go(f"{place}?mast=T0001")
    before = page.locator("#m-lat").input_value()
    moved = f"{latitude + 0.004:.6f}"
    page.locator("#m-lat").fill(moved)
    with page.expect_response(lambda answer: "/calculate/" in answer.url):
        page.locator(".plan-mast button[value=save]").click()
    page.locator(f'#m-lat[value="{moved.replace(".", "," if language == "vi" else ".")}"]').wait_for()
    with page.expect_response(lambda answer: "/calculate/" in answer.url):
        page.locator('[data-plan-act="undo"]').click()
    page.locator(f'#m-lat[value="{before}"]').wait_for()
    visit.look("undone")

    moved = _drag_by_finger(visit, "T0001")
    page.wait_for_function("wanted => document.querySelector('#m-lat')?.value.replace(',', '.') === wanted", arg=moved)

    page.locator(".plan__tools summary").click()
    page.locator('[data-dialog="take-away"]').click()
    visit.look("take-away")
    assert _download(visit, "pdf").startswith(b"%PDF")
    rows = _download(visit, "csv").decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + 2 * 3, "a row for each cell of two masts"

    visit.go(f"{place}growth/")
    visit.press('form[action$="/growth/"] button')
    page.locator("section:has(#order-title) tbody tr").first.wait_for(timeout=90_000)
    page.locator("dinh-chart[data-chart=ready]").nth(1).wait_for()
    visit.look("what-fails-first")
