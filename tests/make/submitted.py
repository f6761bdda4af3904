"""A small office's ledger with known mails in it, for the tests of what is made of a ledger."""

import io
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.demo.documents import plan, summary, write_form
from mailbot.demo.photos import make_photo
from mailbot.settings.types import Settings
from make.fake_mailbox import FakeMailbox
from make.office import LONG_TEXT, a_mail, an_office, settings_for
from make.smtp_sink import MemoryTransport

HOSTILE = "<img src=x onerror=alert(1)>"
POLYGLOT = make_photo(1920, 1080, 7) + b"<html><script>alert(1)</script></html>"
EVIL_NAME = "=HYPERLINK(1)方案.docx"
EVIL_SUBJECT = "@SUM(A1)二七区演练材料"
EVIL_PERSON = "+cmd填表人"


def figures(unit: str, **changes: str | int | float) -> dict[str, str | int | float]:
    """What a unit writes into its table; `changes` with __ for the dot of a key."""
    written: dict[str, str | int | float] = {
        "unit": unit,
        "reported_on": "2017-07-03",
        "filled_by": "填表人甲",
        "phone": "0371-60000000",
        "overall.drills": 2,
        "overall.participants": 60,
        "overall.spend_wan": 0.1,
        "overall.joint_drills": 1,
    }
    return written | {key.replace("__", "."): value for key, value in changes.items()}


@dataclass
class Submitted:
    """The office with its mailbox; `folder` holds var/ with ledger, spool and files."""

    folder: Path
    campaign: Campaign
    settings: Settings
    clock: FrozenClock
    box: FakeMailbox = field(default_factory=FakeMailbox)
    sent: MemoryTransport = field(default_factory=MemoryTransport)
    raw: dict[str, bytes] = field(default_factory=dict)  # mails by subject

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.settings.paths.data

    def receive(
        self, subject: str, files: Mapping[str, bytes], *, sender: str, body: str = LONG_TEXT
    ) -> None:
        """A mail arrives now; it is taken in with the next pass."""
        mail = a_mail(
            subject,
            body,
            sender=sender,
            message_id=f"<{len(self.raw) + 1}@example.com>",
            files=files,
        )
        self.raw[subject] = mail
        self.box.deliver(mail, self.clock.now())

    def work(self, campaign: Campaign | None = None) -> None:
        """One pass."""
        chosen = campaign or self.campaign
        with an_office(
            self.folder, chosen, self.box, self.sent, self.clock, settings=self.settings
        ) as office:
            office.tick()


def an_empty_office(folder: Path, campaign: Campaign, *, days: float = 2) -> Submitted:
    """Nothing has arrived; it is `days` before the deadline."""
    clock = FrozenClock(campaign.deadline - timedelta(days=days))
    return Submitted(folder, campaign, settings_for(folder), clock)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def a_filled_office(folder: Path, campaign: Campaign) -> Submitted:
    """Four units have written, one of them after the deadline; no videos.

    金水区: all but a video; its table's parts do not sum (1＋2＋0 of 2 drills).
    二七区: an accepted table, and names that a spreadsheet would take for formulas.
    惠济区: a table that is rejected, mended an hour later (drills 5).
    上街区: a late table.
    """
    office = an_empty_office(folder, campaign)
    form = campaign.form
    photos = {f"现场/{number}.jpg": make_photo(1920, 1080, number) for number in (1, 2)}
    parts = {
        f"by_organiser__{who}__drills": count
        for who, count in (("government", 1), ("enterprise", 2), ("other", 0))
    }
    office.receive(
        "金水区材料",
        {
            "金水区统计表.xlsx": write_form(form, figures("金水区", **parts)),
            "演练方案.docx": plan("金水区"),
            "演练评估总结.docx": summary("金水区"),
            "照片.zip": zipped(photos),
        },
        sender="jinshui@example.com",
    )
    office.work()
    office.clock.advance(minutes=10)
    second = figures(
        "二七区", overall__participants=40, overall__spend_wan=0.2, filled_by=EVIL_PERSON
    )
    office.receive(
        EVIL_SUBJECT,
        {"统计表.xlsx": write_form(form, second), EVIL_NAME: plan("二七区")},
        sender="erqi@example.com",
    )
    office.receive(
        "惠济区统计表",
        {"统计表.xlsx": write_form(form, figures("惠济区", overall__drills="十几次"))},
        sender="huiji@example.com",
    )
    office.work()
    office.clock.advance(hours=1)
    office.receive(
        "惠济区统计表（更正）",
        {"统计表.xlsx": write_form(form, figures("惠济区", overall__drills=5))},
        sender="huiji@example.com",
    )
    office.work()
    office.clock.advance(days=3)
    office.receive(
        "上街区统计表",
        {"统计表.xlsx": write_form(form, figures("上街区", overall__participants=7))},
        sender="shangjie@example.com",
    )
    office.work()
    office.clock.advance(hours=1)
    return office


def an_office_to_look_at(folder: Path, campaign: Campaign, film: bytes) -> Submitted:
    """The filled office, and 中牟县, whose names are markup: a photo that is a page too, one that
    金水区 sent before, one too small, and a video (`film`)."""
    office = a_filled_office(folder, campaign)
    files = {
        f"{HOSTILE}.jpg": POLYGLOT,
        "借来.jpg": make_photo(1920, 1080, 1),
        "小.jpg": make_photo(640, 480, 3),
        "演练.mp4": film,
    }
    body = f"{HOSTILE} 我单位开展了龘靐演练。"
    office.receive(f"中牟县{HOSTILE}", files, sender="zhongmu@example.com", body=body)
    office.work()
    return office


def copied(office: Submitted, folder: Path) -> Submitted:
    """The same office in another folder, to be changed there."""
    shutil.copytree(office.folder, folder, dirs_exist_ok=True)
    clock = FrozenClock(office.clock.now())
    return replace(office, folder=folder, settings=settings_for(folder), clock=clock)


def local(moment: datetime, campaign: Campaign) -> datetime:
    """As a spreadsheet has it: the campaign's clock, without a zone, whole seconds."""
    return moment.astimezone(campaign.zone).replace(tzinfo=None, microsecond=0)
