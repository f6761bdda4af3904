"""Who may use the console: `mailbot console user`, and the proof of a password.

Passwords are kept as argon2id (argon2-cffi's own parameters, RFC 9106). Five wrong ones in a row
slow an account, whichever address they come from; a name that is nobody's is treated alike, in
time too, so that a guesser learns no names.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from mailbot.deciding.desk import Desk, Outcome
from mailbot.entries import Role
from mailbot.errors import NotFoundError, PermanentFault, SettingsError
from mailbot.ledger import accounts
from mailbot.ledger.store import Ledger, moment, stamp

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10  # characters of a password
_LONGEST_NAME = 40
_FREE_TRIES = 5
_LONGEST_WAIT = timedelta(minutes=15)
_FIRST = "console_first"  # in `meta`: until when, and the hash of the word
_FIRST_HOLDS = timedelta(hours=1)
_INVITED = "console_invited "  # and the name, in `meta`: until when, and the hash of the word
_INVITED_HOLDS = timedelta(days=3)
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def add_account(desk: Desk, name: str, role: Role, password: str) -> Outcome:
    """A further person may use the console. SettingsError for a name that is taken or none, or a
    password that is too short."""
    name = name.strip()
    with desk.decision("user add", name, "") as change:
        _new_name(desk.ledger, name)
        _record(desk, name, role, password)
        change.before, change.after = {"role": None}, {"role": role}
    return Outcome("user add", name)


def set_password(desk: Desk, name: str, password: str) -> Outcome:
    """Another password; the user's sessions end. NotFoundError for nobody."""
    found = _account(desk.ledger, name)
    with desk.decision("user password", found.name, "") as change:
        _record(desk, found.name, found.role, password)
        change.after = {"password": "changed"}
    return Outcome("user password", found.name)


def set_role(desk: Desk, name: str, role: Role) -> Outcome:
    """Another role. The last admin stays one: PermanentFault `last_admin`."""
    found = _account(desk.ledger, name)
    if found.role == role:
        return Outcome("user role", found.name, changed=False)
    with desk.decision("user role", found.name, "") as change:
        _keep_an_admin(desk.ledger, found)
        accounts.record(desk.ledger, found.name, role, found.password, desk.now)
        change.before, change.after = {"role": found.role}, {"role": role}
    return Outcome("user role", found.name)


def remove_account(desk: Desk, name: str) -> Outcome:
    """He may use the console no more; what he decided keeps his name."""
    found = _account(desk.ledger, name)
    with desk.decision("user remove", found.name, "") as change:
        _keep_an_admin(desk.ledger, found)
        accounts.remove(desk.ledger, found.name)
        desk.ledger.set_meta(_INVITED + found.name, "")
        change.before, change.after = {"role": found.role}, {"role": None}
    return Outcome("user remove", found.name)


def invite(desk: Desk, name: str, role: Role | None = None) -> str:
    """The word by which a person sets his own password, once and within three days; with `role`
    he is entered first. His former password, sessions and word are worth nothing any more.

    SettingsError for a name that is taken or none; NotFoundError for nobody.
    """
    name, word = name.strip(), secrets.token_urlsafe(24)
    if role is not None:
        _new_name(desk.ledger, name)
        with desk.decision("user add", name, "") as change:
            accounts.record(desk.ledger, name, role, "", desk.now)
            change.before, change.after = {"role": None}, {"role": role, "password": "by link"}
    else:
        found = _account(desk.ledger, name)
        with desk.decision("user link", found.name, "") as change:
            accounts.record(desk.ledger, found.name, found.role, "", desk.now)
            change.after = {"password": "by link"}
    desk.ledger.set_meta(_INVITED + name, f"{stamp(desk.now + _INVITED_HOLDS)} {_hashed(word)}")
    return word


def is_invited(ledger: Ledger, name: str, word: str, now: datetime) -> bool:
    """Whether the word still sets this user's password."""
    until, _, expected = (ledger.meta(_INVITED + name) or "").partition(" ")
    if not until or now > moment(until) or accounts.account(ledger, name) is None:
        return False
    return hmac.compare_digest(expected, _hashed(word))


