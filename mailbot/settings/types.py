"""Settings: everything that differs from one office to the next, as types with their defaults.

An unknown key is an error, since a misspelt limit that is silently ignored is worse than a
program that does not start. `sources` reads them.
"""

import os
from zoneinfo import ZoneInfo

from mailbot.model import MailAddress
from mailbot.settings.inspection import InspectionSection, LimitsSection, LinksSection
from mailbot.settings.mail import Imap, MaildirSection, Smtp
from mailbot.settings.office import CampaignSection, Office, OutboxSection, Paths, Schedule
from mailbot.settings.section import Section
from mailbot.settings.watching import AlertsSection, ConsoleSection, LogSection, MetricsSection


class Settings(Section):
    """Everything that differs from one office to the next; see deploy/README.md, Settings."""

    imap: Imap | None = None
    maildir: MaildirSection | None = None
    smtp: Smtp | None = None
    paths: Paths = Paths()
    campaign: CampaignSection = CampaignSection()
    schedule: Schedule = Schedule()
    outbox: OutboxSection = OutboxSection()
    office: Office = Office()
    limits: LimitsSection = LimitsSection()
    inspection: InspectionSection = InspectionSection()
    links: LinksSection = LinksSection()
    alerts: AlertsSection = AlertsSection()
    metrics: MetricsSection = MetricsSection()
    log: LogSection = LogSection()
    console: ConsoleSection = ConsoleSection()

    @property
    def processes(self) -> int:
        """How many local processes inspect files."""
        return self.inspection.workers or self.limits.workers or len(os.sched_getaffinity(0))

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.schedule.timezone)

    def our_address(self, campaign_mailbox: str) -> MailAddress:
        """From of everything we write."""
        if self.smtp is None:
            return MailAddress("", campaign_mailbox)
        return MailAddress(self.smtp.from_name, self.smtp.from_address)

    def own_domain(self, campaign_mailbox: str) -> str:
        """The domain of our Message-IDs."""
        return self.our_address(campaign_mailbox).address.rpartition("@")[2]

    def mailbox_read(self, campaign_mailbox: str) -> str:
        """The address whose mail is read, as far as the settings tell: what a unit writes to."""
        if self.imap and "@" in self.imap.username:
            return self.imap.username
        return campaign_mailbox

    def mailbox_differences(self, campaign_mailbox: str) -> str:
        """One line where mailbox, account and sender are not one address; "" where they are."""
        stated = {"the campaign's mailbox": campaign_mailbox}
        if self.imap and "@" in self.imap.username:
            stated["imap.username"] = self.imap.username
        if self.smtp:
            stated["smtp.from_address"] = self.smtp.from_address
        if len({address.lower() for address in stated.values()}) == 1:
            return ""
        told = ", ".join(f"{name} {address}" for name, address in stated.items())
        read = self.mailbox_read(campaign_mailbox)
        return f"different addresses: {told}; units are told to write to {read}"

    def own_addresses(self, campaign_mailbox: str) -> frozenset[str]:
        """The addresses that are ours (CONTRACT: Settings), lower case."""
        mine = {campaign_mailbox.lower()}
        if self.smtp:
            mine.add(self.smtp.from_address)
        if self.imap and "@" in self.imap.username:
            mine.add(self.imap.username.lower())
        return frozenset(mine)
