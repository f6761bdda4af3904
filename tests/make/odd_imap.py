"""An IMAP server that says what a test tells it to say, for what no well-behaved one does."""

import contextlib
import re
import socket
from typing import Any

from make.loopback import LoopbackServer

DROP = "DROP"  # instead of a status: the connection ends after the untagged part
STALL = "STALL"  # nothing follows, and the connection stays
# IMAP over a literal: none of our commands carries one, so a line is a command.
_COMMAND = re.compile(rb"(\S+) ((?:UID )?\S+) ?(.*)")

Answer = tuple[bytes, str]


class OddImap(LoopbackServer):
    """Serves one INBOX on loopback, in clear. A context manager.

    `answers[verb]` are the answers to a verb (such as "LOGIN" or "UID FETCH"), one after the
    other, the last one again and again: what goes before the tagged line, and that line's words.
    `commands` are all that came, as "verb arguments"; `connections` counts.
    """

    def __init__(self, capability: str = "IMAP4rev1") -> None:
        super().__init__()
        self.capability = capability
        self.greeting = b"* OK Coremail ready\r\n"
        self.commands: list[str] = []
        self.answers: dict[str, list[Answer]] = {
            "LOGIN": [(b"", "OK LOGIN completed")],
            "ID": [(b'* ID ("name" "Coremail")\r\n', "OK ID completed")],
            "SELECT": [
                (
                    b"* 1 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] UIDs valid\r\n"
                    b"* FLAGS (\\Seen \\Deleted)\r\n",
                    "OK [READ-WRITE] SELECT completed",
                )
            ],
            "UID SEARCH": [(b"* SEARCH 7\r\n", "OK SEARCH completed")],
            "UID FETCH": [
                (
                    b'* 1 FETCH (UID 7 RFC822.SIZE 11 INTERNALDATE " 5-Jul-2017 09:00:00 +0800")'
                    b"\r\n",
                    "OK FETCH completed",
                )
            ],
        }

    @property
    def settings(self) -> dict[str, Any]:
        """What `open_imap` wants to know."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "security": "none",
            "ca_file": "",
            "username": "yingji@163.example",
            "password": "SHOUQUANMA",
            "folder": "INBOX",
            "extra_folders": (),
            "timeout": 10,
        }

    def verbs(self) -> list[str]:
        """The verbs of all commands, in order."""
        return [
            match[2].decode()
            for match in (_COMMAND.match(b"x " + each.encode()) for each in self.commands)
            if match
        ]

    def _serve(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as lines:
            connection.sendall(self.greeting)
            for line in lines:
                match = _COMMAND.match(line.rstrip(b"\r\n"))
                assert match, line
                tag, verb = match[1], match[2].decode().upper()
                self.commands.append(f"{verb} {match[3].decode()}".strip())
                untagged, words = self._answer(verb)
                connection.sendall(untagged)
                if words == DROP:
                    break
                if words != STALL:
                    connection.sendall(tag + b" " + words.encode() + b"\r\n")
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, verb: str) -> Answer:
        if verb == "CAPABILITY":
            return f"* CAPABILITY {self.capability}\r\n".encode(), "OK CAPABILITY completed"
        if verb == "LOGOUT":
            return b"* BYE\r\n", "OK LOGOUT completed"
        waiting = self.answers.get(verb)
        if not waiting:
            return b"", "BAD command unknown"
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]
