"""A server that says odd things, and the mailbox opened on it."""

from collections.abc import Iterator

import pytest
from make.odd_imap import OddImap

from mailbot.inbox.mailboxes.imap import ImapMailbox, open_imap


@pytest.fixture
def server() -> Iterator[OddImap]:
    """One message, and what it answers may be changed."""
    with OddImap() as odd:
        yield odd


@pytest.fixture
def mailbox(server: OddImap) -> Iterator[ImapMailbox]:
    """Opened on `server`."""
    opened = open_imap(**server.settings)
    yield opened
    opened.close()
