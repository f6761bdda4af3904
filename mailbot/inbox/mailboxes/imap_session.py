"""The one connection to an IMAP server that is kept, and made anew when it is lost.

On every connection: LOGIN (plain, with NetEase's 授权码), ID where advertised (without it NetEase
answers `NO SELECT Unsafe Login`; where it is not advertised some servers break after it), SELECT.
It is kept from poll to poll, since frequent logins get an account locked (QQ).
"""

import ast
import imaplib
import logging
import ssl
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

from imapclient.exceptions import ProtocolError
from imapclient.imap_utf7 import encode as encode_modified_utf7

from mailbot import __version__
from mailbot.errors import MailbotError, PermanentFault, SettingsError, TemporaryFault
from mailbot.inbox.mailboxes.imap_stream import SinkFailed, StreamingClient
from mailbot.inbox.mailboxes.protocol import LOGIN_REFUSED
from mailbot.settings.section import is_loopback

logger = logging.getLogger(__name__)

Security = Literal["tls", "starttls", "none"]
T = TypeVar("T")

UNREACHABLE = "mailbox_unreachable"
# How imaplib and imapclient meet a broken answer, and what our own limits raise.
_BROKEN = (ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RecursionError)
# RFC 5530: the server cannot check the password now. "System busy!" is QQ's word for it.
_LARGEST_NUMBER = 2**32 - 1  # of uids and uid validities (RFC 3501 2.3.1.1)
_LOGIN_LATER = ("[unavailable]", "[inuse]", "[limit]", "[serverbug]", "system busy!")


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """Where and as whom to log in. Raises SettingsError where that cannot be done safely."""

    host: str
    port: int
    security: Security
    ca_file: str  # "" for the system's authorities; else the only one that is trusted
    username: str
    password: str = field(repr=False)
    timeout: float  # seconds, for connecting and for every read
    allow_cleartext: bool = False  # security "none" to other hosts than loopback

    def __post_init__(self) -> None:
        if self.security == "none" and not (self.allow_cleartext or is_loopback(self.host)):
            raise SettingsError(f'imap.security "none" is for loopback only, not for {self.host}')
        for key in ("username", "password"):
            value = getattr(self, key)
            # LOGIN takes 7-bit strings only (RFC 3501 section 6.2.3).
            if not (value.isascii() and value.isprintable()):
                raise SettingsError(f"imap.{key} holds characters that IMAP's LOGIN cannot send")

    def tls_context(self) -> ssl.SSLContext:
        """A context that verifies certificate and host name."""
        try:
            return ssl.create_default_context(cafile=self.ca_file or None)
        except OSError as error:
            raise SettingsError(f"imap.ca_file {self.ca_file} cannot be used: {error}") from error


class Session(Protocol):
    """What a mailbox asks of its connection; see `ImapSession`, and `imap_sharing` for one that
    several mailboxes use."""

    def ask(self, action: Callable[[StreamingClient], T], *, again: bool = True) -> T:
        """See `ImapSession.ask`."""
        ...

    def select(self, client: StreamingClient, folder: str, *, anew: bool = False) -> int:
        """See `ImapSession.select`; only within `ask`."""
        ...

    def close(self) -> None:
        """See `ImapSession.close`."""
        ...


