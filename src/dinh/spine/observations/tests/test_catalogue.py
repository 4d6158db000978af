"""The catalogue: declared by manifests and files, checked, and known at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.kernel.manifests import Aggregation, Kind, RuleSpec, Severity, System, Text, registry
from dinh.spine.observations import api as observations
from dinh.spine.observations.tests.province import declare, record, source
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import ANYONE, SYSTEM

pytestmark = pytest.mark.django_db
FILE = """
[[source]]
code = "hydro"
name = { vi = "Đài khí tượng thủy văn", en = "Hydrometeorological station" }
licence = "CC-BY-4.0"
period = "PT10M"

[[indicator]]
code = "water.salt"
name = { vi = "Độ mặn", en = "Salinity" }
domain = { vi = "Môi trường", en = "Environment" }
unit = "g/L"
kind = "gauge"
direction = "lower"
over_place = "max"
period = "PT10M"
target = 1
valid_min = 0

[[rule]]
code = "water.too-salt"
indicator = "water.salt"
name = { vi = "Mặn vượt ngưỡng", en = "Too salty" }
severity = "major"
above = 4
clear_at = 3.5
lasting = "PT30M"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_declares_sources_indicators_and_rules_once(tmp_path: Path) -> None:
    path = written(tmp_path, FILE)
    assert observations.import_declarations(path, by=SYSTEM) == observations.Declared(3, 0, 0)
    assert observations.import_declarations(path, by=SYSTEM) == observations.Declared(0, 0, 3)
    changed = written(tmp_path, FILE.replace("target = 1", "target = 2"))
    assert observations.import_declarations(changed, by=SYSTEM) == observations.Declared(0, 1, 2)
    spec = observations.indicator("water.salt")
    assert (spec.target, spec.over_place, spec.period) == (2.0, Aggregation.MAX, timedelta(minutes=10))
    rule = next(rule for rule in observations.rules() if rule.code == "water.too-salt")
    assert (rule.above, rule.clear_at, rule.lasting) == (4.0, 3.5, timedelta(minutes=30))


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('unit = "g/L"', 'unit = "grams"', ["line 8", "unit", "'grams'", "UCUM"]),
        ('kind = "gauge"', 'kind = "level"', ["line 8", "kind = 'level'", "gauge, counter, ratio, index"]),
        ("target = 1", 'target = "one"', ["line 8", "target = 'one'", "without quotes"]),
        ("target = 1", "tarket = 1", ["line 8", "tarket = 1", "no such field"]),
        ('period = "PT10M"\ntarget', 'period = "10m"\ntarget', ["line 8", "period = '10m'", "PT15M"]),
        ('name = { vi = "Độ mặn", en = "Salinity" }', 'name = "Salinity"', ["line 8", "both languages"]),
        ("clear_at = 3.5", "clear_at = 5", ["line 20", "clear_at", "at most above, 4.0"]),
        ("above = 4\n", "above = 4\nbelow = 1\n", ["line 20", "either above or below"]),
        (
            'indicator = "water.salt"',
            'indicator = "water.sald"',
            ["water.too-salt", "water.sald", "nearest: water.salt"],
        ),
        ("[[rule]]", "[[rules]]", ["'rules'", "[[source]], [[indicator]] and [[rule]]"]),
        ("target = 1", "target = ", ["not TOML", "line 17"]),
    ],
)
def test_a_wrong_file_is_refused_whole_with_line_field_value_and_remedy(
    tmp_path: Path, before: str, after: str, says: list[str]
) -> None:
    assert before in FILE
    with pytest.raises((Invalid, NotFound)) as caught:
        observations.import_declarations(written(tmp_path, FILE.replace(before, after)), by=SYSTEM)
    for words in says:
        assert words in caught.value.message
    assert "water.salt" not in {spec.code for spec in observations.indicators()}


def test_only_who_may_manage_declares() -> None:
    with pytest.raises(Refused):
        observations.declare_indicators([], by=ANYONE)
    with pytest.raises(Refused):
        observations.declare_rules([], by=ANYONE)


def test_an_unknown_code_names_the_nearest() -> None:
    declare("water.level")
    with pytest.raises(NotFound, match=r"nearest: water\.level"):
        observations.indicator("water.levl")


def test_a_ratio_needs_both_its_parts_and_an_index_has_no_sum() -> None:
    with pytest.raises(Invalid, match="both parts"):
        declare("x.ratio", Kind.RATIO, numerator="x.a")
    with pytest.raises(NotFound, match=r"ratio of 'x\.a'"):
        declare("x.ratio", Kind.RATIO, numerator="x.a", denominator="x.b")
    with pytest.raises(Invalid, match="cannot be summed"):
        declare("x.index", Kind.INDEX, over_place=Aggregation.SUM)


def test_the_unit_of_an_indicator_with_readings_is_fixed() -> None:
    parties.save_organisation(id="one", name_vi="Một", name_en="One")
    source()
    spec = declare("x.flow", unit="m3/s")
    observations.declare_indicators([replace(spec, unit="L/s")], by=SYSTEM)
    record("x.flow", "urn:dinh:organisation:one", [1.0])
    with pytest.raises(Conflict, match="cannot become 'm3/s'"):
        observations.declare_indicators([spec], by=SYSTEM)


def test_manifests_are_declared_and_rules_of_a_removed_system_are_not_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = declare("plugged.level")
    rule = RuleSpec("plugged.high", spec.code, Text("Cao", "High"), Severity.MINOR, above=1.0)
    text = Text("Thử", "Test")
    system = System(slug="plugged", name=text, summary=text, indicators=(spec,), rules=(rule,))
    before = registry.systems()
    monkeypatch.setattr(registry, "_systems", {**{s.slug: s for s in before}, "plugged": system})
    assert observations.declare_manifests() == (1, 0)
    assert observations.declare_manifests() == (0, 0)
    assert rule in observations.rules()
    monkeypatch.setattr(registry, "_systems", {s.slug: s for s in before})
    observations.declare_manifests()
    assert rule not in observations.rules()


def test_saving_a_source_again_changes_it() -> None:
    source("one", period=timedelta(hours=1))
    source("one", period=timedelta(hours=2))
    assert [row.period for row in observations.sources() if row.code == "one"] == [timedelta(hours=2)]
    with pytest.raises(Invalid, match="above zero"):
        source("two", period=timedelta(0))
