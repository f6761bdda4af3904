"""Sessions: a signed cookie with a random name, of which the ledger knows the hash.

Everybody who comes has a session; one that is logged in is on record. At login it gets another
name, so that a name that somebody put into a browser beforehand is worth nothing afterwards
(OWASP, session fixation).
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from itsdangerous import BadSignature, Signer, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from mailbot.entries import Role
from mailbot.files import secret_key
from mailbot.ledger import accounts
from mailbot.ledger.store import Ledger

COOKIE = "mailbot_session"
_NAME_BYTES = 32
_KEY_FILE = "console.key"


@dataclass(frozen=True, slots=True)
class Session:
    """Who is there; `user` is "" and `role` None until somebody logs in."""

    name: str
    user: str = ""
    role: Role | None = None
    is_new: bool = False


class Sessions:
    """Hands out, reads and ends sessions; `hours` is how long a login lasts."""

    def __init__(self, data: Path, hours: float) -> None:
        self._key = secret_key(data, _KEY_FILE)
        self._signer = Signer(self._key, salt="session", digest_method=hashlib.sha256)
        self._logins = Signer(self._key, salt="oidc", digest_method=hashlib.sha256)
        self._hours = hours

    def read(self, ledger: Ledger, cookies: Mapping[str, str], now: datetime) -> Session:
        """The session of a request's cookies; a new one where they name none of ours."""
        try:
            name = self._signer.unsign(cookies.get(COOKIE, "")).decode()
        except BadSignature:
            return Session(secrets.token_urlsafe(_NAME_BYTES), is_new=True)
        found = accounts.session_user(ledger, _on_record(name), now)
        return Session(name, found.name, found.role) if found else Session(name)

    def begin(self, ledger: Ledger, former: Session, user: str, now: datetime) -> Session:
        """The user is logged in from now on, under another name than before."""
        name = secrets.token_urlsafe(_NAME_BYTES)
        with ledger.transaction():
            accounts.close_session(ledger, _on_record(former.name))
            until = now + timedelta(hours=self._hours)
            accounts.open_session(ledger, _on_record(name), user, now, until)
        return Session(name, user, is_new=True)

    def end(self, ledger: Ledger, session: Session) -> None:
        """Logged out: the cookie is worth nothing any more, whoever has a copy."""
        with ledger.transaction():
            accounts.close_session(ledger, _on_record(session.name))

    def hand_out(self, response: Response, session: Session, request: Request) -> None:
        """Put the cookie into the response."""
        response.set_cookie(
            COOKIE,
            self.signed(session.name),
            max_age=int(self._hours * 3600),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )

    def signed(self, name: str) -> str:
        """A session's name as the cookie holds it."""
        signed: bytes = self._signer.sign(name)
        return signed.decode()

    def token_of(self, session: Session) -> str:
        """What every form of this session carries."""
        digest = hmac.digest(self._key, f"csrf {session.name}".encode(), "sha256")
        return digest.hex()

    def is_token(self, session: Session, given: str) -> bool:
        """Whether a form is one of this session's."""
        expected = self.token_of(session)
        return not session.is_new and hmac.compare_digest(expected.encode(), given.encode())

    def sign_note(self, session: Session, text: str) -> str:
        """A line for the next page of this session."""
        return str(self._notes(session).dumps(text))

    def read_note(self, session: Session, note: str) -> str:
        """The line; "" where it is none that we wrote for this session."""
        try:
            return str(self._notes(session).loads(note)) if note else ""
        except BadSignature:
            return ""

    def sign_login(self, text: str) -> str:
        """What a browser takes along to the provider and brings back."""
        signed: bytes = self._logins.sign(text)
        return signed.decode()

    def read_login(self, signed: str) -> str:
        """What it brought back; BadSignature for anything that is not ours."""
        said: bytes = self._logins.unsign(signed)
        return said.decode()

    def _notes(self, session: Session) -> URLSafeSerializer:
        return URLSafeSerializer(self._key, salt=f"note {session.name}")


def _on_record(name: str) -> str:
    """The ledger holds no name that could be used: whoever reads a backup cannot log in."""
    return hashlib.sha256(name.encode()).hexdigest()
