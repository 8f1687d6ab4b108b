"""Receivers of alerts on this machine: of posted JSON, and of mail over STARTTLS."""

import json
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Posted:
    """What a receiver was posted, and how it answers."""

    address: str = ""
    status: int = 204
    seconds: float = 0
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def contents(self) -> list[dict[str, Any]]:
        """Return each message as its receiver reads it."""
        return [json.loads(body) for _, body in self.requests]


@dataclass
class Mailed:
    """What a mail server took, and what it offers."""

    port: int = 0
    has_tls: bool = True
    code: int = 250
    were_encrypted: list[bool] = field(default_factory=list)
    sign_ins: list[bytes] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


@contextmanager
def posting(certificate: tuple[Path, Path] | None = None) -> Iterator[Posted]:
    """Yield a receiver of webhooks; with a certificate it speaks https."""
    posted = Posted()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.requests.append((dict(self.headers), body))
            time.sleep(posted.seconds)
            self.send_response(posted.status)
            if posted.status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    scheme = "http"
    if certificate:
        scheme = "https"
        server.socket = _context(certificate).wrap_socket(
            server.socket, server_side=True
        )
    posted.address = f"{scheme}://127.0.0.1:{server.server_port}/alerts?of=ehr"
    with _running(server):
        yield posted


@contextmanager
def mailing(certificate: tuple[Path, Path]) -> Iterator[Mailed]:
    """Yield a mail server that takes mail over STARTTLS."""
    mailed = Mailed()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # the other side may not trust us
                _Conversation(self, mailed).hold(_context(certificate))

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    mailed.port = server.server_address[1]
    with _running(server):
        yield mailed


def make_certificate(folder: Path, host: str = "127.0.0.1") -> tuple[Path, Path]:
    """Write a certificate of a host of that address, and its key; return where."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    paths = folder / f"{host}.pem", folder / f"{host}.key"
    paths[0].write_bytes(signed.public_bytes(pem))
    paths[1].write_bytes(
        key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


class _Conversation:
    """As much SMTP as one message needs."""

    def __init__(
        self, handler: socketserver.StreamRequestHandler, mailed: Mailed
    ) -> None:
        self.connection = handler.connection
        self.reader, self.writer = handler.rfile, handler.wfile
        self.mailed, self.is_encrypted = mailed, False

    def hold(self, tls: ssl.SSLContext) -> None:
        """Answer until the other side says good-bye, or does not trust us."""
        answers = {b"EHLO": self.greet, b"AUTH": self.sign_in, b"DATA": self.take}
        self.writer.write(b"220 here\r\n")
        while line := self.reader.readline():
            verb = line.split()[0].upper()
            if verb == b"STARTTLS":
                self.encrypt(tls)
            elif verb == b"QUIT":
                self.writer.write(b"221 bye\r\n")
                return
            else:
                self.writer.write(answers.get(verb, lambda _: b"250 well\r\n")(line))

    def greet(self, _: bytes) -> bytes:
        """Say what is offered."""
        if self.mailed.has_tls and not self.is_encrypted:
            return b"250-here\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n"
        return b"250-here\r\n250 AUTH PLAIN\r\n"

    def encrypt(self, tls: ssl.SSLContext) -> None:
        """Go on in secret."""
        self.writer.write(b"220 go on\r\n")
        secured = tls.wrap_socket(self.connection, server_side=True)
        self.reader, self.writer = secured.makefile("rb"), secured.makefile("wb", 0)
        self.is_encrypted = True

    def sign_in(self, line: bytes) -> bytes:
        """Take whatever name and password come."""
        self.mailed.sign_ins.append(line.strip())
        return b"235 welcome\r\n"

    def take(self, _: bytes) -> bytes:
        """Take a message, or refuse it."""
        self.writer.write(b"354 go on\r\n")
        content = b""
        while (part := self.reader.readline()) != b".\r\n":
            content += part
        self.mailed.were_encrypted.append(self.is_encrypted)
        if self.mailed.code == 250:
            self.mailed.messages.append(message_from_bytes(content))
        return b"%d done\r\n" % self.mailed.code
