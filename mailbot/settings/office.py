"""The office's own ways: the notice it serves, its hours, its readers, and where all is kept."""

from datetime import time
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from mailbot.record import checked, proved
from mailbot.settings.section import Section, shaped


class Paths(Section):
    """`[paths]`: where everything is kept."""

    data: Path = proved(default=Path("var"), description="ledger.db, spool/ and files/")
    files: str = proved(
        default="",
        description="an object store for what is in files/, as fsspec names it:"
        " s3://bucket/prefix (extra mailbot[s3]); empty: files/ alone",
    )
    files_cache_bytes: int = proved(
        default=0, ge=0, description="with an object store: what files/ keeps of it here; 0: all"
    )


class CampaignSection(Section):
    """`[campaign]`: the notice that is served."""

    rules: Path | None = proved(default=None, description="a rules folder; none: the shipped one")


class Schedule(Section):
    """`[schedule]`: when things happen in `mailbot run`."""

    timezone: str = proved(
        default="Asia/Shanghai", description="the zone of digest and daily limits"
    )
    poll_seconds: int = proved(default=60, ge=5, description="pause between two polls")
    digest: time = proved(default=time(8, 30), description="when the digest is sent")
    reminders: Literal["off", "approve", "live"] = proved(
        default="approve",
        description="off; approve waits for a person; live sends (as outbox.mode allows)",
    )

    @checked("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{value!r} is not a known time zone") from None
        return value


class OutboxSection(Section):
    """`[outbox]`: whether and when answers leave."""

    mode: Literal["live", "approve", "shadow"] = proved(
        default="live", description="live sends; approve waits for a person; shadow only records"
    )
    settle_seconds: int = proved(
        default=120, ge=0, description="how long a unit is silent before a reply"
    )


class Office(Section):
    """`[office]`: who reads the digest."""

    addresses: tuple[str, ...] = proved(default=(), description="receivers of the digest")
    alerts: bool = proved(
        default=True, description="a mail at once for what cannot wait for the digest"
    )
    alert_unreachable_minutes: int = proved(
        default=30, ge=1, description="an alert when the mailbox could not be reached for so long"
    )
    alert_disk_bytes: int = proved(
        default=1024**3, ge=0, description="an alert when less is free where the data are"
    )
    require_sender_auth: bool = proved(
        default=True,
        description="answers to the digest need a passed SPF or DKIM check of our server",
    )
    trust_unverified_from: bool = proved(
        default=False,
        description="where the server states no sender checks, From may replace what was accepted",
    )

    @checked("addresses")
    @classmethod
    def _shape(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(shaped(address) for address in value)
