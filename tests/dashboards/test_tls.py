"""The pages by https: certificate, cookie, and no way back to http."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from pipelines.settings import Settings
from tests.dashboards.asking import ask, post_form
from tests.dashboards.conftest import PASSWORD
from tests.demonstration.chromium import serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a certificate for this machine, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(signed.public_bytes(pem))
    paths[1].write_bytes(
        key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


@pytest.fixture(scope="module")
def address(hospital: Settings, certificate: tuple[Path, Path]) -> Iterator[str]:
    """Yield the address of pages that speak https."""
    variables = {
        "EHR_TLS_CERTIFICATE": str(certificate[0]),
        "EHR_TLS_KEY": str(certificate[1]),
    }
    with serving(hospital, **variables) as served:
        yield served.replace("http://", "https://")


def test_over_tls_the_cookie_is_secure_and_browsers_stay_there(
    address: str, certificate: tuple[Path, Path]
) -> None:
    trusting = ssl.create_default_context(cafile=certificate[0])
    fields = {"user_id": "doctor", "password": PASSWORD}
    entered = post_form(address, "/sign-in", fields, context=trusting)
    cookie = entered.headers["set-cookie"]

    assert entered.status == 303
    assert cookie.startswith("__Host-ehr_session_")
    assert "; secure" in cookie.lower()
    assert "max-age=31536000" in entered.headers["strict-transport-security"]
    session = {"Cookie": cookie.partition(";")[0]}
    answer = ask(address, "/_stcore/host-config", headers=session, context=trusting)
    assert answer.status == 200


def test_over_tls_a_page_in_the_clear_is_another_site(
    address: str, certificate: tuple[Path, Path]
) -> None:
    trusting = ssl.create_default_context(cafile=certificate[0])
    clear = {"Origin": address.replace("https", "http")}
    entered = post_form(address, "/sign-in", {}, clear, context=trusting)

    assert entered.status == 403


def test_nobody_is_answered_in_the_clear(address: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - the connection ends
        ask(address.replace("https", "http"), "/sign-in")


def test_without_tls_nothing_is_promised(hospital: Settings) -> None:
    with serving(hospital) as served:
        headers = ask(served, "/sign-in").headers

    assert "strict-transport-security" not in headers


def test_a_certificate_without_its_key_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="belong together"):
        Settings(tls_certificate=tmp_path / "certificate.pem", _env_file=None)
