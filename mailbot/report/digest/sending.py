"""The digest queued for the office, with the ledger of that moment.

It is sent once a day at the set time; a time that passed while the program was down is made up once
(the day's digest is remembered in the ledger, not in memory).
"""

import logging
from dataclasses import replace
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.language import in_its_language
from mailbot.ledger import replies
from mailbot.ledger.store import Ledger, stamp
from mailbot.model import MailAddress
from mailbot.outbox.compose.reply import compose_notice
from mailbot.report.digest.codes import issue_codes
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.progress import progress_chart
from mailbot.report.digest.view import render_digest
from mailbot.report.undelivered import note_told
from mailbot.report.yearbook.book import read_book
from mailbot.report.yearbook.export import encode_book
from mailbot.report.yearbook.workbook import title_of
from mailbot.settings.types import Settings

log = logging.getLogger(__name__)


_MAILS_ATTACHED = 500  # the last so many in the 台账 that goes along; `mailbot export` has all


_NOT_ATTACHED = (
    "本期简报未能附上台账（生成时出错，详见运行日志），其余内容不受影响；"
    "请系统管理人员执行 mailbot export 台账.xlsx 另行导出"
)


_CHART = "progress@mailbot"  # the Content-ID of the picture


def digest_is_due(ledger: Ledger, settings: Settings, now: datetime) -> bool:
    """Whether today's digest is owed: its time has come and it was not queued yet."""
    local = now.astimezone(settings.zone)
    return (
        local.time() >= settings.schedule.digest
        and ledger.meta("digest_day") != local.date().isoformat()
    )


@in_its_language
def send_digest(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> int:
    """Queue the digest for every office address, in one transaction; how many were queued.

    A second digest on one day carries another Message-ID and is sent too: a person asked for it.
    Only a mailed digest carries codes to answer with.
    """
    day = now.astimezone(settings.zone).date().isoformat()
    view = build_digest(ledger, campaign, settings, now)
    chart = progress_chart(view.board, campaign, now)
    attached = _attached_ledger(ledger, campaign, now)
    if not attached:
        alerts = (*view.health.alerts, _NOT_ATTACHED)
        view = replace(view, health=replace(view.health, alerts=alerts))
    smtp = settings.smtp
    ours = MailAddress(
        smtp.from_name if smtp else "", smtp.from_address if smtp else campaign.mailbox
    )
    domain = ours.address.rpartition("@")[2]
    with ledger.transaction():
        coded = issue_codes(ledger, settings.paths.data, view.needs_person, now)
        pictures = [(_CHART, chart)] if chart else []

        def enclosed(png: bytes) -> str:
            content_id = f"crop{len(pictures)}@mailbot"
            pictures.append((content_id, png))
            return f"cid:{content_id}"

        subject, text, html = render_digest(
            replace(view, needs_person=coded, answer_to=ours.address),
            f"cid:{_CHART}" if chart else "",
            enclosed,
        )
        ids = [
            f"<digest.{now:%Y%m%dT%H%M%S%f}.{place}@{domain}>"
            for place in range(len(settings.office.addresses))
        ]
        note_told(ledger, ids)
        for message_id, address in zip(ids, settings.office.addresses, strict=True):
            raw = compose_notice(
                to=MailAddress("", address),
                from_=ours,
                subject=subject,
                text=text,
                html=html,
                now=now,
                message_id=message_id,
                attachments=attached,
                pictures=pictures,
                kind="digest",
            )
            replies.enqueue_notice(
                ledger,
                number=f"digest-{day}",
                message_id=message_id,
                address=address,
                purpose="digest",
                raw=raw,
                # It goes to the office itself: a digest that waits for approval reaches nobody.
                mode="shadow" if settings.outbox.mode == "shadow" else "live",
                now=now,
            )
        ledger.set_meta("digest_day", day)
        ledger.set_meta("digest_at", stamp(now))
    return len(settings.office.addresses)


def _attached_ledger(
    ledger: Ledger, campaign: Campaign, now: datetime
) -> tuple[tuple[str, bytes], ...]:
    """The 台账 of this moment; () where it cannot be made. The digest goes all the same and says
    so: what one odd row does to a workbook must not keep the office from hearing of the rest."""
    try:
        book = read_book(ledger, campaign, now, newest=_MAILS_ATTACHED)
        name = f"{title_of(campaign)}-{now.astimezone(campaign.zone):%Y%m%d}.xlsx"
        return ((name, encode_book(book, ".xlsx")),)
    except Exception:  # whatever it is, it is told in log and digest
        log.exception("the ledger could not be attached to the digest")
        return ()
