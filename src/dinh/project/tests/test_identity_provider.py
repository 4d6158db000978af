from __future__ import annotations

from pathlib import Path

import pytest

from dinh.kernel.errors import Invalid
from dinh.project import identity_provider
from dinh.project.demo import identities


def set_to(monkeypatch: pytest.MonkeyPatch, secret: Path, **changed: str) -> None:
    variables = {
        "DINH_VNEID_ISSUER": "https://vneid.example/",
        "DINH_VNEID_CLIENT_ID": "dinh",
        "DINH_VNEID_CLIENT_SECRET_FILE": str(secret),
        "DINH_VNEID_HOSTS": "https://dang-nhap.example",
    }
    for name, value in (variables | changed).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text("bí mật\n", encoding="utf-8")
    return file


def test_a_form_may_lead_to_the_issuer_and_its_hosts_only_where_they_are_set(
    monkeypatch: pytest.MonkeyPatch, secret: Path
) -> None:
    monkeypatch.setenv("DINH_VNEID_ISSUER", "")
    assert identity_provider.origins(identity_provider.configured(demo=False)) == []
    set_to(monkeypatch, secret)
    found = identity_provider.configured(demo=False)
    assert (found["issuer"], found["secret"]) == ("https://vneid.example", "bí mật")
    assert identity_provider.origins(found) == ["https://vneid.example", "https://dang-nhap.example"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DINH_VNEID_ISSUER", "http://vneid.example"),
        ("DINH_VNEID_ISSUER", "https://user@vneid.example"),
        ("DINH_VNEID_ISSUER", "vneid.example"),
        ("DINH_VNEID_HOSTS", "http://dang-nhap.example"),
        ("DINH_VNEID_CLIENT_ID", ""),
        ("DINH_VNEID_CLIENT_SECRET_FILE", "/khong/co"),
        ("DINH_VNEID_CLIENT_SECRET_FILE", ""),
    ],
)
def test_a_wrong_setting_is_told_by_its_name_at_the_start(
    monkeypatch: pytest.MonkeyPatch, secret: Path, name: str, value: str
) -> None:
    set_to(monkeypatch, secret, **{name: value})
    with pytest.raises(Invalid, match=name):
        identity_provider.configured(demo=False)


def test_the_simulated_issuer_keeps_its_address_from_one_start_to_the_next(tmp_path: Path) -> None:
    first, second = identities.configure(tmp_path), identities.configure(tmp_path)
    assert first.port == second.port
    assert first.secret != second.secret
    file = Path(second.for_dinh["DINH_VNEID_CLIENT_SECRET_FILE"])
    assert file.read_text(encoding="ascii") == second.secret
    assert file.stat().st_mode & 0o077 == 0
    assert second.secret not in " ".join(second.command)
