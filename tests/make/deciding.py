"""An office with its mailbox, its clock and what it sent, for tests of decisions."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.deciding.desk import Desk
from mailbot.ledger import audit
from mailbot.report.board import status_json
from mailbot.settings.office import Office as OfficeSection
from mailbot.workflow.tick import Office
from make.fake_mailbox import FakeMailbox
from make.office import a_mail, an_office, settings_for
from make.smtp_sink import MemoryTransport

OFFICE = "duty@office.example"


class Table:
    """Takes in mail, decides as 经办人, and tells where every unit stands.

    `office` are keys of `[office]`; the contact's address is there already.
    """

    def __init__(
        self,
        folder: Path,
        campaign: Campaign,
        stack: ExitStack,
        mode: str = "live",
        box: FakeMailbox | None = None,
        **office: Any,
    ) -> None:
        self.folder = folder
        self.box = box or FakeMailbox()
        self.sent = MemoryTransport()
        self.clock = FrozenClock(campaign.deadline - timedelta(days=2))
        section = OfficeSection.model_validate({"addresses": [OFFICE], **office})
        settings = settings_for(folder, mode=mode).model_copy(update={"office": section})
        self.office: Office = stack.enter_context(
            an_office(folder, campaign, self.box, self.sent, self.clock, settings=settings)
        )
        self._mails = 0

    def receive(self, *arguments: Any, **options: Any) -> None:
        """One more mail, and the pass that takes it in."""
        self._mails += 1
        options.setdefault("message_id", f"<{self._mails}@example.com>")
        self.box.deliver(a_mail(*arguments, **options), self.clock.now())
        self.tick()

    def tick(self) -> None:
        """A minute later, one pass."""
        self.clock.advance(minutes=1)
        self.office.tick()

    @property
    def desk(self) -> Desk:
        """A second later, someone decides."""
        self.clock.advance(seconds=1)
        office = self.office
        return Desk(office.ledger, office.campaign, office.settings, "经办人", self.clock.now())

    def unit(self, name: str) -> dict[str, Any]:
        """The unit as `status` shows it."""
        document = status_json(self.office.ledger, self.office.campaign, self.clock.now())
        return next(unit for unit in document["units"] if unit["unit"] == name)

    def verdict(self, unit: str, slot: str) -> str:
        """The verdict on one slot."""
        return str(self.unit(unit)["slots"][slot]["verdict"])

    def trail(self) -> list[audit.AuditRow]:
        """The audit trail, proved."""
        assert audit.verify(self.office.ledger).broken_at is None
        return audit.entries(self.office.ledger)
