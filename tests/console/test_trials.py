"""Rules on trial are judged beside the pages, once, and the page tells how far it is."""

import threading
from datetime import UTC, datetime, timedelta

from mailbot.console.trials import Trials
from mailbot.errors import PermanentFault
from mailbot.workflow.rejudging import Note
from mailbot.workflow.replay import Replay

NOW = datetime(2017, 7, 3, tzinfo=UTC)
DONE = Replay("v", 2, (), (), {})


def test_a_trial_runs_beside_and_is_begun_once() -> None:
    trials, go, begun = Trials(), threading.Event(), []

    def judge(note: Note) -> Replay:
        begun.append(1)
        note(1, 2)
        assert go.wait(10)
        return DONE

    first = trials.of((1, "v"), judge, NOW, anew=False)
    assert trials.of((1, "v"), judge, NOW, anew=True) is first  # under way
    assert not first.through.is_set()
    go.set()
    assert first.through.wait(10)
    assert (first.replay, first.judged, first.mails, len(begun)) == (DONE, 1, 2, 1)
    assert trials.of((1, "v"), judge, NOW + timedelta(minutes=9), anew=False) is first
    for now, anew in ((NOW, True), (NOW + timedelta(minutes=21), False)):
        again = trials.of((1, "v"), judge, now, anew=anew)
        assert again is not first
        assert again.through.wait(10)
        first = again


def test_what_went_wrong_is_told_and_tried_anew() -> None:
    trials = Trials()

    def fail(_note: Note) -> Replay:
        raise PermanentFault("rules", "no such column")

    def break_down(_note: Note) -> Replay:
        raise ZeroDivisionError

    for judge, words in ((fail, "no such column"), (break_down, "ZeroDivisionError")):
        trial = trials.of((1, "v"), judge, NOW, anew=False)
        assert trial.through.wait(10)
        assert (trial.replay, words in trial.wrong) == (None, True)
    assert trials.of((1, "v"), lambda _note: DONE, NOW, anew=False).through.wait(10)
