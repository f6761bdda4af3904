"""Fixtures every stage's tests share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from make.suite import (
    pytest_collection_modifyitems,
    pytest_make_collect_report,
    pytest_runtest_makereport,
    pytest_xdist_make_scheduler,
)

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.ledger.store import Ledger, open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from make.dovecot import PrivateDovecot
    from make.five_offices import Ran
    from make.season.play import Season
    from make.submitted import Submitted

__all__ = [  # the hooks, for pytest to find
    "pytest_collection_modifyitems",
    "pytest_make_collect_report",
    "pytest_runtest_makereport",
    "pytest_xdist_make_scheduler",
]
pytest_plugins = ["pytester"]
REPOSITORY = Path(__file__).resolve().parent.parent

# On a machine with other work an example may take any time: the default of 200 ms says nothing.
settings.register_profile(
    "unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample mails and files kept outside the repository; skips without it."""
    folder = Path(os.environ.get("MAILBOT_SAMPLES", REPOSITORY.parent / "shared" / "samples"))
    if not folder.is_dir():
        pytest.skip(f"no samples at {folder} (set MAILBOT_SAMPLES; none leaves their tests out)")
    return folder


@pytest.fixture(scope="session")
def rules_folder() -> Path:
    """The shipped rules of the notice of 2017."""
    return REPOSITORY / "rules" / "zhengzhou-2017"


@pytest.fixture(scope="session")
def campaign(rules_folder: Path) -> Campaign:
    """The shipped campaign, read from its folder."""
    return load_campaign(rules_folder)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger, in a transaction."""
    with open_ledger(tmp_path) as opened, opened.transaction():
        yield opened


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[PrivateDovecot]:
    """A real IMAP server for all tests of a worker; skips where there is none to be had."""
    from make.dovecot import PrivateDovecot, dovecot_missing

    if words := dovecot_missing():
        pytest.skip(words)
    with PrivateDovecot() as server:
        yield server


@pytest.fixture
def dovecot(dovecot_server: PrivateDovecot, tmp_path: Path) -> PrivateDovecot:
    """That server, with an account of the test's own, which is empty."""
    dovecot_server.username = f"{tmp_path.parent.name}.{tmp_path.name}@example.test"
    return dovecot_server


@pytest.fixture(scope="session")
def five_at_home(
    tmp_path_factory: pytest.TempPathFactory, dovecot_server: PrivateDovecot, campaign: Campaign
) -> Ran:
    """Five offices of one fleet, run once with the files read on this machine."""
    from make.five_offices import at_home, deliver_to_five, run_five

    deliver_to_five(dovecot_server, campaign)
    return run_five(tmp_path_factory.mktemp("home"), dovecot_server, at_home)


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory, rules_folder: Path) -> Season:
    """Sixty units over forty days, lived through once: about a minute of a processor's time."""
    from make.season.direct import live_through

    return live_through(tmp_path_factory.mktemp("season"), rules_folder)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, campaign: Campaign) -> Submitted:
    """An office for the console's pages; to be copied, not changed (`make.submitted.copied`)."""
    from make.media import video
    from make.submitted import an_office_to_look_at

    film = video("mp4", 1920, 1080, seconds=1.0).read_bytes()
    return an_office_to_look_at(tmp_path_factory.mktemp("filled"), campaign, film)
