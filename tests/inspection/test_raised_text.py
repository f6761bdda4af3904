"""Raised text: the mark of a note is taken out of numbers, words keep their letters."""

import pytest

from mailbot.inspection.readers.sheets.seen import seen_runs
from mailbot.inspection.readers.sheets.sheet import Run
from mailbot.inspection.readers.shown import raised_text, split_doubts

RAISED = [
    # before, raised, after, what is left, doubtful
    ("14", "1", "", "", False),
    ("14", "①", "次", "", False),
    ("14", "[2]", "", "", False),
    ("金水区", "*", "", "", False),
    ("面积12m", "2", "", "2", False),
    ("3km", "2", "", "2", False),
    ("「sok", "8", "」是以下哪一個字的讀音？", "8", False),
    ("CO", "2", "灭火器", "2", False),
    ("3w", "1", "", "1", True),
    ("5 kg", "1", "", "1", True),
    ("12", "50", "元", "50", True),
    ("10", "3", "", "3", True),
    ("金水区", "（含航空港区）", "", "（含航空港区）", False),
    ("", "14", "", "14", False),
]


@pytest.mark.parametrize(("before", "raised", "after", "left", "doubtful"), RAISED)
def test_a_raised_text_goes_stays_or_is_doubted_by_what_stands_before_it(
    before: str, raised: str, after: str, left: str, doubtful: bool
) -> None:
    text, doubts = split_doubts(raised_text(raised, before, after))
    assert text == left
    assert doubts == (("note_mark_possible",) if doubtful else ())


@pytest.mark.parametrize(("before", "raised", "after", "left", "doubtful"), RAISED)
def test_a_sheet_reads_raised_text_by_the_same_rule(
    before: str, raised: str, after: str, left: str, doubtful: bool
) -> None:
    runs = tuple(Run(text, raised=text is raised) for text in (before, raised, after) if text)
    text, doubts = split_doubts(seen_runs(runs))
    assert text == before + left + after
    assert doubts == (("note_mark_possible",) if doubtful else ())


def test_what_is_struck_out_stands_before_no_raised_text() -> None:
    runs = (Run("14"), Run("m", struck=True), Run("1", raised=True), Run("次"))
    assert seen_runs(runs) == "14次"
