"""The day's quota of an account that several offices send from."""

import threading
from datetime import date

from mailbot.outbox.delivery.account import SendingAccount

DAY, NEXT = date(2017, 7, 5), date(2017, 7, 6)


def test_what_the_others_sent_today_counts() -> None:
    account = SendingAccount()
    first, second, third = (account.share(name) for name in ("a", "b", "c"))
    assert first.sent_elsewhere(3, DAY) == 0
    assert second.sent_elsewhere(4, DAY) == 3
    assert third.sent_elsewhere(0, DAY) == 7
    assert first.sent_elsewhere(5, DAY) == 4
    assert second.sent_elsewhere(4, DAY) == 5


def test_yesterdays_mails_do_not_count_today() -> None:
    account = SendingAccount()
    first, second = account.share("a"), account.share("b")
    first.sent_elsewhere(150, DAY)
    assert second.sent_elsewhere(0, NEXT) == 0


def test_nobody_counts_while_another_sends() -> None:
    account = SendingAccount()
    first, second = account.share("a"), account.share("b")
    entered = threading.Event()

    def other() -> None:
        with second.turn():
            entered.set()

    thread = threading.Thread(target=other)
    with first.turn():
        thread.start()
        assert not entered.wait(0.05)
    thread.join(10)
    assert entered.is_set()
