"""How a server is reached: its name, the connection, its certificate. Nobody logs in here."""

import imaplib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from mailbot.doctor.check import Check, failed, ok, skipped, warning
from mailbot.settings.mail import Imap, Smtp

TIMEOUT_S = 15
_RENEWAL = timedelta(days=14)  # a certificate that ends within it has not been renewed in time


def reach(kind: str, server: Imap | Smtp, now: datetime) -> Iterator[Check]:
    """Lines `KIND_dns`, `KIND_connect` and `KIND_tls`, up to the first that fails."""
    where = f"{server.host}:{server.port}"
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        remedy = f"correct [{kind}] host; else this machine's DNS (/etc/resolv.conf)"
        yield failed(f"{kind}_dns", f"{server.host} is not found: {error}", remedy)
        return
    yield ok(f"{kind}_dns", f"{server.host} is {', '.join(sorted({one[4][0] for one in found}))}")  # type: ignore[misc]
    try:
        socket.create_connection((server.host, server.port), TIMEOUT_S).close()
    except OSError as error:
        remedy = (
            f"correct [{kind}] port ({_usual(kind)}); else a firewall of this network keeps"
            " mailbot from it: ask who runs it"
        )
        yield failed(f"{kind}_connect", f"{where} cannot be reached: {error}", remedy)
        return
    yield ok(f"{kind}_connect", f"{where} answers")
    yield _tls(kind, server, where, now)


def _usual(kind: str) -> str:
    return "993 for tls, 143 for starttls" if kind == "imap" else "465 for tls, 587 for starttls"


def _tls(kind: str, server: Imap | Smtp, where: str, now: datetime) -> Check:
    name = f"{kind}_tls"
    if server.security == "none":
        return skipped(name, f"{where} is spoken to in clear, as the settings say")
    try:
        context = ssl.create_default_context(cafile=server.ca_file or None)
    except OSError as error:
        return failed(name, f"{kind}.ca_file cannot be used: {error}", "name a PEM file, or none")
    try:
        ends = certificate_ends(kind, server, context)
    except ssl.SSLCertVerificationError as error:
        remedy = (
            f"a server of your own: put its CA's certificate into [{kind}] ca_file; a provider's:"
            " somebody on the way opens the connection, or this machine's clock or CA list is old"
        )
        return failed(name, f"{where} shows a certificate that is not trusted: {error}", remedy)
    except (OSError, smtplib.SMTPException, imaplib.IMAP4.error) as error:
        remedy = f"correct [{kind}] port and security: {_usual(kind)}"
        return failed(name, f"{where} does not speak {server.security}: {error}", remedy)
    left = (ends - now).days
    if ends - now < _RENEWAL:
        remedy = "whoever runs the server must renew it; then nothing is fetched or sent any more"
        return warning(name, f"the certificate of {where} ends in {left} days", remedy)
    return ok(name, f"the certificate of {where} is trusted, for {left} more days")


def certificate_ends(kind: str, server: Imap | Smtp, context: ssl.SSLContext) -> datetime:
    """Until when the server's certificate is good; raises what is wrong with it."""
    if server.security == "tls":
        plain = socket.create_connection((server.host, server.port), TIMEOUT_S)
        with context.wrap_socket(plain, server_hostname=server.host) as secure:
            return _end(secure)
    if kind == "imap":
        imap = imaplib.IMAP4(server.host, server.port, TIMEOUT_S)
        try:
            imap.starttls(context)
            return _end(imap.sock)
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                imap.shutdown()
    with smtplib.SMTP(
        server.host, server.port, local_hostname="[127.0.0.1]", timeout=TIMEOUT_S
    ) as smtp:
        smtp.starttls(context=context)
        return _end(smtp.sock)


def _end(secure: object) -> datetime:
    assert isinstance(secure, ssl.SSLSocket)
    certificate = secure.getpeercert() or {}
    seconds = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return datetime.fromtimestamp(seconds, UTC)
