"""A real SMTP server on loopback that keeps what it is given and refuses on request.

`SmtpSink` is aiosmtpd in a thread; `MemoryTransport` speaks the same protocol as
`SmtpTransport` without a socket and passes the same contract tests.
"""

import asyncio
import ssl
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mailbot.outbox.delivery.transport import DeliveryFault, classify_smtp

Stage = Literal["connect", "ehlo", "auth", "mail", "rcpt", "data"]


@dataclass(frozen=True, slots=True)
class Received:
    """One message taken: its envelope and its octets as they came."""

    mail_from: str
    rcpt: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Fault:
    code: int
    text: str
    drop: bool


class SmtpSink:
    """`with SmtpSink() as sink:` listens on `sink.host`, `sink.port` until the block ends.

    `tls` speaks TLS from the first octet, `starttls` offers it; both take a server-side
    SSLContext. `credentials` maps logins to passwords and makes AUTH obligatory.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        credentials: Mapping[str, str] | None = None,
    ) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self.messages: list[Received] = []
        self.connections = 0
        self.logins: list[str] = []
        self._tls = tls
        self._starttls = starttls
        self._credentials = credentials
        self._faults: dict[Stage, deque[_Fault]] = {}
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.AbstractServer | None = None
        self._sessions: set[asyncio.Transport] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def script(
        self, stage: Stage, code: int = 0, text: str = "", *, times: int = 1, drop: bool = False
    ) -> None:
        """Refuse the next `times` commands of this stage with `code text`.

        `drop` closes the connection instead of answering; at stage `data` the message has then
        been taken and kept, only the answer is lost.
        """
        self._faults.setdefault(stage, deque()).extend([_Fault(code, text, drop)] * times)

    def hang_up(self) -> None:
        """Close every open connection from the server's side, as after an idle timeout."""

        async def close() -> None:
            for session in tuple(self._sessions):
                session.close()
            await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> None:
        def protocol() -> SMTP:
            return _Server(
                self,
                hostname="sink.example.test",
                loop=self._loop,
                tls_context=self._starttls,
                require_starttls=self._starttls is not None,
                auth_required=self._credentials is not None,
                authenticator=self._authenticate,
                data_size_limit=None,
            )

        self._server = await self._loop.create_server(protocol, self.host, 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        assert self._server is not None
        self._server.close()
        for session in tuple(self._sessions):
            # Closed twice, a TLS transport of CPython 3.11.2 has let go of its protocol.
            with suppress(AttributeError):
                session.abort()
        await self._server.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        login = data.login.decode()
        self.logins.append(login)
        wanted = (self._credentials or {}).get(login)
        success = wanted is not None and wanted == data.password.decode()
        return AuthResult(success=success, handled=False)

    def _cut(self, server: SMTP) -> None:
        assert server.transport is not None
        server.transport.close()

    def _next_fault(self, stage: Stage) -> _Fault | None:
        faults = self._faults.get(stage)
        return faults.popleft() if faults else None


class _Server(SMTP):
    """aiosmtpd's protocol, with the faults of the script before each command."""

    def __init__(self, sink: SmtpSink, **options: Any) -> None:
        self._sink = sink
        super().__init__(_Keep(sink), **options)
        # As an argument this would warn, and a warning is an error in this suite.
        self._auth_require_tls = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._sink.connections += 1
        self._sink._sessions.add(transport)
        fault = self._sink._next_fault("connect")
        if fault is not None:
            if not fault.drop:
                transport.write(f"{fault.code} {fault.text}\r\n".encode())
            transport.close()
            return
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sink._sessions.discard(self.transport)
        if self.session is not None:
            super().connection_lost(error)

    async def _refused(self, stage: Stage) -> bool:
        fault = self._sink._next_fault(stage)
        if fault is None:
            return False
        if fault.drop:
            self._sink._cut(self)
        else:
            await self.push(f"{fault.code} {fault.text}")
        return True

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802  named by aiosmtpd
        if not await self._refused("ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802  named by aiosmtpd
        if not await self._refused("auth"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802  named by aiosmtpd
        if not await self._refused("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802  named by aiosmtpd
        if not await self._refused("rcpt"):
            await super().smtp_RCPT(arg)


class _Keep:
    """aiosmtpd's handler: keeps what was taken, or plays the fault of stage `data`."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def handle_DATA(  # noqa: N802  named by aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        fault = self._sink._next_fault("data")
        if fault is not None and not fault.drop:
            return f"{fault.code} {fault.text}"
        content = envelope.original_content
        assert content is not None
        sender = "" if envelope.mail_from in (None, "<>") else str(envelope.mail_from)
        for rcpt in envelope.rcpt_tos:
            self._sink.messages.append(Received(sender, rcpt, content))
        if fault is not None:
            self._sink._cut(server)
        return "250 OK"


class MemoryTransport:
    """Keeps what it is given; `faults` are raised by the next sends, first one first."""

    def __init__(self, *faults: DeliveryFault | tuple[int, str]) -> None:
        self.messages: list[Received] = []
        self.faults: deque[Exception] = deque(
            classify_smtp(*fault) if isinstance(fault, tuple) else fault for fault in faults
        )
        self.closed = 0

    def send(self, raw: bytes, sender: str, recipient: str) -> None:
        if self.faults:
            raise self.faults.popleft()
        self.messages.append(Received(sender, recipient, raw))

    def close(self) -> None:
        self.closed += 1
