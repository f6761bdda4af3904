"""A morning at the contact's desk: one item of each kind, behind a console."""

import atexit
import copy
import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan, write_form
from make.browsing import Browser, an_office_console
from make.deciding import Table
from make.fake_mailbox import FakeMailbox

FIGURES: dict[str, str | int | float] = {
    "unit": "中原区",
    "reported_on": "2017-07-01",
    "overall.drills": 12,
    "overall.participants": 600,
    "overall.spend_wan": 3.5,
    "overall.joint_drills": 1,
    "filled_by": "张三",
    "phone": "0371-63520001",
}
# Words of campaign.yaml and what stands for them: no plan has this word.
STRICTER = {
    "words: [评估, 总结, 讲评, 点评], severity: warning": "words: [量子纠缠], severity: error"
}
_UNITS = "惠济区 上街区 中牟县 巩义市 荥阳市 新密市 新郑市 登封市 管城回族区 郑东新区".split()


class Morning:
    """The office and a browser before its console; both live by one clock."""

    def __init__(self, table: Table, browser: Browser) -> None:
        self.table, self.browser = table, browser

    def tick(self) -> None:
        """A minute later, one pass."""
        self.table.tick()


@contextmanager
def a_morning(
    folder: Path, campaign: Campaign, *, mode: str = "live", fill: bool = True
) -> Iterator[Morning]:
    """With `fill`: one open item of each kind (`approve`: ten replies wait besides)."""
    begun = _begun(campaign.version, mode, fill, campaign)
    shutil.copytree(begun.folder, folder, dirs_exist_ok=True)
    with ExitStack() as stack:
        box = copy.deepcopy(begun.box)
        table = Table(folder, campaign, stack, mode, box, trust_unverified_from=True)
        table.clock.advance(seconds=(begun.now - table.clock.now()).total_seconds())
        table._mails = begun.mails
        settings = table.office.settings
        browser = stack.enter_context(
            an_office_console(folder, campaign, settings=settings, clock=table.clock)
        )
        yield Morning(table, browser)


@dataclass(frozen=True)
class _Begun:
    """What came before the morning; taken in once, since each mail costs a second."""

    folder: Path
    box: FakeMailbox
    now: datetime
    mails: int


_KEPT: dict[tuple[str, str, bool], _Begun] = {}


def _begun(version: str, mode: str, fill: bool, campaign: Campaign) -> _Begun:
    key = (version, mode, fill)
    if key not in _KEPT:
        folder = Path(tempfile.mkdtemp(prefix="mailbot-morning-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        with ExitStack() as stack:
            table = Table(folder, campaign, stack, mode, trust_unverified_from=True)
            if fill:
                _fill(table, campaign)
            if mode == "approve":
                for number, unit in enumerate(_UNITS):
                    table.receive(
                        f"{unit}演练方案",
                        "见附件",
                        sender=f"u{number}@example.com",
                        files={"方案.docx": plan(unit)},
                    )
        _KEPT[key] = _Begun(folder, table.box, table.clock.now(), table._mails)
    return _KEPT[key]


def _fill(table: Table, campaign: Campaign) -> None:
    """1 unknown unit · 2, 3 a replacement from elsewhere · 4 thanks · 5 by Bcc · 6 a table ·
    7 quarantined; a reply that is dead, and addresses to confirm."""
    table.receive("演练方案", "见附件", files={"1.docx": plan("我")}, sender="nameless@example.com")
    table.receive("金水区材料", "见附件", files={"旧.docx": plan("金水区")})
    table.receive(
        "金水区材料", "见附件", sender="x@example.com", files={"新.docx": plan("金水区委")}
    )
    table.receive("咨询", "请问视频太大可以用U盘送过去吗？", sender="ask@example.com")
    table.receive(
        "二七区演练方案",
        "见附件",
        sender="erqi@example.com",
        to="other@example.com",
        files={"方案.docx": plan("二七区")},
    )
    form = write_form(campaign.form, FIGURES)
    table.receive(
        "中原区统计表", "见附件", sender="zhongyuan@example.com", files={"统计表.xlsx": form}
    )
    ledger = table.office.ledger
    with ledger.transaction():
        ledger.execute(
            "INSERT INTO arrivals (mailbox, folder, uid_validity, uid, size, arrived_at,"
            " discovered_at, state, settled, no_answer_reason, last_error)"
            " SELECT mailbox, folder, uid_validity, 99, size, arrived_at, discovered_at,"
            " 'quarantined', 1, 'quarantined', 'crashed' FROM arrivals WHERE id = 1"
        )
        ledger.execute(
            "UPDATE replies SET state = 'dead', error_code = 'rejected',"
            " error_text = '554 DT:SUM' WHERE address = 'zhongyuan@example.com'"
        )


def zipped(folder: Path, changed: Mapping[str, str]) -> bytes:
    """A rules folder as a zip, with these words replaced in its campaign.yaml."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                text = file.read_text(encoding="utf-8")
                if file.name == "campaign.yaml":
                    for old, new in changed.items():
                        assert old in text
                        text = text.replace(old, new)
                archive.writestr(f"neu/{file.relative_to(folder)}", text)
    return packed.getvalue()
