"""How a command opens settings, rules, ledger, mailbox and pool."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.campaign.types import Campaign
from mailbot.clock import SystemClock
from mailbot.ledger.store import Ledger, open_ledger
from mailbot.settings.sources import find_settings, load_settings
from mailbot.settings.types import Settings
from mailbot.workflow.opening import open_campaign, open_office, open_pool

if TYPE_CHECKING:
    from mailbot.inspection.workers.pool import Pool
    from mailbot.workflow.tick import Office


@dataclass(frozen=True, slots=True)
class Session:
    """The settings a command works under, and the campaign they name."""

    settings: Settings
    campaign: Campaign

    @contextmanager
    def reading(self) -> Iterator[Ledger]:
        """The ledger, to read only: never waits for the writer."""
        with open_ledger(self.settings.paths.data, writable=False) as ledger:
            yield ledger

    @contextmanager
    def writing(self) -> Iterator[Ledger]:
        """The ledger, as its only writer."""
        with open_ledger(self.settings.paths.data) as ledger:
            yield ledger

    @contextmanager
    def beside(self) -> Iterator[Ledger]:
        """The ledger for one short transaction, also while `mailbot run` is at work."""
        with open_ledger(self.settings.paths.data, beside=True) as ledger:
            yield ledger

    @contextmanager
    def pool(self) -> Iterator[Pool]:
        """The worker processes of `[limits]`, started and ended."""
        pool, _ = open_pool([self.settings])
        try:
            yield pool
        finally:
            pool.close()

    @contextmanager
    def office(self) -> Iterator[Office]:
        """Everything `tick` and `run` need, opened and closed."""
        with (
            self.pool() as pool,
            open_office(self.settings, self.campaign, pool, SystemClock()) as office,
        ):
            yield office


def open_settings(context: click.Context, config: Path | None) -> Settings:
    """Read the settings alone, for what must work without ledger and rules; SettingsError when
    they are wrong. The option after the subcommand goes before the one in front of it."""
    given = config or (context.find_root().params.get("config"))
    return load_settings(find_settings(given))


def open_session(context: click.Context, config: Path | None) -> Session:
    """Read settings and rules; SettingsError when they are wrong."""
    settings = open_settings(context, config)
    return Session(settings, open_campaign(settings))
