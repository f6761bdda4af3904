"""How mailbox and sending stand: remembered, so that a restart or the next `tick` knows it too.

A refused login is final until a person acts: NetEase locks an account that keeps trying. What
counts as acting is another account, a file with its password written anew, or `mailbot resume`.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from mailbot.ledger.store import Ledger, moment, stamp

Way = Literal["login", "sending"]  # into the mailbox; out by SMTP

_MAILBOX_FAULT = "mailbox_fault"
_MISSING_FOLDERS = "missing_folders"
_RESUME_AT = "delivery_resume_at"
_INSPECTION = "inspection_fault"


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
    pause_sending(ledger, None)
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


def note_inspection(ledger: Ledger, fault: str, now: datetime) -> None:
    """Whether files are inspected where the settings say ("") or why not."""
    before = _read(ledger, _INSPECTION)
    if fault and (before is None or before.text != fault):
        _write(ledger, _INSPECTION, Trouble(fault, before.since if before else stamp(now)))
    elif before is not None and not fault:
        _write(ledger, _INSPECTION, None)


def inspection_fault(ledger: Ledger) -> Trouble | None:
    """Why files are not inspected where the settings say, since when."""
    return _read(ledger, _INSPECTION)


def mailbox_fault(ledger: Ledger) -> Trouble | None:
    """Since when the mailbox has not answered."""
    return _read(ledger, _MAILBOX_FAULT)


def note_missing_folders(ledger: Ledger, folders: Sequence[str]) -> None:
    """The folders that the last pass did not find on the server."""
    text = json.dumps(list(folders), ensure_ascii=False)
    if ledger.meta(_MISSING_FOLDERS) != text:
        ledger.set_meta(_MISSING_FOLDERS, text)


def missing_folders(ledger: Ledger) -> tuple[str, ...]:
    """The folders of the settings that nobody reads, since the server has them not."""
    return tuple(json.loads(ledger.meta(_MISSING_FOLDERS) or "[]"))


def date_mailbox_fault(ledger: Ledger, fault: Trouble, since: datetime) -> None:
    """The same fault, known since another moment: the clock was wrong."""
    _write(ledger, _MAILBOX_FAULT, replace(fault, since=stamp(since)))


def sending_paused_until(ledger: Ledger) -> datetime | None:
    """Until when nothing is sent because the server asked for a pause; the moment may be past."""
    stored = ledger.meta(_RESUME_AT)
    return moment(stored) if stored else None


def pause_sending(ledger: Ledger, until: datetime | None) -> None:
    """Nothing is sent before then; None ends the pause."""
    ledger.set_meta(_RESUME_AT, stamp(until) if until else "")


def _read(ledger: Ledger, key: str) -> Trouble | None:
    stored = ledger.meta(key)
    return Trouble(**json.loads(stored)) if stored else None


def _write(ledger: Ledger, key: str, trouble: Trouble | None) -> None:
    ledger.set_meta(key, json.dumps(asdict(trouble), ensure_ascii=False) if trouble else "")
