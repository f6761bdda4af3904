"""Fixtures every stage's tests share."""

import os
from pathlib import Path

import pytest

from mailbot.campaign import Campaign
from mailbot.config import load_campaign

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample mails and files kept outside the repository; skips without it."""
    folder = Path(os.environ.get("MAILBOT_SAMPLES", REPOSITORY.parent / "shared" / "samples"))
    if not folder.is_dir():
        pytest.skip(f"no samples at {folder} (set MAILBOT_SAMPLES)")
    return folder


@pytest.fixture(scope="session")
def rules_folder() -> Path:
    """The shipped rules of the notice of 2017."""
    return REPOSITORY / "rules" / "zhengzhou-2017"


@pytest.fixture(scope="session")
def campaign(rules_folder: Path) -> Campaign:
    """The shipped campaign, read from its folder."""
    return load_campaign(rules_folder)
