"""`dinh seal …` and what `dinh check` says of the seal."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from dinh.kernel import clock
from dinh.project import sealing
from dinh.project.commands import seal__renew, seal__show

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(settings: LazySettings, tmp_path: Path) -> None:
    settings.SEAL_HOME = tmp_path / "seal"


def test_the_seal_is_shown_renewed_and_called_self_signed_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert seal__show.run([]) == 0
    first = capsys.readouterr().out
    assert "self-signed (tự ký)" in first
    assert seal__renew.run([]) == 0
    second = capsys.readouterr().out
    assert first.splitlines()[-1] != second.splitlines()[-1], "another certificate"


@pytest.mark.parametrize(("days_left", "ok"), [(31, True), (29, False), (-1, False)])
def test_the_check_tells_thirty_days_before_the_certificate_ends(
    days_left: int, ok: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal__show.run([])
    later = clock.now() + timedelta(days=3 * 365 - days_left)
    monkeypatch.setattr(clock, "now", lambda: later)
    seal = next(finding for finding in sealing.findings() if finding.what == "seal")
    assert seal.ok is ok
    assert ok or seal.remedy == "run: dinh seal renew"
    assert seal__show.run([]) == (1 if days_left < 0 else 0)


def test_the_check_names_settings_that_cannot_be_right(settings: LazySettings) -> None:
    settings.TIMESTAMP_FAILURE = "maybe"
    assert [finding.what for finding in sealing.findings() if not finding.ok] == ["time stamps"]
    settings.SEAL = "pkcs11:nothing"
    (seal,) = sealing.findings()
    assert not seal.ok
    assert "lacks token, object, module-path" in seal.says
