"""The mutation run changes what it says it changes, and nothing where it is not asked to."""

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from mutation import (
    SUBJECTS,
    Mutant,
    NoProgramError,
    function_at,
    modules,
    mutants_of,
    put_in_force,
    report,
)

from mailbot.inbox.screening.automail import classify_automail
from mailbot.judgement import file_rules
from mailbot.model import MailAddress, Message
from mailbot.outbox.delivery import step
from mailbot.outbox.etiquette import may_answer

PACKAGE = Path(__file__).resolve().parent.parent / "mailbot"


def mutant(module: str, function: str, what: str) -> Mutant:
    return next(
        one
        for one in mutants_of(PACKAGE / module)
        if ".".join(one.place.function) == function and one.what == what
    )


def answered_at_the_limit() -> bool:
    return may_answer(
        no_answer=None,
        address="a@example.com",
        sent_today_to_address=20,
        per_address_daily_limit=20,
        marked_dead=False,
    ).allowed


def fits_the_day() -> bool:
    return step.Budget(10, 0, ZoneInfo("Asia/Shanghai")).allows("receipt", 10)


def empty_return_path_is_material() -> bool:
    """A table that holds functions, too."""
    found = classify_automail(Message(return_path=""), ())
    return found is not None and found.material


def no_words_tell_of_a_bounce() -> bool:
    """A function that another one made when its module was imported."""
    message = Message(
        subject="系统退信", sender=MailAddress("", "a@b.test"), text="退信原因：用户不存在"
    )
    return classify_automail(message, ()) is None


def attempts() -> bool:
    return step.MAX_ATTEMPTS == 29


def puts_off_to_tomorrow() -> bool:
    now = datetime(2017, 7, 3, 2, 0, tzinfo=UTC)
    later = step.Budget(10, 0, ZoneInfo("Asia/Shanghai")).next_day(now, 0)
    return later > now + timedelta(days=1)


@pytest.mark.parametrize(
    ("module", "function", "what", "seen"),
    [
        ("outbox/etiquette.py", "may_answer", "GtE -> Gt", answered_at_the_limit),
        ("outbox/delivery/step.py", "Budget.allows", "Lt -> LtE", fits_the_day),
        ("outbox/delivery/step.py", "Budget.next_day", "1 -> 2", puts_off_to_tomorrow),
        ("outbox/delivery/step.py", "", "28 -> 29", attempts),
        ("inbox/screening/automail.py", "_words_of", "return None", no_words_tell_of_a_bounce),
        ("inbox/screening/automail.py", "", "False -> True", empty_return_path_is_material),
    ],
)
def test_a_change_is_in_force_in_the_child_and_nowhere_else(
    module: str, function: str, what: str, seen: Callable[[], bool]
) -> None:
    changed = mutant(module, function, what)
    assert not seen()
    child = os.fork()
    if child == 0:
        status = 2
        try:
            put_in_force(changed)
            status = 0 if seen() else 1
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert not seen()


def test_every_subject_has_modules_and_most_of_their_lines_have_mutants() -> None:
    for subject in SUBJECTS:
        assert sum(1 for path in modules(subject) for _ in mutants_of(path)) >= 20, subject


def test_the_share_counts_what_nobody_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    one = mutant("outbox/etiquette.py", "may_answer", "GtE -> Gt")
    fates = Counter({"killed": 18, "hung": 1, "survived": 1, "no program": 5})
    listed = [(one, fate, "") for fate in fates.elements()]
    assert report(listed, 40, 1.0, 95.0) == 0  # type: ignore[arg-type]  # fates as plain words
    assert report(listed, 40, 1.0, 95.1) == 1  # type: ignore[arg-type]
    assert "95.0 % noticed" in capsys.readouterr().out


def test_functions_of_one_name_are_told_apart() -> None:
    """Rules are registered by type, and each of their functions is called `_`."""
    changed = mutants_of(PACKAGE / "judgement" / "file_rules.py")
    firsts = {one.place.first for one in changed if one.place.function == ("_",)}
    found = {id(function_at(vars(file_rules), "_", first)) for first in firsts}
    assert len(found) == len(firsts) > 5


def test_a_change_that_cannot_be_imported_is_no_mutant() -> None:
    """Tables of numerals are joined by `|=`, which has no counterpart `&=`."""
    changed = mutant("judgement/form/numerals.py", "", "BitOr -> BitAnd")
    with pytest.raises(NoProgramError):
        put_in_force(changed)
