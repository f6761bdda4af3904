"""Requests for replies, and replies as a mail client shows them."""

import email
import re
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

from mailbot.campaign.types import Campaign
from mailbot.model import Judged, MailAddress, ReplyKind
from mailbot.outbox.compose.reply import ReplyRequest, compose_reply
from make.dossiers import ARRIVED, SENDER, arrival_of, complete_dossier, dossier_of, good_files

OFFICE = MailAddress("市安委办", "office@example.test")


class Page(HTMLParser):
    """The text a reader sees, and every element and attribute that made it."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self._hidden = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attributes}
        if tag == "title":
            self._hidden = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def look(html: str) -> Page:
    """The page as a browser would read it."""
    page = Page()
    page.feed(html)
    page.close()
    return page


def bare(text: str) -> str:
    """Without any white space."""
    return re.sub(r"\s+", "", text)


def request(campaign: Campaign, kind: ReplyKind, **changes: Any) -> ReplyRequest:
    """A request for a reply to a complete dossier, but for the changes."""
    settings: dict[str, Any] = {
        "kind": kind,
        "number": "YL2017-0012",
        "message_id": "<reply-1@example.test>",
        "unit": "金水区",
        "to": SENDER,
        "from_": OFFICE,
        "arrivals": (arrival_of(*good_files().values()),),
        "dossier": complete_dossier(campaign),
        "campaign": campaign,
        "now": ARRIVED + timedelta(minutes=1),
        **changes,
    }
    return ReplyRequest(**settings)


def parse(raw: bytes) -> EmailMessage:
    """Read back by the standard library."""
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, subtype: str) -> str:
    """The decoded text of the plain or html side."""
    body = message.get_body((subtype,))
    assert body is not None
    return str(body.get_content())


def both(request: ReplyRequest) -> tuple[str, str]:
    """The plain text and the visible text of the HTML, without white space."""
    message = parse(compose_reply(request))
    return bare(part(message, "plain")), bare("".join(look(part(message, "html")).text))


def correction(campaign: Campaign, *slots: Any, files: tuple[Judged, ...], **changes: Any) -> Any:
    """A correction request for a dossier with these slots, after one mail with these files."""
    return request(
        campaign,
        ReplyKind.CORRECTION,
        dossier=dossier_of(campaign, *slots),
        arrivals=(arrival_of(*files, links=changes.pop("links", ())),),
        **changes,
    )
