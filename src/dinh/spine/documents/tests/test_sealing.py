"""Seals, as other programs than the one that makes them read them: poppler's pdfsig and OpenSSL."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import LazySettings

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, SourceUnavailable
from dinh.spine.documents import api, models, token
from dinh.spine.documents.tests import time_stamps
from dinh.spine.documents.tests.papers import certified, issued, p12, pdf_of, pdfsig
from dinh.spine.files import api as files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]
VALID = "Signature Validation: Signature is Valid."
WHOLE = "Total document signed"
needs_poppler = pytest.mark.skipif(not shutil.which("pdfsig"), reason="needs poppler-utils (tools/debian_packages)")


@needs_poppler
@pytest.mark.parametrize("kind", ["made", "RSA-3072", "P-256"])
def test_another_program_finds_the_seal_valid_and_an_altered_or_appended_copy_not(
    kind: str, settings: LazySettings, tmp_path: Path
) -> None:
    if kind != "made":
        key = rsa.generate_private_key(65537, 3072) if kind == "RSA-3072" else ec.generate_private_key(ec.SECP256R1())
        settings.SEAL = str(p12(tmp_path / "seal.p12", key, "mật khẩu"))
        (tmp_path / "password").write_text("mật khẩu\n", encoding="utf-8")
        settings.SEAL_PASSWORD_FILE = str(tmp_path / "password")
    row = issued()
    content = files.read(row.file)
    told = pdfsig(content, tmp_path)
    assert VALID in told
    assert WHOLE in told
    assert "ETSI.CAdES.detached" in told
    assert "SHA-256" in told
    assert b"/DocMDP" in content
    assert b"/P 1" in content, "certified: no change is permitted"
    assert row.certificate.self_signed is (kind == "made")

    altered = content.replace(b"GP-UBND", b"GP-UBNX", 1)
    assert altered != content
    assert VALID not in pdfsig(altered, tmp_path)
    assert WHOLE not in pdfsig(content + content[content.rindex(b"\nxref") :], tmp_path)


def test_the_bytes_are_told_apart_by_what_was_done_to_them(tmp_path: Path) -> None:
    row = issued()
    content = files.read(row.file)
    genuine = api.check(content)
    assert (genuine.verdict, genuine.signature_holds) == ("genuine", True)
    assert genuine.document == row
    for copy, verdict in (
        (content + b"\n% more", "appended"),
        (content.replace(b"GP-UBND", b"GP-UBNX", 1), "altered"),
        (content.replace(b"/Page ", b"/Page  ", 1), "altered"),
    ):
        found = api.check(copy)
        assert (found.verdict, found.signature_holds) == (verdict, False)
        assert found.document is not None
        assert found.document.urn == row.urn
    for stranger in (b"", pdf_of("foreign"), b"/Contents <" + b"0" * 3001 + b">" * 5000, content[:-3000]):
        assert api.check(stranger).verdict in {"unknown", "altered"}


def test_a_house_without_a_seal_makes_one_that_its_owner_alone_reads_and_says_so(
    settings: LazySettings, tmp_path: Path
) -> None:
    first = api.seal()
    assert first.source == "made"
    assert "self-signed" in first.certificate.subject
    assert stat.S_IMODE((tmp_path / "seal" / "seal.pem").stat().st_mode) == 0o600
    assert api.seal() == first
    row = issued()
    renewed = api.renew_seal()
    assert renewed.certificate.fingerprint != first.certificate.fingerprint
    assert api.check(files.read(row.file)).signature_holds, "what the earlier key sealed is sealed still"
    assert issued().certificate == renewed.certificate
    settings.SEAL = str(tmp_path / "other.p12")
    with pytest.raises(Conflict, match="ask whoever gave it"):
        api.renew_seal()


def test_an_expired_seal_seals_nothing_and_takes_no_number(settings: LazySettings, tmp_path: Path) -> None:
    settings.SEAL = str(p12(tmp_path / "old.p12", ec.generate_private_key(ec.SECP256R1()), "x", days=-1))
    settings.SEAL_PASSWORD_FILE = str(tmp_path / "password")
    (tmp_path / "password").write_text("x", encoding="utf-8")
    assert api.seal().days_left < 0
    with pytest.raises(Conflict, match="run dinh seal renew"):
        issued()
    assert not models.Number.objects.exists()


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        ("password", "its password is another"),
        ("absent", "No such file"),
        ("garbage", "is no PKCS#12 file"),
        ("weak", "neither RSA of 2048 bits"),
        ("curve", "neither RSA of 2048 bits"),
        ("token", "lacks object, module-path"),
    ],
)
def test_a_seal_that_cannot_be_opened_says_why_and_what_to_mend(
    spoilt: str, says: str, settings: LazySettings, tmp_path: Path
) -> None:
    path = tmp_path / "seal.p12"
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = ec.generate_private_key(ec.SECP256R1())
    if spoilt == "weak":
        key = rsa.generate_private_key(65537, 1024)
    if spoilt == "curve":
        key = ec.generate_private_key(ec.SECP521R1())
    p12(path, key, "right")
    (tmp_path / "password").write_text("wrong" if spoilt == "password" else "right", encoding="utf-8")
    settings.SEAL_PASSWORD_FILE = str(tmp_path / "password")
    settings.SEAL = {"token": "pkcs11:token=con-dau", "absent": str(tmp_path / "none.p12")}.get(spoilt, str(path))
    if spoilt == "garbage":
        path.write_bytes(b"garbage")
    with pytest.raises(Invalid, match=says) as caught:
        api.seal()
    assert "dinh seal show" in caught.value.message


def _token_of(content: bytes) -> tuple[bytes, bytes]:
    """The stamp and the signature that it stamps."""
    held = re.search(rb"/Contents\s*<([0-9A-Fa-f]+)>", content)
    assert held is not None
    signed = cms.ContentInfo.load(bytes.fromhex(held[1].decode()))["content"]["signer_infos"][0]
    (stamp,) = [one for one in signed["unsigned_attrs"] if one["type"].native == "signature_time_stamp_token"]
    return stamp["values"][0].dump(), signed["signature"].native


@needs_poppler
def test_with_a_time_stamp_server_the_seal_bears_a_stamp_that_openssl_verifies(
    settings: LazySettings, tmp_path: Path
) -> None:
    with time_stamps.authority() as authority:
        settings.TIMESTAMP_URL = authority.url
        row = issued()
    assert row.timestamped_at is not None
    assert abs(row.timestamped_at - clock.now()) < timedelta(minutes=1)
    assert "Dấu thời gian thử" in row.authority
    content = files.read(row.file)
    assert VALID in pdfsig(content, tmp_path)
    assert api.check(content).signature_holds
    stamp, signature = _token_of(content)
    (tmp_path / "stamp.der").write_bytes(stamp)
    (tmp_path / "signature").write_bytes(signature)
    pem = authority.certificate.public_bytes(serialization.Encoding.PEM)
    (tmp_path / "authority.pem").write_bytes(pem)
    verify = ["openssl", "ts", "-verify", "-in", "stamp.der", "-token_in", "-data", "signature"]
    done = subprocess.run(
        [*verify, "-CAfile", "authority.pem"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "Verification: OK" in done.stdout, done.stderr


@pytest.mark.parametrize("bears", [time_stamps.REFUSING, time_stamps.BROKEN, time_stamps.OTHER_WORDS, "gone"])
def test_without_a_good_stamp_nothing_is_issued_unless_the_operator_said_so(bears: str, settings: LazySettings) -> None:
    with time_stamps.authority() as authority:
        authority.bears = bears
        settings.TIMESTAMP_URL = "http://127.0.0.1:9/tsa" if bears == "gone" else authority.url
        with pytest.raises(SourceUnavailable, match="gave no stamp") as caught:
            issued()
        assert caught.value.code == "documents.timestamp"
        settings.TIMESTAMP_FAILURE = "sign"
        row = issued()
    assert row.number.startswith("01/"), "the number of the first try was not lost"
    assert row.timestamped_at is None
    assert api.check(files.read(row.file)).signature_holds
    assert api.without_timestamp(clock.now() - timedelta(hours=1)) == 1


@pytest.mark.parametrize("made", [b"", b"no PDF", b"%PDF-1.7 but not more", pdf_of("x")[:300]])
def test_what_is_no_pdf_is_not_sealed(made: bytes) -> None:
    with pytest.raises(Invalid, match="no whole, unsigned PDF"):
        issued(render=lambda stamp: made)


def test_a_paper_that_is_sealed_already_is_not_sealed_again() -> None:
    content = files.read(issued().file)
    with pytest.raises(Invalid, match="no whole, unsigned PDF"):
        issued(render=lambda stamp: content)


def test_sealing_is_quick() -> None:
    """Under 100 ms without a time-stamp server, reading back included; time of the processor, for the sake of a busy machine."""
    from dinh.spine.documents import seal, signing

    key = rsa.generate_private_key(65537, 3072)
    for held in (seal.usable(), seal.Seal(seal.FILE, certified(key), key=key)):
        content = pdf_of("x")
        times = []
        for _ in range(5):
            began = time.process_time()
            signing.seal_pdf(content, held, organisation="UBND xã Thử", reason="Giấy phép")
            times.append(time.process_time() - began)
        assert min(times) < 0.1, [round(1000 * one) for one in times]


def test_it_also_seals_where_an_event_loop_runs() -> None:
    import asyncio

    from dinh.spine.documents import seal, signing

    async def within() -> bool:
        sealed = signing.seal_pdf(pdf_of("x"), seal.usable(), organisation="UBND", reason="x")
        return sealed.read.holds

    assert asyncio.run(within())


def test_two_threads_that_seal_with_one_token_log_in_one_after_the_other(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Session:
        open_now = 0

        def __enter__(self) -> Session:
            Session.open_now += 1
            if Session.open_now > 1:
                raise RuntimeError("USER_ALREADY_LOGGED_IN")
            return self

        def __exit__(self, *error: object) -> None:
            Session.open_now -= 1

    opening = SimpleNamespace(get_token=lambda **_: SimpleNamespace(open=lambda **_: Session()))
    pkcs11 = SimpleNamespace(lib=lambda path: opening, PKCS11Error=ZeroDivisionError)
    monkeypatch.setitem(sys.modules, "pkcs11", pkcs11)
    settings.SEAL_PASSWORD_FILE = ""

    def seal(_number: int) -> None:
        with token._session(token.Address("con-dau", "khoa", "/lib/token.so")):
            time.sleep(0.02)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(seal, range(4))) == [None] * 4
