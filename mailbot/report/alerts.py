"""What cannot wait for the digest: one mail to the office each, once (`[office] alerts`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mailbot.campaign import Campaign
from mailbot.config import Settings
from mailbot.ledger import enquiries, replies
from mailbot.ledger.store import Ledger
from mailbot.outbox.answering import own_domain
from mailbot.report.office_note import queue_office_note


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that happened; `key` is the same as long as it is the same thing."""

    key: str
    heading: str
    lines: tuple[str, ...]


def queue_alerts(
    ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime, login_fault: str = ""
) -> int:
    """Queue what the office has not been told yet; how many mails.

    `login_fault`: the server's words where it refuses our login; told once a day.
    """
    if not (settings.office.alerts and settings.office.addresses):
        return 0
    queued = 0
    domain = own_domain(settings, campaign)
    with ledger.transaction():
        for alert in _alerts(ledger, settings, now, login_fault):
            for place, address in enumerate(settings.office.addresses):
                message_id = f"<alert.{alert.key}.{place}@{domain}>"
                if replies.is_own_message_id(ledger, message_id):
                    continue
                queue_office_note(
                    ledger,
                    campaign,
                    settings,
                    address=address,
                    purpose="alert",
                    number=f"alert-{alert.key}",
                    message_id=message_id,
                    heading=alert.heading,
                    lines=alert.lines,
                    now=now,
                )
                queued += 1
    return queued


def _alerts(ledger: Ledger, settings: Settings, now: datetime, login_fault: str) -> Iterator[Alert]:
    if login_fault:
        day = now.astimezone(settings.zone).date()
        yield Alert(
            f"login-{day:%Y%m%d}",
            "【系统告警】邮箱拒绝登录，收信已停止",
            (login_fault, "请核对邮箱授权码，更正后重新启动 mailbot run。"),
        )
    for row in enquiries.quarantined(ledger):
        yield Alert(
            f"quarantined-{row['id']}",
            f"【系统告警】第{row['id']}号来信处理失败，已隔离",
            (row["last_error"], f"重新处理：mailbot retry {row['id']}"),
        )
    for row in replies.dead_rows(ledger):
        if row["purpose"] == "reply":
            yield Alert(
                f"dead-{row['id']}",
                f"【系统告警】{row['number']}的答复未能送达",
                (
                    f"收件地址 {row['address']}，单位 {row['unit'] or '不明'}",
                    row["error_text"],
                    f"重发：mailbot resend {row['number']}",
                ),
            )
