"""What cannot wait for the digest: one mail to the office when it begins, one when it is over.

Each trouble has members (the mails that are dead, say): a new member is told, and when the last
one is gone that is told, too. What was told stands in the ledger, so a restart repeats nothing.
"""

import json
import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.campaign.types import Campaign
from mailbot.errors import MailbotError
from mailbot.language import in_its_language, say
from mailbot.ledger import enquiries, refusals, sending
from mailbot.ledger.store import Ledger, moment, stamp
from mailbot.report.office_note import queue_office_note
from mailbot.settings.types import Settings
from mailbot.wording.phrases import format_size

log = logging.getLogger(__name__)
Post = Callable[[str, Sequence[str]], None]  # heading and lines of one alert

# The disk counts as free again above this multiple of the limit; at the limit itself the alert
# would come and go with every mail.
_ENOUGH = 1.2
_LISTED = 20  # at most so many members are listed in one mail
_ONE = "1"  # stands for the member of a trouble that has only one (the disk, the login)
_OF_MAILS = ("quarantined", "dead")  # troubles whose members are mails
# Of these one mail in so long: whoever sends what ends in quarantine would use up the day's sends.
_GATHERED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of trouble and whom or what it concerns at present; no members: no such trouble."""

    key: str
    heading: str
    members: Mapping[str, Sequence[str]]  # for each, the lines that the alert prints
    over: str  # heading of the mail that says the trouble is over


@in_its_language
def queue_alerts(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> int:
    """Queue what the office has not been told yet; how many things were told."""
    if not (settings.office.alerts and settings.office.addresses):
        return 0
    queued = 0
    with ledger.transaction():
        for trouble in troubles(ledger, settings, now):
            key = f"told_{trouble.key}"
            told = set(json.loads(ledger.meta(key) or "[]"))
            new = [one for one in trouble.members if one not in told]
            if told == set(trouble.members) or (new and _told_lately(ledger, trouble.key, now)):
                continue
            if new:
                ledger.set_meta(f"{key}_at", stamp(now))
                lines = [line for one in new[:_LISTED] for line in trouble.members[one]]
                if len(new) > _LISTED:
                    lines.append(say("……共{count}件，见每日简报。", count=len(new)))
                _tell(ledger, campaign, settings, trouble.key, trouble.heading, lines, now)
            elif not trouble.members:
                name = f"{trouble.key}-over"
                _tell(ledger, campaign, settings, name, trouble.over, (), now)
            queued += bool(new) or not trouble.members
            ledger.set_meta(key, json.dumps(sorted(trouble.members)))
    return queued


def _told_lately(ledger: Ledger, key: str, now: datetime) -> bool:
    """Whether what is new waits for the next mail of its kind."""
    told = ledger.meta(f"told_{key}_at") if key in _OF_MAILS else None
    return told is not None and timedelta() <= now - moment(told) < _GATHERED


def _tell(
    ledger: Ledger,
    campaign: Campaign,
    settings: Settings,
    name: str,
    heading: str,
    lines: Sequence[str],
    now: datetime,
) -> None:
    domain = settings.own_domain(campaign.mailbox)
    for place, address in enumerate(settings.office.addresses):
        queue_office_note(
            ledger,
            campaign,
            settings,
            address=address,
            purpose="alert",
            number=f"alert-{name}",
            message_id=f"<alert.{name}.{now:%Y%m%dT%H%M%S%f}.{place}@{domain}>",
            heading=heading,
            lines=tuple(lines),
            now=now,
        )


def post_alerts(ledger: Ledger, settings: Settings, now: datetime, post: Post) -> int:
    """Post by the second channel what no mail can tell, since sending is stopped; how much.

    What was posted is remembered apart from what was mailed, and its end is posted too. Of mails
    only their number is told: the channel is another company's. A post that fails is logged and
    tried again with the next pass.
    """
    posted = 0
    stopped = refusals.refused(ledger, "sending") is not None or settings.smtp is None
    for trouble in troubles(ledger, settings, now):
        key = f"posted_{trouble.key}"
        told = set(json.loads(ledger.meta(key) or "[]"))
        members = set(trouble.members)
        if not (members - told if stopped or settings.alerts.always else told and not members):
            continue
        heading, lines = trouble.over, []
        if members:
            heading, lines = trouble.heading, [say("共{count}件，见每日简报。", count=len(members))]
            if trouble.key not in _OF_MAILS:
                lines = list(trouble.members[_ONE])
        try:
            post(heading, lines)
        except MailbotError as error:
            log.warning("an alert was not posted: %s", error)
            continue
        with ledger.transaction():
            ledger.set_meta(key, json.dumps(sorted(members)))
        posted += 1
    return posted


def troubles(ledger: Ledger, settings: Settings, now: datetime) -> Iterator[Trouble]:
    """Every kind of trouble, with or without members at present."""
    login = refusals.refused(ledger, "login")
    yield Trouble(
        "login",
        say("【系统告警】邮箱拒绝登录，收信已停止"),
        _only(
            login,
            say(
                "为免账号被锁定，系统不再尝试登录。"
                "请核对邮箱授权码，更正 mailbot.toml 后重新启动；授权码无误时执行：mailbot resume"
            ),
        ),
        say("【系统恢复】邮箱登录已恢复，收信继续"),
    )
    yield Trouble(
        "sending",
        say("【系统告警】发信服务器拒绝本账号，发信已停止"),
        _only(
            refusals.refused(ledger, "sending"),
            say("系统不再尝试发信，待发邮件均已保留。更正后重新启动，或执行：mailbot resume"),
        ),
        say("【系统恢复】发信已恢复"),
    )
    away = refusals.mailbox_fault(ledger)
    minutes = settings.office.alert_unreachable_minutes
    if away and (login or now - moment(away.since) < timedelta(minutes=minutes)):
        away = None if not ledger.meta("told_mailbox") or login else away
    yield Trouble(
        "mailbox",
        say("【系统告警】邮箱超过{minutes}分钟无法收信", minutes=minutes),
        _only(away, say("系统将继续尝试，恢复后自动补收，来信不会丢失。")),
        say("【系统恢复】邮箱已恢复收信"),
    )
    yield Trouble(
        "inspection",
        say("【系统告警】远程核验节点不可用"),
        _only(
            refusals.inspection_fault(ledger),
            say("来件改由本机核验或留待下次处理，不会丢失，速度会变慢。请检查调度器和各节点。"),
        ),
        say("【系统恢复】远程核验节点已恢复"),
    )
    yield _disk(ledger, settings)
    yield Trouble(
        "quarantined",
        say("【系统告警】有来信处理失败，已隔离"),
        {
            str(row["id"]): (
                say("第{id}号来信：{last_error}", id=row["id"], last_error=row["last_error"]),
                say(
                    "再试：mailbot retry {id}；略过无法检查的文件予以收下：mailbot release {id}",
                    id=row["id"],
                ),
            )
            for row in enquiries.quarantined(ledger)
        },
        say("【系统恢复】隔离的来信均已处理"),
    )
    yield Trouble(
        "dead",
        say("【系统告警】有邮件未能送达"),
        {
            str(row["id"]): (
                say(
                    "{number} 致 {address}，单位 {unit}：{error_text}",
                    number=row["number"],
                    address=row["address"],
                    unit=row["unit"] or say("不明"),
                    error_text=row["error_text"],
                ),
                say("重发：mailbot resend {number}", number=row["number"]),
            )
            for row in sending.dead_rows(ledger)
            if row["purpose"] in {"reply", "reminder"}
        },
        say("【系统恢复】未送达的邮件均已处理"),
    )


def _only(trouble: refusals.Trouble | None, advice: str) -> dict[str, Sequence[str]]:
    return {_ONE: (trouble.text, advice)} if trouble else {}


def _disk(ledger: Ledger, settings: Settings) -> Trouble:
    limit = settings.office.alert_disk_bytes
    free = shutil.disk_usage(settings.paths.data).free
    told = (ledger.meta("told_disk") or "[]") != "[]"
    low = free < limit * (_ENOUGH if told else 1)
    lines = (
        say(
            "{data} 所在磁盘仅余{format_size}。",
            data=settings.paths.data,
            format_size=format_size(free),
        ),
        say("请清理或扩容；在此之前来信留在邮箱中。"),
    )
    return Trouble(
        "disk",
        say("【系统告警】磁盘空间不足"),
        {_ONE: lines} if low else {},
        say("【系统恢复】磁盘空间已充足"),
    )
