"""系统: how the program itself is, live while one looks at it."""

import platform
import shutil
import sqlite3
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from starlette.responses import Response

import mailbot
from mailbot.console.routes import Visit, page
from mailbot.inspection.fingerprint import readers_fingerprint
from mailbot.ledger import audit, correspondence, enquiries, sending
from mailbot.ledger.search import is_filled
from mailbot.ledger.store import Ledger, moment
from mailbot.report.alerts import troubles
from mailbot.settings.types import Settings
from mailbot.upkeep.backup import backup_age
from mailbot.wording.office import ARRIVAL_STATES, REPLY_STATES
from mailbot.wording.phrases import format_moment, format_size
from mailbot.workflow.heartbeat import read_health


def system(visit: Visit) -> Response:
    """With `part` in the address only what changes."""
    settings = visit.console.settings
    zone = visit.campaign.zone
    patience = timedelta(minutes=settings.office.alert_unreachable_minutes)
    wrong, health = read_health(settings.paths.data, visit.now, patience)
    last_poll = visit.ledger.meta("last_poll")
    return visit.render(
        "system_live.html.j2" if visit.asked("part") else "system.html.j2",
        title=visit.say("系统"),
        now=format_moment(visit.now, zone),
        wrong=wrong,
        health=health,
        health_at=format_moment(datetime.fromisoformat(health.at), zone) if health else "",
        last_poll=format_moment(moment(last_poll), zone) if last_poll else "",
        mailbox=_mailbox(settings),
        mode=settings.outbox.mode,
        sends=_sends(visit.ledger, settings, visit.now),
        disk=_disk(settings),
        workers=settings.limits.workers,
        alerts=[
            (one.heading, [line for lines in one.members.values() for line in lines])
            for one in troubles(visit.ledger, settings, visit.now)
            if one.members
        ],
        chain=_chain(visit),
        versions=_versions(visit),
        arrivals=[
            (ARRIVAL_STATES.get(state, state), number)
            for state, number in enquiries.states(visit.ledger).items()
        ],
        outbox=[
            (REPLY_STATES.get(state, state), number)
            for state, number in sending.states(visit.ledger).items()
        ],
        is_filled=is_filled(visit.ledger),
        backup=_backup(visit),
    )


def _mailbox(settings: Settings) -> str:
    """What is polled, without a word of how it is entered."""
    if settings.imap is not None:
        return f"{settings.imap.username} · {settings.imap.host}:{settings.imap.port}"
    return str(settings.maildir.path.name) if settings.maildir else ""


def _sends(ledger: Ledger, settings: Settings, now: datetime) -> tuple[int, int] | None:
    """How many mails may leave today still, and how many at most; None where none can."""
    if settings.smtp is None:
        return None
    local = now.astimezone(settings.zone)
    midnight = datetime.combine(local.date(), time(), settings.zone)
    most = settings.smtp.daily_limit
    return max(0, most - correspondence.sent_since(ledger, midnight)), most


def _disk(settings: Settings) -> tuple[str, str, int] | None:
    """Free, all, and the percentage that is used."""
    try:
        usage = shutil.disk_usage(settings.paths.data)
    except OSError:
        return None
    used = round(100 * (usage.total - usage.free) / usage.total)
    return format_size(usage.free), format_size(usage.total), used


def _chain(visit: Visit) -> audit.Chain:
    """The audit trail, followed from its first row; once for each row that was added."""
    last = visit.ledger.row("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")
    key = (last["id"], last["hash"]) if last else (0, "")
    known = visit.console.verified
    if known is None or known[0] != key or visit.asked("verify"):
        known = (key, audit.verify(visit.ledger))
        visit.console.verified = known
    return known[1]


def _backup(visit: Visit) -> str:
    """How old the newest backup is; "" where none is known."""
    age = backup_age(visit.console.settings.paths.data, visit.now)
    if age is None:
        return ""
    days, hours = age.days, age.seconds // 3600
    return (
        f"{days}{visit.say('天')}{hours}{visit.say('小时前')}"
        if days
        else (f"{hours}{visit.say('小时前')}")
    )


def _versions(visit: Visit) -> Mapping[str, Any]:
    return {
        "mailbot": mailbot.__version__,
        visit.say("规则"): visit.campaign.version,
        visit.say("读取器"): readers_fingerprint(),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
    }


routes = [page("/system", system, needs="viewer")]
