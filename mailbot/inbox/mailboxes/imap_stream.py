"""An IMAP client whose message bodies go from the socket to a sink, never into one string.

imapclient (over the stdlib's imaplib) reads a literal whole and, as shipped, traces every one
through `repr()`: 297 MB and eight times the time for a 70 MB mail. Here `read` hands the big
literal on in pieces of 256 KiB and the tracing is off.
"""

import imaplib
import re
import socket
import ssl
import time
from dataclasses import dataclass
from io import BufferedReader
from typing import Any

from imapclient import IMAPClient
from imapclient.response_parser import parse_fetch_response

from mailbot.inbox.mailboxes.protocol import Sink

PIECE = 256 * 1024
# What a server may make us hold, whatever it announces: a line, a literal that is no message, and
# all that answers one command. A list of uids is one line (RFC 3501 7.2.5), so it may be longer.
LONGEST_LINE = 64 * 1024
LARGEST_LITERAL = 8 * 1024 * 1024
LARGEST_RESPONSE = 32 * 1024 * 1024
LARGEST_MESSAGE = 4 * 1024**3
_UIDS = b"* SEARCH"
_PROGRESS = 1024  # octets that come within so many times the timeout of one read …
_PATIENCE = 5  # … else the connection trickles, and ends

# `* 12 FETCH (UID 7 BODY[]<1024> {70000}`: the last thing on the line announces the literal.
_BODY_LITERAL = re.compile(rb"BODY\[\](?:<(\d+)>)? \{\d+\}\r\n\Z", re.IGNORECASE)


class SinkFailed(Exception):
    """What the sink raised, kept apart from what the network raises."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(slots=True)
class Transfer:
    """A message on its way to its sink, over as many connections as it takes."""

    sink: Sink
    reached: int = 0  # octets the sink has taken
    total: int | None = None  # octets the server announced; None until it has
    _position: int = 0  # in the message, of the next octet off the wire

    @property
    def complete(self) -> bool:
        """Whether all that was announced has come."""
        return self.total is not None and self.reached >= self.total

    @property
    def item(self) -> str:
        """The FETCH item for what is still to come (partial: RFC 3501 section 6.4.5)."""
        if self.total is None:
            return "BODY.PEEK[]"
        return f"BODY.PEEK[]<{self.reached}.{self.total - self.reached}>"

    def begin(self, origin: int, size: int) -> None:
        """A literal of `size` octets follows, the first of them number `origin`."""
        if origin > self.reached:
            raise ValueError(f"server skipped from octet {self.reached} to {origin}")
        self._position = origin
        if self.total is None:
            self.total = size

    def take(self, octets: memoryview) -> None:
        """Hands on what the sink does not have: a server may ignore the partial's origin."""
        fresh = octets[max(0, self.reached - self._position) :]
        self._position += len(octets)
        if not fresh:
            return
        try:
            self.sink(fresh)
        except Exception as reason:  # ours, whatever it is: the connection is not to blame
            raise SinkFailed(reason) from reason
        self.reached += len(fresh)


