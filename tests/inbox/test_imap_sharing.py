"""Two mailboxes of one account on one connection, against a scripted session."""

from collections.abc import Callable
from typing import Any

import pytest

from mailbot.errors import PermanentFault
from mailbot.inbox.mailboxes import imap_sharing
from mailbot.inbox.mailboxes.imap_session import ImapAccount
from mailbot.inbox.mailboxes.imap_sharing import SharedSessions


class Server:
    """What `ImapSession` would be, counting logins."""

    refuses = False
    logins = 0
    logouts = 0

    def __init__(self, _account: ImapAccount) -> None:
        self.refusal = ""
        self.is_open = False

    def ask(self, action: Callable[[Any], Any], *, again: bool = True) -> Any:
        if not self.is_open:
            if not self.refusal:
                Server.logins += 1
                self.refusal = "LOGIN refused" if Server.refuses else ""
            if self.refusal:
                raise PermanentFault("login_refused", self.refusal)
        self.is_open = True
        return action(self)

    def close(self) -> None:
        Server.logouts += self.is_open
        self.is_open, self.refusal = False, ""


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> type[Server]:
    monkeypatch.setattr(imap_sharing, "ImapSession", Server)
    Server.refuses, Server.logins, Server.logouts = False, 0, 0
    return Server


def an_account(password: str = "SHOUQUANMA", user: str = "yl@example.test") -> ImapAccount:
    return ImapAccount("127.0.0.1", 143, "none", "", user, password, 60)


def test_one_account_has_one_connection(server: type[Server]) -> None:
    sessions = SharedSessions()
    first, second = sessions.of(an_account()), sessions.of(an_account())
    assert first.ask(lambda client: client) is second.ask(lambda client: client)
    assert server.logins == 1


def test_another_password_is_another_account(server: type[Server]) -> None:
    sessions = SharedSessions()
    sessions.of(an_account()).ask(lambda client: None)
    sessions.of(an_account("OTHER")).ask(lambda client: None)
    assert server.logins == 2


def test_the_last_one_that_leaves_logs_out(server: type[Server]) -> None:
    sessions = SharedSessions()
    first, second = sessions.of(an_account()), sessions.of(an_account())
    first.ask(lambda client: None)
    second.ask(lambda client: None)
    first.close()
    assert server.logouts == 0
    second.ask(lambda client: None)
    second.close()
    assert (server.logins, server.logouts) == (1, 1)


def test_a_refused_login_is_tried_once_for_all_and_told_to_each(server: type[Server]) -> None:
    server.refuses = True
    sessions = SharedSessions()
    first, second = sessions.of(an_account()), sessions.of(an_account())
    for one in (first, second):
        with pytest.raises(PermanentFault, match="LOGIN refused"):
            one.ask(lambda client: None)
        one.close()
    assert server.logins == 1


def test_who_asks_again_after_the_refusal_was_sent_by_a_person(server: type[Server]) -> None:
    server.refuses = True
    sessions = SharedSessions()
    first, second = sessions.of(an_account()), sessions.of(an_account())
    for one in (first, second):
        with pytest.raises(PermanentFault):
            one.ask(lambda client: None)
        one.close()
    server.refuses = False
    first.ask(lambda client: None)
    second.ask(lambda client: None)
    assert server.logins == 2
