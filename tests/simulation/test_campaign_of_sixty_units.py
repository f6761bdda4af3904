"""Sixty units, forty days: what mailbot tells and does, against a model that knows only the rules.

The season is lived through once; every test looks at one side of it.
"""

import ast
import json
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from make.season import cast, dossiers, model
from make.season.play import Season


def differences(pairs: dict[Any, tuple[Any, Any]]) -> list[str]:
    """Every moment at which expected and observed differ, in words."""
    told = []
    for moment, (expected, observed) in pairs.items():
        if expected == observed:
            continue
        if isinstance(expected, Counter):
            expected, observed = expected - observed, observed - expected
        elif isinstance(expected, dict):
            keys = [key for key in expected | observed if expected.get(key) != observed.get(key)]
            expected = {key: expected.get(key) for key in keys}
            observed = {key: observed.get(key) for key in keys}
        elif hasattr(expected, "__dataclass_fields__"):
            names = [
                name
                for name in expected.__dataclass_fields__
                if getattr(expected, name) != getattr(observed, name)
            ]
            expected = {name: getattr(expected, name) for name in names}
            observed = {name: getattr(observed, name) for name in names}
        told.append(f"{moment:%m-%d %H:%M}\n   expected {expected}\n   observed {observed}")
    return told


@pytest.mark.parametrize("module", [cast, dossiers, model])
def test_the_model_uses_nothing_of_the_program(module: ModuleType) -> None:
    assert module.__file__
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    imported = {
        node.module if isinstance(node, ast.ImportFrom) else one.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for one in node.names
    }
    assert imported
    assert not [name for name in imported if name and name.startswith("mailbot")]


def test_every_mail_gets_the_answer_it_must_and_no_other(season: Season) -> None:
    assert not differences(season.mails)
    kinds = Counter(sent.kind for expected, _ in season.mails.values() for sent in expected)
    assert set(kinds) >= {
        "receipt",
        "correction",
        "acknowledgement",
        "reminder",
        "confirmation",
    }


def test_what_cannot_wait_is_told_at_once_and_once(season: Season) -> None:
    # A mail that is set aside and a reply that is refused, and the end of either.
    assert season.alerts == [4, 4]


def test_the_board_says_each_evening_where_every_unit_stands(season: Season) -> None:
    assert len(season.boards) == 18
    assert not differences(season.boards)


def test_each_mornings_digest_tells_what_there_is_to_tell(season: Season) -> None:
    assert len(season.digests) == 39
    assert not differences(season.digests)


def test_reminders_go_to_whom_they_must_on_the_days_that_are_set(season: Season) -> None:
    assert len(season.reminders) == 14
    assert not differences(season.reminders)
    counts = [len(expected) for expected, _ in season.reminders.values() if expected]
    assert len(counts) == 3


def test_all_that_can_become_of_a_unit_becomes_of_one(season: Season) -> None:
    last = list(season.boards.values())[-1][0]
    assert {timing for _, timing, _, _ in last.values()} == {
        *("on_time", "late", "supplemented_late", "partial", "none")
    }
    before = [one for at, (one, _) in season.boards.items() if at < season.story.deadline]
    assert {timing for _, timing, _, _ in before[-2].values()} == {"pending", "on_time"}
    verdicts = {
        one
        for board, _ in season.boards.values()
        for row in board.values()
        for one in row[2].values()
    }
    assert verdicts == {"accepted", "rejected", "missing", "announced", "held"}


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("auth", "发件人核验未通过"),
        ("reused", "该代码已用过"),
        ("forged", "代码有误"),
        ("expired", "代码已过期"),
    ],
)
def test_an_answer_that_may_not_decide_is_told_so_and_decides_nothing(
    season: Season, why: str, words: str
) -> None:
    (told,) = [text for reason, text in season.refusals if reason == why]
    assert words in told


def test_every_decision_stands_in_the_trail_and_nothing_else(season: Season) -> None:
    rows = json.loads(season.command("audit", "list", "--json"))
    trail = [(row["action"], "" if row["action"] == "resend" else row["subject"]) for row in rows]
    assert trail == season.model.trail
    assert {row["by"] for row in rows} == {"经办人", "duty@office.example"}
    assert all(row["before"] != row["after"] for row in rows)
    proof = json.loads(season.command("audit", "verify", "--json"))
    assert (proof["broken_at"], proof["rows"]) == (None, len(rows))


def test_changed_rules_are_looked_at_first_and_answer_only_whose_result_changed(
    season: Season,
) -> None:
    look, done = season.replayed["look"], season.replayed["done"]
    assert look["flips"] == done["flips"] != []
    assert done["units"] == done["answered"] == season.replayed["expected"]
    assert look["answered"] == []
    untouched = {unit["unit"]: unit["state"] for unit in season.replayed["status"]["units"]}
    flipped = [one for one in done["flips"] if one["slot"] == ""]
    assert [untouched[one["unit"]] for one in flipped] == [one["before"] for one in flipped]


def test_no_day_sends_more_than_the_limit(season: Season) -> None:
    days = Counter(at.date() for at, (_, seen) in season.mails.items() for _ in seen.elements())
    assert 0 < max(days.values()) <= 200
