"""Rules on trial, and rules put in force: everything is judged anew beside the pages, one folder at
a time, with how far it is.

A campaign of thousands of mails takes minutes to judge; no request waits for that.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailbot.errors import MailbotError
from mailbot.workflow.rejudging import Note
from mailbot.workflow.replay import Replay

log = logging.getLogger(__name__)

_HOLDS = timedelta(minutes=10)  # mails come meanwhile: after that it is judged anew
_KEPT = 4


@dataclass
class Trial:
    """One folder under judgement. `replay` and `wrong` are None and "" until it is through."""

    begun: datetime
    judged: int = 0
    mails: int = 0
    replay: Replay | None = None
    wrong: str = ""
    through: threading.Event = field(default_factory=threading.Event)

    def note(self, judged: int, mails: int) -> None:
        """How far it is."""
        self.judged, self.mails = judged, mails


class Trials:
    """Of one console."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._trials: OrderedDict[tuple[int, str], Trial] = OrderedDict()

    def of(
        self, key: tuple[int, str], judge: Callable[[Note], Replay], now: datetime, *, anew: bool
    ) -> Trial:
        """The trial of this folder against these rules; begun now where none is or it is old.

        `anew`: whoever looks wants it judged once more; one under way is not begun twice.
        """
        with self._lock:
            trial = self._trials.get(key)
            if trial is None or (
                trial.through.is_set() and (anew or trial.wrong or now - trial.begun > _HOLDS)
            ):
                trial = self._trials[key] = Trial(now)
                through = [one for one, at in self._trials.items() if at.through.is_set()]
                for old in through[: max(0, len(self._trials) - _KEPT)]:
                    del self._trials[old]
                threading.Thread(
                    target=self._run, args=(trial, judge), name="trial", daemon=True
                ).start()
        return trial

    def known(self, key: tuple[int, str]) -> Trial | None:
        """What was begun under this key; nothing is begun."""
        with self._lock:
            return self._trials.get(key)

    def _run(self, trial: Trial, judge: Callable[[Note], Replay]) -> None:
        try:
            with self._one_at_a_time:
                trial.replay = judge(trial.note)
        except MailbotError as error:
            trial.wrong = str(error)
        except Exception as error:  # whatever it is, the page tells it and goes on
            log.exception("judging by other rules failed")
            trial.wrong = f"{type(error).__name__}: {error}"
        finally:
            trial.through.set()
