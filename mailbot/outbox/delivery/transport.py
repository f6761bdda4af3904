"""Hands one message to an SMTP server over a connection that is kept for a batch."""

import contextlib
import smtplib
import ssl
from pathlib import Path
from typing import Literal, Protocol

from mailbot.outbox.delivery.refusals import DeliveryFault, Stage, classify_smtp

__all__ = ["DeliveryFault", "SmtpTransport", "Transport", "classify_smtp"]


class Transport(Protocol):
    """Anything that can hand over a message, or say why not."""

    def send(self, raw: bytes, sender: str, recipient: str) -> None:
        """Hand over one message; returns only when the server has taken it.

        Raises DeliveryFault. A temporary fault may hide a delivery that succeeded (the answer
        was lost): sending the same octets again carries the same Message-ID (G3).
        """
        ...

    def close(self) -> None:
        """End the batch; the next `send` connects anew."""
        ...


class SmtpTransport:
    """SMTP with TLS from the start, STARTTLS or neither. Not for several threads at once.

    `null_return_path` sends `MAIL FROM:<>` (RFC 3834 section 3.3); NetEase refuses that with
    553, so it is a setting. `timeout` is in seconds, for each wait on the socket.
    """

    def __init__(
        self,
        host: str,
        port: int,
        security: Literal["tls", "starttls", "none"] = "tls",
        ca_file: Path | str | None = None,
        username: str = "",
        password: str = "",
        null_return_path: bool = False,
        timeout: float = 60.0,
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._ca_file = ca_file
        self._username = username
        self._password = password
        self._null_return_path = null_return_path
        self._timeout = timeout
        self._connection: smtplib.SMTP | None = None

    def send(self, raw: bytes, sender: str, recipient: str) -> None:
        """See `Transport.send`."""
        kept = self._connection is not None
        try:
            connection = self._connection or self._connect()
            try:
                self._mail(connection, sender)
            except (smtplib.SMTPServerDisconnected, ConnectionError):
                if not kept:
                    raise
                # The server closed the idle connection; nothing was handed over yet.
                self.close()
                connection = self._connect()
                self._mail(connection, sender)
            self._expect(connection.rcpt(recipient), "rcpt")
            self._data(connection, raw)
        except DeliveryFault:
            self.close()
            raise
        except UnicodeEncodeError as error:
            self.close()
            raise DeliveryFault("NOT_ASCII", str(error), temporary=False) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _lost("UNREACHABLE", error) from error

    def log_in(self) -> None:
        """Connect and log in, and nothing more. Raises DeliveryFault."""
        try:
            if self._connection is None:
                self._connect()
        except DeliveryFault:
            self.close()
            raise
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _lost("UNREACHABLE", error) from error

    def rehearse(self, sender: str) -> None:
        """Whether the server takes this sender, without sending anything. Raises DeliveryFault."""
        self.log_in()
        assert self._connection is not None
        try:
            self._mail(self._connection, sender)
            self._connection.rset()
        except DeliveryFault:
            self.close()
            raise
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _lost("UNREACHABLE", error) from error

    def close(self) -> None:
        """See `Transport.close`. Never raises."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        # An address literal as EHLO name: smtplib would ask the resolver for ours, for seconds.
        ours = "[127.0.0.1]"
        connection: smtplib.SMTP
        try:
            if self._security == "tls":
                connection = smtplib.SMTP_SSL(
                    self._host,
                    self._port,
                    local_hostname=ours,
                    timeout=self._timeout,
                    context=self._trust(),
                )
            else:
                connection = smtplib.SMTP(
                    self._host, self._port, local_hostname=ours, timeout=self._timeout
                )
        except smtplib.SMTPConnectError as error:
            raise classify_smtp(error.smtp_code, _decoded(error.smtp_error), "connect") from error
        self._connection = connection
        try:
            if self._security == "starttls":
                connection.starttls(context=self._trust())
            connection.ehlo_or_helo_if_needed()
            if self._username:
                self._login(connection)
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryFault("NOT_OFFERED", str(error), stop=True, unreachable=True) from error
        except smtplib.SMTPResponseException as error:
            stage: Stage = "auth" if _is_login(error) else "connect"
            # Some servers repeat what they were sent; the text goes to the ledger and the digest.
            words = _decoded(error.smtp_error).replace(self._password or "\0", "***")
            raise classify_smtp(error.smtp_code, words, stage) from error
        return connection

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._ca_file or None)

    def _login(self, connection: smtplib.SMTP) -> None:
        """One try with one mechanism: `smtplib.login` goes through all that are offered, and
        each refusal counts towards NetEase's lock."""
        offered = connection.esmtp_features.get("auth", "").upper().split()
        connection.user, connection.password = self._username, self._password
        try:
            if "PLAIN" in offered:
                connection.auth("PLAIN", connection.auth_plain)
            elif "LOGIN" in offered:
                connection.auth("LOGIN", connection.auth_login)
            else:
                connection.login(self._username, self._password)
        except UnicodeEncodeError as error:
            text = "smtp.username or smtp.password is not ASCII (NetEase wants the 授权码)"
            raise DeliveryFault("CREDENTIALS", text, stop=True, unreachable=True) from error

    def _mail(self, connection: smtplib.SMTP, sender: str) -> None:
        self._expect(connection.mail("" if self._null_return_path else sender), "mail")

    def _expect(self, answer: tuple[int, bytes], stage: Stage) -> None:
        code, text = answer
        if code == -1:  # smtplib: the line broke off
            raise smtplib.SMTPServerDisconnected(_decoded(text))
        if not 200 <= code < 300:
            raise classify_smtp(code, _decoded(text), stage)

    def _data(self, connection: smtplib.SMTP, raw: bytes) -> None:
        try:
            self._expect(connection.data(raw), "data")
        except smtplib.SMTPDataError as error:
            raise classify_smtp(error.smtp_code, _decoded(error.smtp_error), "data") from error
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise _lost("NO_ANSWER_AFTER_DATA", error) from error


def _is_login(error: smtplib.SMTPResponseException) -> bool:
    return isinstance(error, smtplib.SMTPAuthenticationError)


def _lost(code: str, error: Exception) -> DeliveryFault:
    text = f"{type(error).__name__}: {error}"
    return DeliveryFault(code, text, unreachable=True)


def _decoded(text: bytes | str) -> str:
    """A server's words: UTF-8, else GB18030 (Coremail speaks both)."""
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("gb18030", "replace")
