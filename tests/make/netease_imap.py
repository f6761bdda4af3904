"""An IMAP server that keeps mail and behaves as NetEase's does (Coremail), faults included.

It has what that server has and lacks what it lacks: no SELECT without ID, no IDLE, no MOVE, no
UIDNEXT, UIDVALIDITY 1, no keywords, no SEARCH with CHARSET; `n:*` echoes the last message,
SEARCH by subject finds everything, ENVELOPE comes with unescaped quotes. Tests switch faults on.
"""

import contextlib
import re
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from make.loopback import LoopbackServer

_COMMAND = re.compile(rb"(\S+) ((?:UID )?\S+) ?(.*)", re.IGNORECASE)
_PARTIAL = re.compile(r"BODY(?:\.PEEK)?\[(HEADER)?\](?:<(\d+)\.(\d+)>)?", re.IGNORECASE)
CAPABILITY = (
    "IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS APPENDLIMIT=71680000 XAPPLEPUSHSERVICE"
    " UIDPLUS X-CM-EXT-1"
)


@dataclass(slots=True)
class Kept:
    """A message on the server."""

    uid: int
    raw: bytes
    arrived_at: datetime
    flags: set[str] = field(default_factory=set)


class NeteaseImap(LoopbackServer):
    """Serves one account on loopback. A context manager.

    Faults: `cuts` (each further BODY[] literal ends after so many octets, and the connection with
    it), `pause` (seconds between pieces of `piece` octets), `byes` (verbs answered with BYE, once
    each), `refuse_login`, `vanishing` (uids that a search still finds and a fetch does not),
    `not_tls` (speaks in clear where TLS is expected). `tls` is a server-side context.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self.username, self.password = "yingji@163.example", "SHOUQUANMA"
        self.cuts: deque[int] = deque()
        self.byes: deque[str] = deque()
        self.pause, self.piece = 0.0, 65536
        self.refuse_login = False
        self.not_tls = False
        self.vanishing: set[int] = set()
        self.log: list[str] = []  # every command, as "verb arguments"
        self.logins = 0
        self._tls = tls
        self._lock = threading.RLock()
        self.empty()

    def empty(self) -> None:
        """An account without mail."""
        self.folders: dict[str, list[Kept]] = {"INBOX": []}
        self._next_uid = 1_498_800_001

    def deliver(self, raw: bytes, arrived_at: datetime, folder: str = "INBOX") -> int:
        """Puts a message in; its uid, epoch-like and sparse."""
        with self._lock:
            uid, self._next_uid = self._next_uid, self._next_uid + 17
            self.folders.setdefault(folder, []).append(Kept(uid, raw, arrived_at))
            return uid

    @property
    def settings(self) -> dict[str, Any]:
        """What `open_imap` wants to know."""
        return {
            "host": "127.0.0.1" if self._tls is None else "localhost",
            "port": self.port,
            "security": "none" if self._tls is None else "tls",
            "ca_file": "",
            "username": self.username,
            "password": self.password,
            "folder": "INBOX",
            "extra_folders": (),
            "timeout": 10,
        }

    def verbs(self) -> list[str]:
        """The verbs of all commands, in order."""
        return [" ".join(each.split()[: 1 + each.startswith("UID ")]) for each in self.log]

    def _serve(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), connection:
            if self._tls is not None and not self.not_tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            _Conversation(self, connection).hold()
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _EndOfLine(Exception):
    """The connection ends here."""


class _Conversation:
    """One connection: what has been said on it, and the folder that is selected."""

    def __init__(self, server: NeteaseImap, connection: socket.socket) -> None:
        self._server = server
        self._connection = connection
        self._identified = False
        self._folder = ""

    def hold(self) -> None:
        self._connection.sendall(b"* OK Coremail IMap Server Ready(163com)\r\n")
        with self._connection.makefile("rb") as lines, contextlib.suppress(_EndOfLine):
            for line in lines:
                match = _COMMAND.match(line.rstrip(b"\r\n"))
                if match is None or not line.isascii():  # no IMAP: a TLS greeting, say
                    return
                tag, verb, rest = match[1], match[2].decode().upper(), match[3].decode()
                self._server.log.append(f"{verb} {rest}".strip())
                if verb in self._server.byes:
                    self._server.byes.remove(verb)
                    self._connection.sendall(b"* BYE idle for too long\r\n")
                    return
                with self._server._lock:
                    status = self._answer(verb, rest)
                self._connection.sendall(tag + b" " + status.encode() + b"\r\n")
                if verb == "LOGOUT":
                    return

    def _say(self, text: str) -> None:
        self._connection.sendall(f"* {text}\r\n".encode())

    def _answer(self, verb: str, rest: str) -> str:
        name = verb.replace(" ", "_").lower()
        if verb in {"SELECT", "EXAMINE"}:
            name = "select"
        handler = getattr(self, f"_on_{name}", None)
        if handler is None:  # IDLE, MOVE, UID MOVE, ENABLE, CONDSTORE …
            return "BAD Parse command error"
        return str(handler(rest))

    def _messages(self) -> list[Kept]:
        return self._server.folders[self._folder]

    def _on_capability(self, rest: str) -> str:
        self._say(f"CAPABILITY {CAPABILITY}")
        return "OK CAPABILITY completed"

    def _on_noop(self, rest: str) -> str:
        return "OK NOOP completed"

    def _on_logout(self, rest: str) -> str:
        self._say("BYE IMAP4rev1 Server logging out")
        return "OK LOGOUT completed"

    def _on_login(self, rest: str) -> str:
        self._server.logins += 1
        user, password = (each.strip('"') for each in rest.split(" "))
        known = (user, password) == (self._server.username, self._server.password)
        if self._server.refuse_login or not known:
            return "NO LOGIN Login error or password error"
        return "OK LOGIN completed"

    def _on_id(self, rest: str) -> str:
        self._identified = True
        self._say('ID ("name" "Coremail Imap" "vendor" "Mailtech")')
        return "OK ID completed"

    def _on_select(self, rest: str) -> str:
        if not self._identified:
            return "NO SELECT Unsafe Login. Please contact kefu@188.com for help"
        folder = rest.strip('"')
        if folder not in self._server.folders:
            return "NO SELECT The folder not exist"
        self._folder = folder
        self._say(f"{len(self._messages())} EXISTS")
        self._say("0 RECENT")
        self._say("OK [UIDVALIDITY 1] UIDs valid")
        self._say("FLAGS (\\Answered \\Seen \\Deleted \\Draft \\Flagged)")
        self._say("OK [PERMANENTFLAGS (\\Answered \\Seen \\Deleted \\Draft \\Flagged)] Limited")
        return "OK [READ-WRITE] SELECT completed"

    def _on_list(self, rest: str) -> str:
        for folder in self._server.folders:
            self._say(f'LIST () "/" "{folder}"')
        return "OK LIST Completed"

    def _on_create(self, rest: str) -> str:
        self._server.folders.setdefault(rest.strip('"'), [])
        return "OK CREATE completed"

    def _on_uid_search(self, rest: str) -> str:
        if "CHARSET" in rest.upper():
            return "BAD Parse command error"
        uids = [each.uid for each in self._messages()]
        since = re.match(r"SINCE (\S+)", rest)
        span = re.match(r"UID (\S+)", rest)
        if since:
            day = datetime.strptime(since[1].strip('"'), "%d-%b-%Y").date()  # noqa: DTZ007
            uids = [each.uid for each in self._messages() if each.arrived_at.date() >= day]
        elif span:
            uids = [uid for uid in self._named(span[1]) if uid not in self._server.vanishing]
        self._say(" ".join(["SEARCH", *map(str, uids)]))
        return "OK SEARCH completed"

    def _named(self, spans: str) -> list[int]:
        """The uids a set names; with `*` the last one always, wherever the span begins."""
        present = [each.uid for each in self._messages()]
        found: list[int] = []
        for span in spans.split(","):
            first, _, last = span.partition(":")
            if last == "*" or first == "*":
                low = present[-1] if first == "*" and present else int(first)
                found += [uid for uid in present if uid >= low] or present[-1:]
            else:
                found += [uid for uid in present if int(first) <= uid <= int(last or first)]
        return found

    def _picked(self, spans: str) -> Iterator[tuple[int, Kept]]:
        uids = self._named(spans)
        for number, each in enumerate(self._messages(), 1):
            if each.uid in uids:
                yield number, each

    def _on_uid_fetch(self, rest: str) -> str:
        spans, _, items = rest.partition(" ")
        for number, each in list(self._picked(spans)):
            if each.uid in self._server.vanishing and "BODY" in items:
                continue  # recalled (邮件撤回): no answer for it, and OK
            if "ENVELOPE" in items or "BODYSTRUCTURE" in items:
                self._say(f'{number} FETCH (UID {each.uid} ENVELOPE ("x" "a "b" c" NIL))')
                continue
            date = each.arrived_at.strftime("%d-%b-%Y %H:%M:%S %z")
            fields = f"UID {each.uid} RFC822.SIZE {len(each.raw)}"
            fields += f' INTERNALDATE "{date}" FLAGS ({" ".join(sorted(each.flags))})'
            body = _PARTIAL.search(items)
            if body is None:
                self._say(f"{number} FETCH ({fields})")
                continue
            octets = each.raw
            if body[1]:
                octets = octets.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            name = f"BODY[{body[1] or ''}]"
            if body[2] is not None:
                start, length = int(body[2]), int(body[3])
                octets, name = octets[start : start + length], f"{name}<{start}>"
            head = f"* {number} FETCH (UID {each.uid} {name} {{{len(octets)}}}\r\n"
            self._connection.sendall(head.encode())
            self._send(octets, whole=not body[1])
            self._connection.sendall(b")\r\n")
        return "OK Fetch completed"

    def _send(self, octets: bytes, *, whole: bool) -> None:
        cut = self._server.cuts.popleft() if whole and self._server.cuts else None
        sent = octets[:cut]
        for start in range(0, len(sent), self._server.piece):
            self._connection.sendall(sent[start : start + self._server.piece])
            if self._server.pause:
                time.sleep(self._server.pause)
        if cut is not None and cut < len(octets):
            raise _EndOfLine

    def _on_uid_store(self, rest: str) -> str:
        spans, _, flags = rest.split(" ", 2)
        given = flags.strip("()").split()
        if any(not flag.startswith("\\") for flag in given):
            return "NO STORE keywords are not supported"
        for _, each in self._picked(spans):
            each.flags |= set(given)
        return "OK STORE completed"

    def _on_uid_copy(self, rest: str) -> str:
        spans, _, target = rest.partition(" ")
        target = target.strip('"')
        if target not in self._server.folders:
            return "NO [TRYCREATE] COPY folder not exist"
        for _, each in list(self._picked(spans)):
            self._server.deliver(each.raw, each.arrived_at, target)
        return "OK COPY completed"

    def _on_uid_expunge(self, rest: str) -> str:
        gone = {each.uid for _, each in self._picked(rest) if "\\Deleted" in each.flags}
        self._messages()[:] = [each for each in self._messages() if each.uid not in gone]
        return "OK EXPUNGE completed"
