"""One line of the doctor, and what all lines have in common."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailbot.campaign.types import Campaign
from mailbot.settings.types import Settings

State = Literal["ok", "warning", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it stands, and what to do where it is not well."""

    name: str
    state: State
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """What the checks look at. `campaign` is None where the rules cannot be read."""

    settings: Settings
    campaign: Campaign | None
    now: datetime


Examination = Callable[[Patient], Iterator[Check]]


def ok(name: str, text: str) -> Check:
    """It is well."""
    return Check(name, "ok", text)


def warning(name: str, text: str, remedy: str) -> Check:
    """mailbot works, and not as an office would want it."""
    return Check(name, "warning", text, remedy)


def failed(name: str, text: str, remedy: str) -> Check:
    """mailbot does not work, or not as the settings say."""
    return Check(name, "failed", text, remedy)


def skipped(name: str, text: str) -> Check:
    """Not asked for, or not to be known."""
    return Check(name, "skipped", text)
