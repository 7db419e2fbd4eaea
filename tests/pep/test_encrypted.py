"""Connections over TLS: only to whom a trusted certificate names, and as it is today."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from policy_router.enforcement.answer import Forward
from policy_router.enforcement.sidecar.connection import Unreached
from policy_router.enforcement.sidecar.upstream import Patience, pool, send

BEGIN, SOON_OVER, LATE = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 2001, 2200))
"""Certificates count as of the machine's own clock, which no test sets: between the last two."""


@dataclass
class Heard:
    """What the other side saw."""

    calls: int = 0
    protocol: str | None = None
    name: str | None = None


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    of: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, end: datetime
) -> x509.Certificate:
    """A certificate of `of`, signed by the test's own authority, which signs itself too."""
    is_authority = key is by
    name = x509.SubjectAlternativeName([x509.DNSName(of)])
    return (
        x509.CertificateBuilder()
        .subject_name(_name(of))
        .issuer_name(_name("authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(name, critical=False)
        .sign(by, hashes.SHA256())
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _server(folder: Path, of: str, end: datetime) -> ssl.SSLContext:
    """A server that shows a certificate of `of`; its authority is the file `authority.pem`."""
    authority, key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    trusted = _certificate("authority", authority, authority, LATE)
    (folder / "authority.pem").write_bytes(_pem(trusted))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "server.pem").write_bytes(private + _pem(_certificate(of, key, authority, end)))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def _called(context: ssl.SSLContext) -> tuple[Heard, bytes | None]:
    """One call to `https://localhost`: what the server saw, and its answer, if it was reached."""
    heard = Heard()
    context.set_servername_callback(lambda _, name, __: setattr(heard, "name", name))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        heard.calls += 1
        heard.protocol = writer.get_extra_info("ssl_object").selected_alpn_protocol()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()

    async def call() -> bytes | None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        headers = (("content-length", "2"),)
        forward = Forward("id", "r", "m", f"https://localhost:{port}/v1/chat", headers, b"{}")
        try:
            async with pool(Patience(connect=5, silent=5)) as made:
                answer = await send(made, forward)
                body = await answer.read()
                made.release(answer)
                return body
        except Unreached:
            return None
        finally:
            server.close()

    return heard, asyncio.run(call())


def test_whom_a_trusted_certificate_names_is_called_in_http_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = _server(tmp_path, "localhost", LATE)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    assert _called(context) == (Heard(1, "http/1.1", "localhost"), b"ok")


@pytest.mark.parametrize(
    ("of", "ends", "trusted"),
    [
        pytest.param("localhost", LATE, False, id="nobody vouches for it"),
        pytest.param("other.example", LATE, True, id="it names somebody else"),
        pytest.param("localhost", SOON_OVER, True, id="it is too old"),
    ],
)
def test_a_certificate_that_proves_nothing_gets_no_byte_of_a_call(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    of: str,
    ends: datetime,
    trusted: bool,
) -> None:
    context = _server(tmp_path, of, ends)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    heard, answer = _called(context)
    assert (heard.calls, answer) == (0, None)
