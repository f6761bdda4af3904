"""IDLE against dovecot: mail is told of at once, also after the connection was cut."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from make.dovecot import PrivateDovecot, dovecot_missing
from make.office import a_mail

from mailbot.campaign.types import Campaign
from mailbot.errors import TemporaryFault
from mailbot.inbox.mailboxes.imap import open_imap
from mailbot.inbox.mailboxes.imap_idle import ImapListener
from mailbot.inbox.mailboxes.protocol import Listener
from mailbot.workflow.listening import Listening

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(dovecot_missing()), reason=dovecot_missing() or "-"),
]
PATIENCE_S = 30


@pytest.fixture(scope="module")
def dovecot() -> Iterator[PrivateDovecot]:
    with PrivateDovecot() as server:
        yield server


@pytest.fixture
def listener(dovecot: PrivateDovecot) -> Iterator[Listener]:
    mailbox = open_imap(**dovecot.settings)
    listener = mailbox.listener()
    mailbox.close()
    assert listener is not None
    yield listener
    listener.close()


def never() -> bool:
    return False


def deliver(dovecot: PrivateDovecot, campaign: Campaign) -> None:
    dovecot.deliver(a_mail(), internaldate=campaign.deadline)


def test_mail_is_told_of_while_it_is_waited_for_and_when_it_came_before(
    dovecot: PrivateDovecot, listener: Listener, campaign: Campaign
) -> None:
    assert listener.wait(never)  # whatever lay there before
    later = threading.Timer(0.3, deliver, (dovecot, campaign))
    later.start()
    assert listener.wait(never)
    later.join()
    assert listener.wait(never)  # between two calls, for all it knows
    give_up = time.monotonic() + 3
    assert not listener.wait(lambda: time.monotonic() > give_up)


def test_the_wait_begins_anew_before_the_server_ends_it(
    dovecot: PrivateDovecot, listener: Listener
) -> None:
    assert isinstance(listener, ImapListener)
    listener._anew_s = 0.1
    listener.wait(never)
    assert not listener.wait(never)


def test_a_cut_connection_is_made_anew_and_loses_no_mail(
    dovecot: PrivateDovecot, listener: Listener, campaign: Campaign
) -> None:
    polled = threading.Event()
    stop = threading.Event()
    listening = Listening(polled.set, stop, pause_s=0)
    listening.step(listener)
    assert polled.is_set()
    cut = threading.Timer(0.3, dovecot.kick)
    cut.start()
    with pytest.raises(TemporaryFault):
        listener.wait(never)
    cut.join()
    deliver(dovecot, campaign)  # while nobody listens
    polled.clear()
    listening.step(listener)
    assert polled.is_set()


def test_a_server_without_idle_has_nothing_that_tells(campaign: Campaign) -> None:
    with PrivateDovecot(imap="imap_capability = IMAP4rev1 UIDPLUS MOVE") as server:
        mailbox = open_imap(**server.settings)
        assert mailbox.listener() is None
        mailbox.close()


def test_a_stop_is_noticed(listener: Listener) -> None:
    stop, began = threading.Event(), datetime.now().astimezone()
    listening = Listening(lambda: None, stop, pause_s=PATIENCE_S)
    listening.begin(listener)
    stop.set()
    listening.end()
    assert (datetime.now().astimezone() - began).total_seconds() < PATIENCE_S