def accept_invitation(desk: Desk, name: str, word: str, password: str) -> Outcome:
    """The person sets his password. PermanentFault `invitation` where the word is none any more,
    SettingsError for a password that is too short."""
    with desk.ledger.transaction():
        if not is_invited(desk.ledger, name, word, desk.now):
            raise PermanentFault("invitation", "this address was used or is too old")
        outcome = set_password(desk, name, password)
        desk.ledger.set_meta(_INVITED + name, "")
    return outcome


def wait_of(ledger: Ledger, name: str, now: datetime) -> timedelta:
    """How long this name may not try again: nothing for the first five, then twice as long after
    each wrong one."""
    wrong = accounts.wrong_tries(ledger, name[:_LONGEST_NAME])
    if wrong is None or wrong.number < _FREE_TRIES:
        return timedelta(0)
    wait = timedelta(seconds=15 * 2 ** min(wrong.number - _FREE_TRIES, 10))
    return max(timedelta(0), wrong.last + min(wait, _LONGEST_WAIT) - now)


def is_right(ledger: Ledger, name: str, password: str) -> bool:
    """Whether it is the user's password; as slow for a name that is nobody's."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    found = accounts.account(ledger, name)
    known = found.password if found and found.password else _nobodys()
    try:
        _hasher().verify(known, password)
    except (Argon2Error, InvalidHashError):
        return False
    return found is not None and known == found.password


def note_try(ledger: Ledger, name: str, right: bool, now: datetime) -> None:
    """Remember how a try ended. Belongs into a transaction."""
    name = name[:_LONGEST_NAME]
    if right:
        accounts.forget_wrong(ledger, name)
    else:
        accounts.note_wrong(ledger, name, now)


def fresh_password() -> str:
    """A password to print once: twenty characters that are not mistaken for each other."""
    chosen = "".join(secrets.choice(_ALPHABET) for _ in range(20))
    return "-".join(chosen[at : at + 5] for at in range(0, 20, 5))


def offer_first(ledger: Ledger, now: datetime) -> str:
    """The word by which the first admin names himself, once and within the hour; "" where there
    is an account already. Belongs into a transaction."""
    if accounts.all_accounts(ledger):
        return ""
    word = secrets.token_urlsafe(24)
    ledger.set_meta(_FIRST, f"{stamp(now + _FIRST_HOLDS)} {_hashed(word)}")
    return word


def is_first(ledger: Ledger, word: str, now: datetime) -> bool:
    """Whether the word still makes an admin."""
    until, _, expected = (ledger.meta(_FIRST) or "").partition(" ")
    if not until or now > moment(until) or accounts.all_accounts(ledger):
        return False
    return hmac.compare_digest(expected, _hashed(word))


def add_first(desk: Desk, word: str, name: str, password: str) -> Outcome:
    """The first admin. PermanentFault `first` where the word is none any more."""
    with desk.ledger.transaction():
        if not is_first(desk.ledger, word, desk.now):
            raise PermanentFault("first", "this address was used or is too old")
        outcome = add_account(desk, name, "admin", password)
        desk.ledger.set_meta(_FIRST, "")
    return outcome


def _new_name(ledger: Ledger, name: str) -> None:
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise SettingsError(f"{name!r} is no name of a user")
    if accounts.account(ledger, name):
        raise SettingsError(f"there is a user {name} already")


def _record(desk: Desk, name: str, role: Role, password: str) -> None:
    if len(password) < SHORTEST:
        raise SettingsError(f"a password has at least {SHORTEST} characters")
    accounts.record(desk.ledger, name, role, _hasher().hash(password), desk.now)


def _account(ledger: Ledger, name: str) -> accounts.Account:
    found = accounts.account(ledger, name.strip())
    if found is None:
        raise NotFoundError(f"no user {name}")
    return found


def _keep_an_admin(ledger: Ledger, leaving: accounts.Account) -> None:
    admins = [one for one in accounts.all_accounts(ledger) if one.role == "admin"]
    if admins == [leaving]:
        raise PermanentFault("last_admin", f"{leaving.name} is the last admin")


def _hashed(word: str) -> str:
    return sha256(word.encode()).hexdigest()


@lru_cache(maxsize=1)
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    hashed: str = _hasher().hash(secrets.token_urlsafe(16))
    return hashed
