"""Every procedure is a folder that holds together; a new one made by the tool does too."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dinh.kernel.errors import Invalid
from dinh.systems.public_services.domain import folders, procedures, rules, states
from dinh.systems.public_services.web import cpsv
from dinh.web import schema_forms

ROOT = Path(__file__).resolve().parents[5]
SLUGS = sorted(folders.all_procedures())


def test_at_least_six_procedures_of_both_levels_and_kinds_can_be_handed_in() -> None:
    found = folders.all_procedures().values()
    assert len(found) >= 6
    assert {one.level for one in found} == {"commune", "province"}
    assert {one.kind for one in found} == {"full", "partial"}
    assert {one.former_level for one in found} == {3, 4}
    assert len({one.code for one in found}) == len(found)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_folder_holds_together(slug: str) -> None:
    one = folders.procedure(slug)
    assert schema_forms.unsound(one.form) == []
    assert one.laws
    told = (folders.HOME / slug / "README.md").read_text(encoding="utf-8")
    assert one.code in told
    assert "Legal source" in told
    assert all(document.name.vi and document.name.en for document in one.documents)
    assert procedures.procedure_of(slug, json.loads(json.dumps(one.raw))) == one, (
        "what a dossier keeps is the same procedure"
    )
    described = cpsv.described(one)
    assert described["@type"] == "cpsv:PublicService"
    assert described["dct:identifier"] == one.code


def test_each_way_to_answer_asks_for_its_own_papers_and_time() -> None:
    birth = folders.procedure("dang-ky-khai-sinh")

    def codes(values: dict[str, Any]) -> set[str]:
        return {one.code for one in rules.documents_for(birth, values) if one.required}

    assert codes({"has_birth_paper": True}) == {"birth_paper"}
    without = {"has_birth_paper": False, "witness": "khong", "relation": "uy_quyen"}
    assert codes(without) == {"assurance", "authorisation"}
    pavement = folders.procedure("su-dung-tam-long-duong-via-he")
    funeral = rules.deadline_for(pavement, {"purpose": "dam_tang"})
    assert states.type_of(funeral) == states.DOSSIER_DAYS
    assert states.type_of(rules.deadline_for(pavement, {"purpose": "dam_cuoi"})) == states.DOSSIER


def test_a_new_procedure_made_by_the_tool_passes_every_check(tmp_path: Path) -> None:
    made = [
        sys.executable,
        str(ROOT / "tools" / "new_procedure"),
        "dang-ky-thu",
        "--code",
        "1.999999",
        "--into",
        str(tmp_path),
    ]
    assert subprocess.run(made, check=False, capture_output=True).returncode == 0
    one = folders.read(tmp_path / "dang-ky-thu")
    assert schema_forms.unsound(one.form) == []
    assert subprocess.run(made, check=False, capture_output=True).returncode == 1, "what is there is not overwritten"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"authority": {"level": "district", "name": {"vi": "Huyện", "en": "District"}}}, "there is no district"),
        ({"code": "x"}, "none of the national portal"),
        ({"name": {"vi": "Chỉ một", "en": ""}}, "lacks vi or en"),
        ({"kind": "level 4"}, "none of full, partial"),
        ({"law": [{"number": "Luật", "title": {"vi": "a", "en": "b"}}]}, "no number of a legal text"),
        ({"fee": {"name": {"vi": "a", "en": "b"}, "basis": {"vi": "a", "en": "b"}, "amount": -1}}, "whole đồng"),
        ({"document": [{"code": "a", "name": {"vi": "a", "en": "b"}, "when": {"nothing": 1}}]}, "no field of the form"),
        ({"life_events": ["flying"]}, "life_events names 'flying'"),
        ({"output": {"name": {"vi": "a", "en": "b"}, "number": "1"}}, "output.number"),
    ],
)
def test_a_folder_that_is_wrong_says_what_and_where(wrong: dict[str, Any], says: str) -> None:
    raw = folders.procedure("dang-ky-khai-sinh").raw
    faults = list(folders.faults_of({**raw, "procedure": {**raw["procedure"], **wrong}}))
    assert any(says in fault for fault in faults), faults


def test_an_unreadable_folder_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "dang-ky-thu").mkdir()
    with pytest.raises(Invalid, match="'dang-ky-thu' cannot be offered"):
        folders.read(tmp_path / "dang-ky-thu")


def test_what_the_law_calls_sensitive_and_what_leads_to_a_person_is_hidden_at_the_desk() -> None:
    hidden = {"ethnicity", "fee_group", "marriage_number", "entry_number", "home_town", "plot_address", "parcel"}
    for slug, one in folders.all_procedures().items():
        shown = set(one.form["properties"]) - schema_forms.personal_names(one.form)
        assert not shown & hidden, slug


def test_a_result_has_the_head_of_decree_30_2020() -> None:
    page = (folders.HOME.parent / "print_result.txt").read_text(encoding="utf-8")
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in page
    assert "Độc lập - Tự do - Hạnh phúc" in page
