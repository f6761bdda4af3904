"""How mailbox and sending stand: remembered, so that a restart or the next `tick` knows it too.

A refused login is final until a person acts: NetEase locks an account that keeps trying. What
counts as acting is another account, a file with its password written anew, or `mailbot resume`.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from mailbot.ledger.store import Ledger, moment, stamp, strings_json

Way = Literal["login", "sending"]  # into the mailbox; out by SMTP

_MAILBOX_FAULT = "mailbox_fault"
_MISSING_FOLDERS = "missing_folders"
_CLOCK = "clock"
JITTER = timedelta(minutes=1)  # a clock that is set back by less is not worth a word


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that does not work, in the server's words, since when; `account`: for whom."""

    text: str
    since: str
    account: str = ""


def account_mark(host: str, username: str, secret: Path | None) -> str:
    """Tells whether a person has acted since: the account, and when the file with its password was
    last written. Nothing in it comes from the password itself."""
    seen = ""
    if secret is not None:
        with suppress(OSError):
            stat = secret.stat()
            seen = f" {stat.st_mtime_ns}:{stat.st_ino}"
    return f"{username}@{host}{seen}"


def refuse(ledger: Ledger, way: Way, text: str, account: str, now: datetime) -> None:
    """The server takes these credentials no more."""
    if refused(ledger, way, account) is None:
        _write(ledger, f"{way}_refused", Trouble(text, stamp(now), account))


def refused(ledger: Ledger, way: Way, account: str | None = None) -> Trouble | None:
    """The refusal that stands (for this account, where one is given)."""
    trouble = _read(ledger, f"{way}_refused")
    if trouble is None or account not in (None, trouble.account):
        return None
    return trouble


def accept(ledger: Ledger, way: Way) -> None:
    """The server took us, or a person acted: nothing is refused."""
    _write(ledger, f"{way}_refused", None)


def resume_sending(ledger: Ledger, now: datetime) -> None:
    """Whatever was put off because of the server goes out with the next pass."""
    accept(ledger, "sending")
    ledger.set_meta("delivery_resume_at", "")
    ledger.execute(
        "UPDATE replies SET due_at = ? WHERE state = 'deferred' AND due_at > ?"
        " AND error_code != 'DAILY_BUDGET'",
        (stamp(now), stamp(now)),
    )


def note_mailbox(ledger: Ledger, fault: str, now: datetime) -> None:
    """Whether the mailbox answered ("") or what was wrong with it."""
    before = _read(ledger, _MAILBOX_FAULT)
    if fault and before is None:
        _write(ledger, _MAILBOX_FAULT, Trouble(fault, stamp(now)))
    elif before is not None and not fault:
        _write(ledger, _MAILBOX_FAULT, None)


def mailbox_fault(ledger: Ledger) -> Trouble | None:
    """Since when the mailbox has not answered."""
    return _read(ledger, _MAILBOX_FAULT)


def note_missing_folders(ledger: Ledger, folders: Sequence[str]) -> None:
    """The folders that the last pass did not find on the server."""
    text = strings_json.dump_json(tuple(folders)).decode()
    if ledger.meta(_MISSING_FOLDERS) != text:
        ledger.set_meta(_MISSING_FOLDERS, text)


def missing_folders(ledger: Ledger) -> tuple[str, ...]:
    """The folders of the settings that nobody reads, since the server has them not."""
    return strings_json.validate_json(ledger.meta(_MISSING_FOLDERS) or "[]")


def mind_the_clock(ledger: Ledger, now: datetime) -> timedelta:
    """How far the clock was set back since the last pass. What waits is moved back with it:
    else a reply queued on a wrong date would wait for that date."""
    seen = ledger.meta(_CLOCK)
    jump = moment(seen) - now if seen else timedelta()
    if jump > JITTER:
        for row in ledger.rows(
            "SELECT id, due_at FROM replies WHERE state IN ('queued', 'deferred') AND due_at > ?",
            (stamp(now),),
        ):
            due = max(now, moment(row["due_at"]) - jump)
            ledger.execute("UPDATE replies SET due_at = ? WHERE id = ?", (stamp(due), row["id"]))
        paused = ledger.meta("delivery_resume_at")
        if paused:
            ledger.set_meta("delivery_resume_at", stamp(max(now, moment(paused) - jump)))
        fault = mailbox_fault(ledger)
        if fault is not None and moment(fault.since) > now:
            _write(ledger, _MAILBOX_FAULT, Trouble(fault.text, stamp(now)))
    ledger.set_meta(_CLOCK, stamp(now))
    return jump if jump > JITTER else timedelta()


def _read(ledger: Ledger, key: str) -> Trouble | None:
    stored = ledger.meta(key)
    return Trouble(**json.loads(stored)) if stored else None


def _write(ledger: Ledger, key: str, trouble: Trouble | None) -> None:
    ledger.set_meta(key, json.dumps(asdict(trouble), ensure_ascii=False) if trouble else "")
