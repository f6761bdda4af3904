"""Who may use the console: accounts, their sessions, and passwords that were wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.entries import Role
from mailbot.ledger.store import Ledger, moment, stamp

_REMEMBERED = timedelta(days=1)  # a wrong password


@dataclass(frozen=True, slots=True)
class Account:
    """One user of the console; `password` is its argon2 hash ("": by OIDC alone)."""

    name: str
    role: Role
    password: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Wrong:
    """How many passwords in a row were wrong for a name, and when the last one was."""

    number: int
    last: datetime


def all_accounts(ledger: Ledger) -> list[Account]:
    """Every account, by name."""
    return [_account(row) for row in ledger.rows("SELECT * FROM console_users ORDER BY name")]


def account(ledger: Ledger, name: str) -> Account | None:
    """The account of this name."""
    row = ledger.row("SELECT * FROM console_users WHERE name = ?", (name,))
    return _account(row) if row else None


def record(ledger: Ledger, name: str, role: Role, password: str, now: datetime) -> None:
    """A new account, or another role or password of one: whoever is logged in under it is not
    any more."""
    ledger.execute(
        "INSERT INTO console_users VALUES (?, ?, ?, ?) ON CONFLICT(name)"
        " DO UPDATE SET role = excluded.role, password = excluded.password",
        (name, role, password, stamp(now)),
    )
    ledger.execute("DELETE FROM console_sessions WHERE user = ?", (name,))


def remove(ledger: Ledger, name: str) -> None:
    """The account is no more, and neither are its sessions."""
    ledger.execute("DELETE FROM console_sessions WHERE user = ?", (name,))
    ledger.execute("DELETE FROM console_users WHERE name = ?", (name,))


def open_session(ledger: Ledger, name: str, user: str, now: datetime, until: datetime) -> None:
    """Somebody logged in; `name` is the hash of what his cookie holds."""
    ledger.execute("DELETE FROM console_sessions WHERE until < ?", (stamp(now),))
    ledger.execute(
        "INSERT INTO console_sessions VALUES (?, ?, ?, ?)", (name, user, stamp(now), stamp(until))
    )


def session_user(ledger: Ledger, name: str, now: datetime) -> Account | None:
    """Whose session it is, unless it has ended."""
    row = ledger.row(
        "SELECT console_users.* FROM console_sessions JOIN console_users"
        " ON console_users.name = console_sessions.user"
        " WHERE console_sessions.name = ? AND until > ?",
        (name, stamp(now)),
    )
    return _account(row) if row else None


def close_session(ledger: Ledger, name: str) -> None:
    """Somebody logged out."""
    ledger.execute("DELETE FROM console_sessions WHERE name = ?", (name,))


def wrong_tries(ledger: Ledger, name: str) -> Wrong | None:
    """The wrong passwords on record for a name, whether or not it is anybody's."""
    row = ledger.row("SELECT * FROM console_wrong WHERE name = ?", (name,))
    return Wrong(int(row["number"]), moment(row["last_at"])) if row else None


def note_wrong(ledger: Ledger, name: str, now: datetime) -> None:
    """One more. Those of yesterday are forgotten."""
    ledger.execute("DELETE FROM console_wrong WHERE last_at < ?", (stamp(now - _REMEMBERED),))
    ledger.execute(
        "INSERT INTO console_wrong VALUES (?, 1, ?) ON CONFLICT(name)"
        " DO UPDATE SET number = number + 1, last_at = excluded.last_at",
        (name, stamp(now)),
    )


def forget_wrong(ledger: Ledger, name: str) -> None:
    """The right one came."""
    ledger.execute("DELETE FROM console_wrong WHERE name = ?", (name,))


def _account(row: dict[str, str]) -> Account:
    role: Role = row["role"]  # type: ignore[assignment]  # the table's CHECK
    return Account(row["name"], role, row["password"], moment(row["since"]))
