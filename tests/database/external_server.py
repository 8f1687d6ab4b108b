"""A PostgreSQL 15 of the system's packages, with TLS, on a free loopback port."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipelines.database.service_user import SERVICE_USER

BINARIES = Path("/usr/lib/postgresql/15/bin")
HOST = "127.0.0.1"
SUPERUSER = "site_superuser"
ADMINISTRATOR = "site_administrator"  # not a superuser, as hospitals hand them out
PASSWORD = "external secret"  # noqa: S105 - of a server that lives for one test run


@dataclass(frozen=True)
class ExternalServer:
    """A running server, and how it is reached."""

    port: int
    authority: Path
    stranger: Path  # another authority, which did not sign the server

    def url(self, user: str = ADMINISTRATOR, **parameters: str) -> str:
        """Return the address; ``parameters`` change how the server is checked."""
        checked = {"sslmode": "verify-full", "sslrootcert": str(self.authority)}
        query = "&".join(f"{k}={v}" for k, v in (checked | parameters).items() if v)
        login = f"{user}:{PASSWORD.replace(' ', '%20')}"
        return f"postgresql://{login}@{HOST}:{self.port}/postgres?{query}"


@contextmanager
def external_server() -> Iterator[ExternalServer]:
    """Run a server that takes TLS connections alone; remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ehr-external-"))
    user = SERVICE_USER if os.geteuid() == 0 else None
    try:
        _make(folder, user)
        port = _free_port()
        _start(folder, user, port)
        yield ExternalServer(port, folder / "authority.pem", folder / "stranger.pem")
    finally:
        _run(user, folder, "pg_ctl", "stop", "-D", "data", "-m", "immediate", "-w")
        shutil.rmtree(folder)


def _make(folder: Path, user: str | None) -> None:
    (folder / "password").write_text(PASSWORD)
    key, authority = _authority("authority")
    _write_certificate(folder / "authority.pem", authority)
    _write_certificate(folder / "stranger.pem", _authority("stranger")[1])
    _write_server_certificate(folder, key, authority)
    if user:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, user, user)
    folder.chmod(0o755)  # the certificates are for all to read
    login = ("--username", SUPERUSER, "--pwfile=password", "--auth=scram-sha-256")
    _run(user, folder, "initdb", "-D", "data", "--encoding=UTF8", *login)
    # An ordinary site's locale, in which text is not sorted as in ours.
    rules = "local all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n"
    (folder / "data" / "pg_hba.conf").write_text(rules)


def _start(folder: Path, user: str | None, port: int) -> None:
    options = (
        f"-c listen_addresses={HOST} -c port={port} -c unix_socket_directories={folder}"
        f" -c ssl=on -c ssl_cert_file={folder}/server.pem"
        f" -c ssl_key_file={folder}/server.key -c fsync=off"
    )
    started = ("start", "-D", "data", "-l", "server.log", "-w", "-o", options)
    _run(user, folder, "pg_ctl", *started)
    statement = (
        f"create role {ADMINISTRATOR} login createdb createrole password '{PASSWORD}'"
    )
    login = ("-h", str(folder), "-p", str(port), "-U", SUPERUSER, "-d", "postgres")
    _run(user, folder, "psql", *login, "-c", statement)


def _run(user: str | None, folder: Path, program: str, *arguments: str) -> None:
    with (folder / "output").open("ab") as output:
        subprocess.run(
            [str(BINARIES / program), *arguments],
            cwd=folder,
            env={"PATH": os.defpath, "PGPASSWORD": PASSWORD, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=user,
            group=user,
            check=program != "pg_ctl" or arguments[0] != "stop",
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _authority(
    name: str,
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    extension = x509.BasicConstraints(ca=True, path_length=None)
    built = _builder(subject, subject, key).add_extension(extension, critical=True)
    return key, built.sign(key, hashes.SHA256())


def _write_server_certificate(
    folder: Path, signer: ec.EllipticCurvePrivateKey, authority: x509.Certificate
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))])
    builder = _builder(_name("server"), authority.subject, key)
    certificate = builder.add_extension(names, critical=False)
    _write_certificate(folder / "server.pem", certificate.sign(signer, hashes.SHA256()))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "server.key").touch(mode=0o600)
    (folder / "server.key").write_bytes(private)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _write_certificate(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
