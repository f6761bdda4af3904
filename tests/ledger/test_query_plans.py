"""Every question the program asks of the ledger is answered by an index.

The statements are read out of the source, so that a new one is tried without being named here.
What must look at everything (an export, judging all anew) is named with its reason.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import mailbot
from mailbot.ledger.store import Ledger, open_ledger

SOURCE = Path(mailbot.__file__).parent

# These grow with every mail; the others with the units, or with what persons decide.
GROWING = ("arrivals", "files", "replies", "facts", "receipts", "codes", "pruned", "addresses")

# (module, function): asked for everything on purpose, by a command that a person gives.
WHOLE = {
    ("ledger/enquiries.py", "__iter__"): "an export tells of every mail",
    ("demo/story.py", "_tell_arrivals"): "the demonstration has thirty mails",
    ("ledger/replays.py", "examined"): "a changed rule is tried on every mail",
    ("ledger/replays.py", "count_examined"): "how many mails a changed rule is tried on",
    ("ledger/replays.py", "units_of_arrivals"): "every unit is judged anew",
    ("ledger/facts.py", "stale"): "judging anew asks which facts are old",
    ("ledger/pruned.py", "at_rest"): "every mail is asked whether it may go",
    ("ledger/audit.py", "entries_about"): "the story of one mail, when a person asks",
    **{
        ("ledger/forgetting.py", name): "who is to be forgotten is looked for everywhere"
        for name in (
            *("arrivals_from", "empty_unit", "empty_replies", "empty_arrivals"),
            *("replace_everywhere", "reduce_audit", "_texts", "scrub"),
        )
    },
    ("ledger/pruned.py", "owners"): "verify reads every file of every mail",
    ("ledger/pruned.py", "pruned_hashes"): "verify asks of every file whether it was to go",
    ("ledger/dossiers.py", "provisional_addresses"): "one address a unit at most",
}


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@cache
def statements() -> list[tuple[str, str, str]]:
    """(module, function, SQL) of every call of `Ledger.row`, `rows` and `execute`."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        module = str(path.relative_to(SOURCE))
        # undo.py puts the table in at run time, and asks by its primary key.
        if module in ("ledger/schema.py", "ledger/store.py", "ledger/undo.py"):
            continue
        if module.startswith("ledger/migrations/"):
            continue
        source = path.read_text(encoding="utf-8")
        if not re.search(r"\.(row|rows|execute)\(", source):
            continue  # most have none, and every worker reads them all
        for function in functions(ast.parse(source)):
            for call in ast.walk(function):
                if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                    continue
                if call.func.attr in ("row", "rows", "execute") and call.args:
                    found += [(module, function.name, sql) for sql in texts(call.args[0])]
    return found


def texts(node: ast.expr) -> list[str]:
    """The statement as written; what is put into it at run time is one of two conditions."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return [
            "".join(
                str(part.value) if isinstance(part, ast.Constant) else condition
                for part in node.values
            )
            for condition in ("unit = ?", "unit = '' AND address = ?")
        ]
    return []


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with open_ledger(tmp_path_factory.mktemp("plans")) as opened:
        yield opened


def scans(ledger: Ledger, sql: str) -> list[str]:
    """The steps of the plan that go through all of a growing table.

    A partial index holds only what is asked for, so going through it is no such step.
    """
    partial = {
        row["name"]
        for row in ledger.rows("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
        if " WHERE " in (row["sql"] or "")
    }
    plan = ledger.rows(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?"))
    return [
        row["detail"]
        for row in plan
        if row["detail"].startswith("SCAN ")
        and row["detail"].split()[1] in GROWING
        and row["detail"].rpartition("INDEX ")[2] not in partial
    ]


def test_the_statements_are_found() -> None:
    """The reading of the source itself: known statements of each kind are among them."""
    asked = {(module, name) for module, name, _ in statements()}
    assert len(statements()) > 90
    assert {
        ("ledger/sending.py", "claim_next"),
        ("ledger/replies.py", "set_due"),
        ("ledger/arrivals.py", "same_message"),
        ("report/yearbook/history.py", "_events"),
    } <= asked


def test_a_scan_would_be_seen(ledger: Ledger) -> None:
    assert scans(ledger, "SELECT * FROM arrivals WHERE subject = ?")
    assert scans(ledger, "SELECT state, count(*) FROM arrivals GROUP BY state")
    assert not scans(ledger, "SELECT * FROM arrivals WHERE id = ?")


@pytest.mark.parametrize(
    ("module", "function", "sql"),
    [
        pytest.param(module, function, sql, id=f"{module}:{function}:{place}")
        for place, (module, function, sql) in enumerate(statements())
        if (module, function) not in WHOLE
    ],
)
def test_no_question_goes_through_a_growing_table(
    ledger: Ledger, module: str, function: str, sql: str
) -> None:
    assert scans(ledger, sql) == []


def test_what_asks_for_everything_still_does() -> None:
    """The list of exceptions names no function that is gone."""
    asked = {(module, name) for module, name, _ in statements()}
    assert set(WHOLE) <= asked
