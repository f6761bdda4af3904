"""Nobody reads another unit's dossier by naming the unit: of what others sent, a reply to an
address without standing tells no name, no figure and no finding."""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import a_mail, an_office, opened, text_of
from make.smtp_sink import MemoryTransport
from openpyxl import load_workbook

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.demo.documents import plan, write_form
from mailbot.ledger import dossiers
from mailbot.workflow.tick import Office

OWNER, STRANGER = "owner@unit.example", "x@evil.example"
# Rejected for the telephone: a correction encloses what was read.
FIGURES: dict[str, str | int | float] = {
    "unit": "金水区",
    "reported_on": "2017-07-03",
    "filled_by": "张秘密",
    "phone": "无",
    "overall.drills": 31,
    "overall.participants": 76543,
    "overall.spend_wan": 98.75,
    "overall.joint_drills": 1,
}
SECRETS = ("秘密", "76543", "98.75", "无", "secret-link", OWNER)


class Table:
    def __init__(self, folder: Path, campaign: Campaign, stack: ExitStack) -> None:
        self.box, self.sent = FakeMailbox(), MemoryTransport()
        self.clock = FrozenClock(campaign.deadline - timedelta(days=3))
        self._mails = 0
        self.office: Office = stack.enter_context(
            an_office(folder, campaign, self.box, self.sent, self.clock)
        )

    def receive(self, sender: str, body: str = "见附件", **files: bytes) -> str:
        """One mail; all that the reply to its sender says, forms and register included."""
        before, self._mails = len(self.sent.messages), self._mails + 1
        raw = a_mail(
            "金水区演练材料",
            body,
            sender=sender,
            message_id=f"<{self._mails}@{sender}>",
            files={name.replace("__", "."): octets for name, octets in files.items()},
        )
        self.box.deliver(raw, self.clock.now())
        self.clock.advance(minutes=5)
        self.office.tick()
        return "\n".join(told(one.raw) for one in self.sent.messages[before:] if one.rcpt == sender)

    def form(self) -> bytes:
        return write_form(self.office.campaign.form, FIGURES)


def told(raw: bytes) -> str:
    message = opened(raw)
    page = message.get_body(("html",))
    parts = [str(message["Subject"]), text_of(raw), page.get_content() if page else ""]
    for one in message.iter_attachments():
        content = one.get_content()
        if str(one.get_filename()).endswith(".xlsx"):
            book = load_workbook(io.BytesIO(content))
            cells = (cell.value for sheet in book for row in sheet.rows for cell in row)
            parts += [str(value) for value in cells if value is not None]
        else:
            parts.append(content if isinstance(content, str) else content.decode())
    return "\n".join(parts)


@pytest.fixture
def table(tmp_path: Path, campaign: Campaign) -> Iterator[Table]:
    with ExitStack() as stack:
        table = Table(tmp_path, campaign, stack)
        link = (
            "演练视频秘密.mp4 (80.96M, 2017年8月17日 0:49 到期)\n"
            "https://mail.qq.com/cgi-bin/ftnExs_download?k=secret-link&code=1"
        )
        mine = table.receive(
            OWNER, link, 统计表秘密__xlsx=table.form(), 秘密方案__docx=plan("金水区")
        )
        assert all(
            secret in mine for secret in ("秘密方案", "统计表秘密", "视频秘密", "76543", "无")
        )
        yield table


@pytest.mark.parametrize("files", [{"方案": plan("金水区")}, {"杂": b"x"}, {}], ids=len)
def test_a_stranger_who_names_the_unit_reads_nothing_of_what_it_sent(
    table: Table, files: dict[str, bytes]
) -> None:
    asked = "请问金水区的材料是否已收到？还缺什么？"
    reply = table.receive(STRANGER, asked, **{f"{name}__docx": one for name, one in files.items()})
    assert [secret for secret in SECRETS if secret in reply.replace("无法", "")] == []


def test_a_stranger_hears_of_what_he_sent_himself(table: Table) -> None:
    reply = table.receive(
        STRANGER, "见附件", 金水区总结__docx=b"PK broken", 方案二__docx=plan("金水区")
    )
    assert "金水区总结.docx" in reply
    assert "方案二.docx" in reply
    assert "其他邮箱报送" in reply


def test_who_named_the_unit_before_itself_did_reads_nothing_of_what_it_sends(
    tmp_path: Path, campaign: Campaign
) -> None:
    """Whoever comes first is provisional: he may be the unit's clerk, or wait for its mail."""
    with ExitStack() as stack:
        table = Table(tmp_path, campaign, stack)
        assert "金水区总结" in table.receive(STRANGER, "见附件", 金水区总结__docx=plan("金水区"))
        table.receive(
            OWNER, "见附件", 统计表秘密__xlsx=table.form(), 秘密方案__docx=plan("金水区委")
        )
        reply = table.receive(STRANGER, "查询")
        assert "统计表" in reply  # how it stands is told
        assert [secret for secret in SECRETS if secret in reply.replace("无法", "")] == []
        assert "金水区总结" in reply


def test_whom_a_person_confirmed_reads_all_that_the_units_own_addresses_sent(table: Table) -> None:
    table.receive(STRANGER, "见附件", 方案二__docx=plan("金水区"))
    with table.office.ledger.transaction():
        office = table.office
        dossiers.bind(office.ledger, STRANGER, "金水区", arrival=2, now=table.clock.now())
        assert dossiers.confirm_address(office.ledger, STRANGER) == "金水区"
    reply = table.receive(STRANGER, "见附件", 方案三__docx=plan("金水区街"))
    assert f"其他邮箱（{OWNER}）报送的文件" in reply
    assert "统计表秘密" not in reply
    with table.office.ledger.transaction():
        assert dossiers.confirm_address(office.ledger, OWNER) == "金水区"
    reply = table.receive(STRANGER, "见附件", 方案四__docx=plan("金水区办"))
    assert "统计表秘密" in reply
