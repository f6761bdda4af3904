"""One line of the log an event, with the ids by which it is found again.

An event is a few words that stay the same, and its ids: `arrival` and `reply` are numbers of the
ledger, `number` a receipt number, `unit` a unit's name, `office` one of a fleet. No address and no
person's name: who has a right to them looks into the ledger by the id (`mailbot show N --log`).
"""

import logging
from contextvars import ContextVar
from typing import Any

FIELDS = "mailbot_event"  # the attribute of a log record that has the ids
_office: ContextVar[str] = ContextVar("office", default="")


def speak_for(office: str) -> None:
    """From now on this thread's lines are of that office of a fleet; "" where there is one."""
    _office.set(office)


def tell(log: logging.Logger, event: str, *, level: int = logging.INFO, **ids: Any) -> None:
    """Write the line; ids that are None or "" are left out."""
    if log.isEnabledFor(level):
        told = {"office": _office.get(), **ids}
        known = {key: value for key, value in told.items() if value is not None and value != ""}
        log.log(level, "%s", event, extra={FIELDS: known}, stacklevel=2)
