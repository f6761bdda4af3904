"""Judgement touches nothing, and neither does anything of ours that it imports.

import-linter sees what a module imports itself; through pydantic every module "imports" os, so
that indirect imports are followed here, within mailbot's own modules.
"""

import pytest
from make.imports import imports, module_file, modules_below, reached

# What opens, waits, asks the machine or changes with it.
IMPURE = {
    "asyncio",
    "ctypes",
    "glob",
    "http",
    "importlib",
    "io",
    "logging",
    "mmap",
    "multiprocessing",
    "os",
    "platform",
    "random",
    "secrets",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "sqlite_utils",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib",
    "uuid",
}
ALLOWED_OF_PATHLIB = {"pathlib", "pathlib.PurePath", "pathlib.PurePosixPath"}


def impure_imports(module: str) -> set[str]:
    path = module_file(module)
    assert path is not None, module
    return {
        name
        for name in imports(path)
        if name.partition(".")[0] in IMPURE
        or (name.startswith("pathlib") and name not in ALLOWED_OF_PATHLIB)
    }


def test_the_walk_reaches_what_judgement_stands_on() -> None:
    found = reached(*modules_below("mailbot.judgement"))
    assert {"mailbot.model", "mailbot.entries", "mailbot.campaign.types"} <= found
    assert "mailbot.judgement.form.values" in found
    assert len(found) > 35


def test_an_impure_module_would_be_seen() -> None:
    assert {"os", "tempfile", "pathlib.Path"} <= impure_imports("mailbot.files")
    assert "sqlite3" in impure_imports("mailbot.ledger.store")


@pytest.mark.parametrize("module", sorted(reached(*modules_below("mailbot.judgement"))))
def test_nothing_that_judgement_reaches_touches_the_machine(module: str) -> None:
    assert impure_imports(module) == set()


def test_judgement_reaches_no_stage_and_no_clock() -> None:
    allowed = (
        "mailbot.judgement",
        "mailbot.campaign.types",
        "mailbot.campaign.rules",
        "mailbot.campaign.forms",
        "mailbot.model",
        "mailbot.record",  # what the types of campaign are made of
        "mailbot.entries",
        "mailbot.formats.leftovers",  # a list of names
        "mailbot.language",  # sentences
    )
    outside = {
        module
        for module in reached(*modules_below("mailbot.judgement"))
        if not module.startswith(allowed)
    }
    # Docstrings, and the version.
    assert outside == {"mailbot", "mailbot.campaign", "mailbot.formats"}
