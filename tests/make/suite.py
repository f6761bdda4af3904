"""How the suite is run: what starts first, what stays on one worker, what may be skipped.

`conftest.py` takes these hooks over; `test_suite.py` tries them.
"""

import os
from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

REPOSITORY = Path(__file__).resolve().parents[2]

# Longest first, so that the last worker is not left alone with one of them: tests/README.md has
# the figures. A test that is not named starts in the order in which it stands.
LONGEST_FIRST = (
    "live/test_kills.py",
    "simulation/",
    "workflow/test_crashes.py",
    "live/test_fleet_far_away.py",
    "console/test_acting_in_a_browser.py",
    "fuzz/test_mutants.py",
    "inspection/test_scan_agreement.py",
    "live/test_dask.py",
    "test_agreement.py",
    "report/test_scanned_forms.py",
    "inspection/test_traps",
    "live/",
    "inspection/test_ocr",
    "console/test_reading_in_a_browser.py",
    "workflow/test_netease.py",
    "cli/",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The order is for the workers of pytest-xdist; one process keeps pytest's own."""
    if os.environ.get("MAILBOT_SAMPLES") == "none":
        left_out = {item for item in items if "samples" in getattr(item, "fixturenames", ())}
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]
    if not hasattr(config, "workerinput"):
        return
    items.sort(key=_place)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """For `--dist loadscope`: what shares something dear stays on one worker.

    Not `--dist loadgroup`: pytest-xdist 3.8 writes the group into `Item._nodeid`, which pytest 9
    no longer has, and every test then goes where a worker is free.
    """
    return _BySharing(config, log) if config.option.dist == "loadscope" else None


class _BySharing(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return shared_by(nodeid)


def shared_by(nodeid: str) -> str:
    """What is handed to one worker as a whole.

    The season is lived through in a minute, so its modules go together, and so do those of the
    fleet, which is run at home once; a module with a fixture of its own (a server, a ledger) stays
    whole; any other test goes where a worker is free.
    """
    path = nodeid.partition("::")[0]
    if path.startswith("tests/simulation/"):
        return "season"
    if path.startswith("tests/live/test_fleet_"):
        return "fleet"
    return path if _has_a_fixture_of_its_own(path) else nodeid


@cache
def _has_a_fixture_of_its_own(path: str) -> bool:
    return 'scope="module"' in (REPOSITORY / path).read_text("utf-8")


def _place(item: pytest.Item) -> int:
    path = item.nodeid.removeprefix("tests/")
    for place, name in enumerate(LONGEST_FIRST):
        if path.startswith(name):
            return place
    return len(LONGEST_FIRST)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a skipped test fails, unless it is the long form of one that ran."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and "slow" not in item.keywords:
        _insist(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself whole."""
    report = yield
    if report.skipped:
        _insist(report)
    return report


def _insist(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI", "").lower() not in {"true", "1"}:
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = (
        f"{report.nodeid} was not run: {reason.removeprefix('Skipped: ')}\n"
        "With CI=true a skipped test is a failed one, unless it is marked slow (the long form of"
        " a test that ran). Install what it needs."
    )
