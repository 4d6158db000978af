from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from dinh.gateways.http import intake
from dinh.kernel.errors import Invalid
from dinh.project import certificates, environment, in_threads, secrets
from dinh.project.settings import _database


def test_a_variable_has_its_default_until_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    assert environment.number("PORT") == 8000
    monkeypatch.setenv("PORT", "9000")
    assert environment.number("PORT") == 9000


def test_a_port_that_is_no_number_is_told_with_name_and_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(Invalid, match=r"PORT is 'eighty'"):
        environment.number("PORT")


@pytest.mark.parametrize("value", ["92A", "ĐÌNH", "ABCD", "A-"])
def test_letters_of_a_machine_are_letters(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DINH_NODE", "b")
    assert environment.letters("DINH_NODE") == "B"
    monkeypatch.setenv("DINH_NODE", value)
    with pytest.raises(Invalid, match="give one to three letters"):
        environment.letters("DINH_NODE")


def test_every_variable_stands_in_the_operators_guide() -> None:
    guide = Path(__file__).resolve().parents[4] / "docs/operators/configure.md"
    if not guide.is_file():
        pytest.skip("the operators' guide is not beside this source")
    told = guide.read_text(encoding="utf-8")
    assert [one.name for one in environment.VARIABLES if f"`{one.name}`" not in told] == []


def test_a_database_address_becomes_its_parts() -> None:
    parts = _database("postgresql://dinh:p%40ss@db.example:5433/province")
    assert (parts["NAME"], parts["USER"], parts["PASSWORD"], parts["HOST"], parts["PORT"]) == (
        "province",
        "dinh",
        "p@ss",
        "db.example",
        5433,
    )


def test_postgresql_has_a_connection_for_every_thread_that_holds_one_at_a_time() -> None:
    options: Any = _database("postgresql://dinh@db.example/province")["OPTIONS"]
    working = 8  # events, periodic work, two tasks, four channels of messages
    assert options["pool"]["max_size"] >= in_threads.THREADS + intake.THREADS + working


def test_an_address_of_another_database_is_refused() -> None:
    with pytest.raises(Invalid, match="mysql"):
        _database("mysql://x/y")


def test_a_secret_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    first = secrets.keep(path)
    assert len(first) > 50
    assert secrets.keep(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


def test_a_certificate_is_made_for_this_machine_and_kept(tmp_path: Path) -> None:
    cert, key = certificates.obtain(None, None, tmp_path, "127.0.0.1")
    assert cert.read_bytes().startswith(b"-----BEGIN CERTIFICATE")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    made = cert.read_bytes()
    assert certificates.obtain(None, None, tmp_path, "127.0.0.1") == (cert, key)
    assert cert.read_bytes() == made


def test_half_a_pair_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="--cert and --key"):
        certificates.obtain(tmp_path / "chain.pem", None, tmp_path, "127.0.0.1")
