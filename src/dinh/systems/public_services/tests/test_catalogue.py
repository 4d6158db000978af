"""The national catalogue is read for its facts; figures of dossiers go to the operations centre once a day."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import Actor
from dinh.spine.submissions import api as submissions
from dinh.systems.public_services import commands, models, tasks
from dinh.systems.public_services.actions import desk, drafts
from dinh.systems.public_services.feeds import national
from dinh.systems.public_services.queries import figures
from dinh.systems.public_services.tests.factories import COMMUNE, STATUS, citizen, dossier, draft

pytestmark = pytest.mark.django_db

LINE = {
    "ma_thu_tuc": "1.004873", "ten_thu_tuc": "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân", "linh_vuc": "Hộ tịch",
    "cap_thuc_hien": "Cấp xã", "so_quyet_dinh": "163/QĐ-BTP", "detail_url": "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/1",
    "cach_thuc_thuc_hien": "Hình thức nộpThời gianPhí, lệ phíMô tảTrực tuyến3Miễn phí(Mức lệ phí)Trực tiếp5 Ngày làm việc8,000 VNĐ",
    "can_cu_phap_ly": "Tên văn bảnThông tư85/2019/TT-BTCNghị định123/2015/NĐ-CPLuật 60/2014/QH1360/2014/QH13",
    "co_quan_thuc_hien": "Không có thông tin", "trinh_tu_thuc_hien": "Câu chữ của Cổng",
}  # fmt: skip


def test_facts_are_taken_and_bad_lines_are_left_out_with_their_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.jsonl.gz"
    lines = [
        json.dumps(LINE, ensure_ascii=False),
        "{",
        json.dumps({"ma_thu_tuc": "1.2"}),
        json.dumps(
            {**LINE, "ma_thu_tuc": "9.999999", "ten_thu_tuc": "Đăng ký thử", "detail_url": "javascript:alert(1)"}
        ),
    ]
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.write("\n".join(lines))
    assert commands.import_procedures([str(file)]) == 0
    assert commands.import_procedures([str(file)]) == 0, "read again it stays as it is"
    told = capsys.readouterr()
    assert "2 procedures taken in, 2 lines left out" in told.out
    assert "line 2 was left out" in told.err
    row = models.NationalProcedure.objects.get(code="1.004873")
    assert row.laws == ["85/2019/TT-BTC", "123/2015/NĐ-CP", "60/2014/QH13"]
    assert row.channels == [["online", "3 ngày", "Miễn phí"], ["counter", "5 Ngày làm việc", "8,000 VNĐ"]]
    assert models.NationalProcedure.objects.get(code="9.999999").address == ""
    client = Client(headers={"accept-language": "vi"})
    page = client.get("/services/?q=xac nhan tinh trang hon nhan").content.decode()
    assert "nộp được tại đây" in page
    assert "chưa nhận trực tuyến ở đây" in client.get("/services/?q=dang ky thu").content.decode()
    assert client.get("/services/national/9.999999/").status_code == 200
    with pytest.raises(Invalid, match="cannot be read"):
        list(national.read(tmp_path / "nothing.jsonl"))


def test_figures_count_what_came_what_ended_and_what_went_back(dao: Actor) -> None:
    first, second = dossier(STATUS), dossier(STATUS)
    desk.take(first, by=dao)
    desk.save_findings(first, [desk.Found("document", "earlier", False, "Mờ", "Chụp lại")], by=dao)
    desk.send_back(first, by=dao)
    desk.take(second, by=dao)
    desk.refuse(second, reason="Không thuộc thẩm quyền của xã này", by=dao)
    (line,) = figures.lines("", window=timedelta(days=1))
    assert (line.received, line.ended, line.in_time, line.returned, line.returned_again, line.open) == (
        2,
        1,
        1,
        1,
        0,
        1,
    )
    assert (line.share_online, line.share_full) == (1.0, 1.0)
    assert figures.of_day(clock.today())[COMMUNE]["received"] == 2


@pytest.mark.django_db(transaction=True)
def test_a_day_that_is_over_goes_to_the_history_once(office: str) -> None:
    observations.declare_manifests()
    dossier(STATUS)
    clock.move_to(clock.now() + timedelta(days=1))
    try:
        tasks.record_figures()
        assert not models.RecordedDay.objects.exists(), "something of that day waits to be worked off"
        submissions.work_off()
        tasks.record_figures()
        tasks.record_figures()
        assert models.RecordedDay.objects.count() == 1
        assert observations.settle()
        found = {row.indicator: row for row in observations.series_of(subject=COMMUNE)}
        assert "services.received" in found
    finally:
        clock.move_to(None)


def test_a_draft_is_prefilled_by_consent_and_expires_with_its_files(office: str) -> None:
    be = citizen()
    row = draft(STATUS, by=be, full_name=None)
    assert drafts.prefill(row, by=be) == ["full_name"]
    row.refresh_from_db()
    assert row.values["full_name"] == "Trần Thị Bé"
    file = models.Attachment.objects.get().file
    models.Draft.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    tasks.tidy()
    assert not models.Draft.objects.exists()
    from dinh.spine.files import api as files

    assert files.file(file).state == "erased"


def test_a_damaged_file_of_the_catalogue_is_named_with_what_to_give(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl.gz"
    whole = bytearray(gzip.compress(b"{}\n" * 5000))
    whole[12:20] = b"\xff" * 8
    file.write_bytes(whole)
    with pytest.raises(Invalid, match=r"give a \.jsonl"):
        list(national.read(file))
