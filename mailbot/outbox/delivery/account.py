"""One sending account that several offices use: one at a time, one day's quota together.

A provider counts what an account sends (a 163 account: facts of mail servers), whoever asked for
it. So what the other offices sent today counts as sent here too, and nobody looks at the count
while another is sending.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date


class SendingAccount:
    """An account's turns and its count of today's mails. Safe for threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._sent: dict[str, tuple[date, int]] = {}

    def share(self, office: str) -> "AccountShare":
        """The account as one office knows it."""
        return AccountShare(self, office)

    @contextmanager
    def _taken(self) -> Iterator[None]:
        with self._turn:
            yield

    def _note(self, office: str, day: date, sent: int) -> int:
        self._sent[office] = (day, sent)
        return sum(
            number for other, (of, number) in self._sent.items() if other != office and of == day
        )


class AccountShare:
    """What `Office` asks before and while it sends."""

    def __init__(self, account: SendingAccount, office: str) -> None:
        self._account, self._office = account, office

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Sending belongs into it: nobody else sends from this account meanwhile."""
        with self._account._taken():
            yield

    def sent_elsewhere(self, own: int, day: date) -> int:
        """How many mails the other offices sent on this day; `own` is told to them."""
        return self._account._note(self._office, day, own)


def alone() -> AccountShare:
    """The account of an office that shares it with nobody."""
    return SendingAccount().share("")
