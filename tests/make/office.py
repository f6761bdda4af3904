"""A whole office in memory but for the ledger: fake mailbox, real SQLite, kept replies."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from pathlib import Path

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.inbox.mailboxes.protocol import Mailbox
from mailbot.inspection.workers.pool import InlinePool, Pool
from mailbot.inspection.workers.probe import reading_ends
from mailbot.ledger.store import open_ledger
from mailbot.outbox.delivery.transport import Transport
from mailbot.settings.mail import MaildirSection, Smtp
from mailbot.settings.office import OutboxSection, Paths
from mailbot.settings.types import Settings
from mailbot.workflow.tick import Office

OUR_ADDRESS = "zzajyj@163.com"
LONG_TEXT = (
    "今年安全生产月期间，我单位组织开展了多部门联动的危险化学品泄漏事故综合应急演练，邀请媒体全程采访，"
    "演练检验了预案，锻炼了队伍，提高了基层的应急处置能力，取得了预期的效果。"
)


def settings_for(folder: Path, *, mode: str = "live", settle: int = 0) -> Settings:
    """Settings of a small office whose data lie in `folder`."""
    return Settings(
        maildir=MaildirSection(path=folder / "mail"),
        smtp=Smtp(host="127.0.0.1", from_address=OUR_ADDRESS),
        paths=Paths(data=folder / "var"),
        outbox=OutboxSection.model_validate({"mode": mode, "settle_seconds": settle}),
    )


OpenOffice = Callable[..., AbstractContextManager[Office]]  # as `an_office`, but for its options


@contextmanager
def an_office(
    folder: Path,
    campaign: Campaign,
    mailbox: Mailbox,
    transport: Transport,
    clock: FrozenClock,
    *,
    settings: Settings | None = None,
    pool: Pool | None = None,
    probe: Callable[[Path], str] = reading_ends,
) -> Iterator[Office]:
    """The office, opened on its ledger; opening it again is a restart."""
    chosen = settings or settings_for(folder)
    with open_ledger(chosen.paths.data) as ledger:
        yield Office(
            settings=chosen,
            campaign=campaign,
            ledger=ledger,
            mailbox=mailbox,
            pool=pool or InlinePool(),
            transport=transport,
            clock=clock,
            probe=probe,
        )


def a_mail(
    subject: str = "金水区报送材料",
    body: str = LONG_TEXT,
    *,
    sender: str = "clerk@example.com",
    to: str = OUR_ADDRESS,
    message_id: str = "<1@example.com>",
    files: Mapping[str, bytes] | None = None,
    headers: Mapping[str, str] | None = None,
    date: datetime | None = None,
) -> bytes:
    """An ordinary mail of a unit's clerk."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = message_id
    if date is not None:
        message["Date"] = date
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(body, cte="base64")
    for name, content in (files or {}).items():
        message.add_attachment(content, "application", "octet-stream", filename=name)
    return message.as_bytes(policy=policy.SMTP)


def opened(raw: bytes) -> EmailMessage:
    """A reply as a mail program opens it."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def octets_of(part: Message) -> bytes:
    """What an attachment holds."""
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def text_of(raw: bytes) -> str:
    """The plain text of a reply."""
    body = opened(raw).get_body(("plain",))
    assert body is not None
    return str(body.get_content())