class StreamingImap4(imaplib.IMAP4):
    """imaplib's connection with TCP_NODELAY, TLS where asked, and streaming of BODY[]."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, timeout: float):
        self.transfer: Transfer | None = None
        self._context = context
        self._buffer = memoryview(bytearray(PIECE))
        self._line = b""
        self._held = 0  # octets of the present response, without the message
        self._patience = timeout * _PATIENCE
        self._since, self._came = time.monotonic(), 0
        self._reader: BufferedReader | None = None
        self._reader_of: socket.socket | None = None
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self.host, self.port), timeout)
        # imapclient sends SEARCH in two writes: with Nagle's delay 44 ms on some servers.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is None:
            return plain
        return self._context.wrap_socket(plain, server_hostname=self.host)

    def _stream(self) -> BufferedReader:
        """Our own reader: imaplib's `file` is private from Python 3.14 on.

        STARTTLS changes the socket; what came in clear and was not read yet must not be taken
        for an answer (CVE-2011-0411), so it goes with the old reader.
        """
        if self._reader is None or self._reader_of is not self.sock:
            if self._reader is not None:
                self._reader.close()
            self._reader, self._reader_of = self.sock.makefile("rb"), self.sock
        return self._reader

    def send(self, data: Any) -> None:
        self._held = 0
        self._since, self._came = time.monotonic(), 0
        super().send(data)

    def readline(self) -> bytes:
        """A line; ValueError for one that is longer than any server's."""
        line = bytearray()
        while not line.endswith(b"\n"):
            there = self._stream().peek(1)
            if not there:
                break
            end = there.find(b"\n")
            line += self._stream().read(len(there) if end < 0 else end + 1)
            self._note_progress(len(line))
            limit = LARGEST_LITERAL if line[: len(_UIDS)].upper() == _UIDS else LONGEST_LINE
            if len(line) > limit:
                raise ValueError(f"a line of more than {limit} octets")
        self._hold(len(line))
        self._line = bytes(line)
        return self._line

    def _hold(self, octets: int) -> None:
        self._held += octets
        if self._held > LARGEST_RESPONSE:
            raise ValueError(f"an answer of more than {LARGEST_RESPONSE} octets")

    def _note_progress(self, octets: int) -> None:
        """A server that sends an octet now and then never runs into the timeout of a read."""
        self._came += octets
        now = time.monotonic()
        if self._came >= _PROGRESS:
            self._since, self._came = now, 0
        elif now - self._since > self._patience:
            raise self.abort("the answer only trickles")

    def read(self, size: int) -> bytes:
        """A literal; that of a BODY[] goes to the transfer, and an empty one stands for it."""
        announced = _BODY_LITERAL.search(self._line)
        if self.transfer is None or announced is None:
            return self._literal(size)
        if size > LARGEST_MESSAGE:
            raise ValueError(f"a message of {size} octets")
        self.transfer.begin(int(announced[1] or 0), size)
        while size:
            size -= self._read_piece(min(size, PIECE))
        return b""

    def _literal(self, size: int) -> bytes:
        """A literal that is no message, held in memory; ValueError for one too large."""
        if size > LARGEST_LITERAL:
            raise ValueError(f"a literal of {size} octets")
        self._hold(size)
        octets = bytearray()
        while len(octets) < size:
            piece = self._stream().read1(min(size - len(octets), PIECE))
            if not piece:
                break
            octets += piece
            self._note_progress(len(piece))
        return bytes(octets)

    def _read_piece(self, size: int) -> int:
        """Hands on `size` octets, or as many as come before the connection fails."""
        assert self.transfer is not None
        filled = 0
        try:
            while filled < size:
                count = self._stream().readinto1(self._buffer[filled:size])
                if not count:
                    raise self.abort("connection lost in a literal")
                filled += count
                self._note_progress(count)
        finally:
            self.transfer.take(self._buffer[:filled])
        return filled

    def shutdown(self) -> None:
        if self._reader is not None:
            self._reader.close()
        super().shutdown()


class StreamingClient(IMAPClient):
    """imapclient on a `StreamingImap4`, with its private tracing off and times kept aware."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, timeout: float):
        super().__init__(host, port, ssl=context is not None, ssl_context=context, timeout=timeout)
        self._imap.debug = 0  # imapclient sets 5: repr() of everything, the password included
        self.normalise_times = False

    def _create_IMAP4(self) -> StreamingImap4:  # noqa: N802  # imapclient's name
        return StreamingImap4(self.host, self.port, self.ssl_context, self._timeout.connect)

    def stream_body(self, uid: int, transfer: Transfer) -> None:
        """Fetches what the transfer lacks; `transfer.total` stays None where nothing came."""
        self._imap.transfer = transfer
        try:
            answer, data = self._imap.uid("FETCH", str(uid), f"({transfer.item})")
        finally:
            self._imap.transfer = None
        self._checkok("fetch", answer, data)
        if transfer.total is None:
            # No literal: a quoted string or NIL (nstring, RFC 3501 section 4.5), or nothing.
            body = parse_fetch_response(data).get(uid, {}).get(b"BODY[]")
            if body is not None:
                transfer.begin(0, len(body))
                transfer.take(memoryview(body))
