"""A short mail to the office: a few lines under a heading."""

from collections.abc import Sequence
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.language import in_its_language
from mailbot.ledger import replies
from mailbot.ledger.store import Ledger
from mailbot.model import MailAddress
from mailbot.settings.types import Settings


@in_its_language
def queue_office_note(
    ledger: Ledger,
    campaign: Campaign,
    settings: Settings,
    *,
    address: str,
    purpose: str,
    number: str,
    message_id: str,
    heading: str,
    lines: Sequence[str],
    now: datetime,
) -> None:
    """Put it into the outbox; a Message-ID that is there already is not queued again.

    It needs no approval: it goes to the office itself. In shadow mode it stays, like all mail.
    """
    # Not to be paid for by every pass that has nothing to tell.
    from mailbot.outbox.compose.reply import compose_notice
    from mailbot.wording.templates import render

    context: dict[str, object] = {"heading": heading, "lines": tuple(lines)}
    raw = compose_notice(
        MailAddress("", address),
        settings.our_address(campaign.mailbox),
        heading,
        render("office_note.txt.j2", campaign.templates, **context),
        render("office_note.html.j2", campaign.templates, **context),
        now=now.astimezone(settings.zone),
        message_id=message_id,
        kind=purpose,
    )
    replies.enqueue_notice(
        ledger,
        number=number,
        message_id=message_id,
        address=address,
        purpose=purpose,
        raw=raw,
        mode="shadow" if settings.outbox.mode == "shadow" else "live",
        now=now,
    )