class ImapSession:
    """A logged-in connection with one folder selected; opened by the first `ask`."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._context = None if account.security == "none" else account.tls_context()
        self._client: StreamingClient | None = None
        self._selected: tuple[str, int] | None = None  # folder and its uid_validity
        self._refusal = ""  # the server's answer to our password, which is not tried again

    def ask(self, action: Callable[[StreamingClient], T], *, again: bool = True) -> T:
        """Runs `action` on the connection; once more where a kept one turns out to be dead.

        The server's and the network's faults become TemporaryFault: "mailbox_unreachable",
        "mailbox_untrusted" (certificate), "mailbox_refused" (NO or BAD), "mailbox_garbled",
        "login_later"; or PermanentFault "login_refused". What the sink raised passes through.
        """
        kept = self._client is not None
        try:
            return self._attempt(action)
        except TemporaryFault as fault:
            if not (kept and again and fault.code == UNREACHABLE):
                raise
            return self._attempt(action)

    def select(self, client: StreamingClient, folder: str, *, anew: bool = False) -> int:
        """Makes `folder` the selected one and returns its uid_validity.

        `anew` selects it even where it is selected: only that is sure to tell of new messages
        and of a changed uid_validity. Raises PermanentFault "folder_missing".
        """
        if self._selected is not None and self._selected[0] == folder and not anew:
            return self._selected[1]
        self._selected = None
        try:
            answer = client.select_folder(folder)
        except imaplib.IMAP4.readonly:  # a mailbox we may only look into
            answer = client.select_folder(folder, readonly=True)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            if "unsafe login" in str(error).lower():  # NetEase: IMAP is off for the account
                self._refuse(error)
            if not folders_there(client, [folder]):
                raise PermanentFault(
                    "folder_missing", f"{self._account.host} has no folder {folder} ({error})"
                ) from error
            raise
        self._selected = (folder, number_of(answer.get(b"UIDVALIDITY"), _LARGEST_NUMBER))
        return self._selected[1]

    def close(self) -> None:
        """Logs out, if logged in. The next `ask` begins anew, with a login that was refused, too:
        whether that may be is for the caller to know."""
        self._refusal = ""
        if self._client is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                self._client.logout()
        self._drop()

    @property
    def refusal(self) -> str:
        """The server's answer to our password, "" while it takes it."""
        return self._refusal

    def _attempt(self, action: Callable[[StreamingClient], T]) -> T:
        """Runs `action`; whatever leaves the connection out of step ends it."""
        where = f"IMAP server {self._account.host}:{self._account.port}"
        try:
            if self._client is None:
                self._client = self._connect()
            return action(self._client)
        except MailbotError:
            raise
        except ssl.SSLCertVerificationError as error:
            raise TemporaryFault("mailbox_untrusted", f"{where}: {error.verify_message}") from error
        except (imaplib.IMAP4.abort, OSError) as error:
            self._drop()
            raise TemporaryFault(UNREACHABLE, f"{where}: {error}") from error
        except ProtocolError as error:  # imapclient could not read it; a kind of IMAP4.error
            self._drop()
            raise TemporaryFault("mailbox_garbled", f"{where}, broken answer: {error}") from error
        except imaplib.IMAP4.error as error:
            raise TemporaryFault("mailbox_refused", f"{where} refuses: {error}") from error
        except _BROKEN as error:
            self._drop()
            raise TemporaryFault("mailbox_garbled", f"{where}, broken answer: {error}") from error
        except SinkFailed as failed:
            self._drop()
            raise failed.reason from None
        except BaseException:
            self._drop()
            raise

    def _connect(self) -> StreamingClient:
        if self._refusal:
            raise PermanentFault(LOGIN_REFUSED, self._refusal)
        account = self._account
        context = self._context if account.security == "tls" else None
        client = StreamingClient(account.host, account.port, context, account.timeout)
        try:
            if account.security == "starttls":
                client.starttls(self._context)
            self._login(client)
            if client.has_capability("ID"):
                _identify(client)
        except BaseException:
            with suppress(OSError):
                client.shutdown()
            raise
        return client

    def _login(self, client: StreamingClient) -> None:
        try:
            client.login(self._account.username, self._account.password)
        except imaplib.IMAP4.error as error:
            # imapclient calls a connection lost during LOGIN a refused login too.
            if isinstance(error.__context__, imaplib.IMAP4.abort):
                raise error.__context__ from None
            if any(words in str(error).lower() for words in _LOGIN_LATER):
                text = f"{self._account.host}: {_as_words(error)}"
                raise TemporaryFault("login_later", text) from error
            self._refuse(error)

    def _refuse(self, error: Exception) -> None:
        account = self._account
        # Some servers repeat what they were sent; the text goes to the log and to the office.
        words = _as_words(error).replace(account.password or "\0", "***")
        self._refusal = f"{account.host} refuses the login of {account.username}: {words}"
        raise PermanentFault(LOGIN_REFUSED, self._refusal) from error

    def _drop(self) -> None:
        client, self._client, self._selected = self._client, None, None
        if client is not None:
            with suppress(OSError):
                client.shutdown()


def _identify(client: StreamingClient) -> None:
    try:
        client.id_({"name": "mailbot", "version": __version__, "vendor": "mailbot"})
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:  # whether it matters, SELECT will say
        logger.info("ID refused: %s", error)


def _as_words(error: Exception) -> str:
    """What the server said: imapclient hands on the repr of octets, b'LOGIN …' with \\x for all
    that is not ASCII."""
    text = str(error)
    with suppress(ValueError, SyntaxError):
        octets = ast.literal_eval(text) if text.startswith(("b'", 'b"')) else None
        if isinstance(octets, bytes):
            return octets.decode("utf-8", "replace")
    return text


def number_of(value: object, largest: int) -> int:
    """A number of the server's; 0 where it says none, ValueError for an absurd one."""
    number = int(value) if isinstance(value, (int, str, bytes)) else 0
    if not 0 <= number <= largest:
        raise ValueError(f"a number of {str(number)[:40]}")
    return number


def folders_there(client: StreamingClient, names: Collection[str]) -> frozenset[str]:
    """Those of `names` that exist and can be selected.

    Compared as sent, in modified UTF-7: one undecodable name among the others (they occur)
    must not hide the rest.
    """
    client.folder_encode = False
    try:
        listed = client.list_folders()
    finally:
        client.folder_encode = True
    there = {
        str(name).encode() if not isinstance(name, bytes) else name  # a number is parsed as one
        for flags, _, name in listed
        if b"\\noselect" not in {flag.lower() for flag in flags}
    }
    return frozenset(
        name for name in names if name.upper() == "INBOX" or encode_modified_utf7(name) in there
    )
