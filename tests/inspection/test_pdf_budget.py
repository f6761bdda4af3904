"""A PDF that would hold its reader for minutes is told as such, and costs seconds."""

import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import a_mail, an_office, text_of
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.demo.documents import plan
from mailbot.inspection.documents.probe import read_document
from mailbot.inspection.tree import Task, inspect_file
from mailbot.inspection.workers.pool import InlinePool, InspectionPool
from mailbot.workflow.checking import check_paths


def pdf(content: bytes, filters: bytes = b"/FlateDecode", extra: bytes = b"") -> bytes:
    """One page with this content stream, already packed."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>%b>>>>" % extra,
        b"<</Length %d/Filter%b>>stream\n%b\nendstream" % (len(content), filters, content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%b endobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def packed(content: bytes) -> bytes:
    return zlib.compress(content, 1)


@cache
def packed_zeros() -> bytes:
    return packed(bytes(300 << 20))


def rectangles() -> bytes:
    return pdf(packed(b"".join(b"%d %d 9 9 re f " % (n % 590, n // 590) for n in range(300_000))))


def texts() -> bytes:
    shown = b"".join(b"1 0 0 1 %d 9 Tm (a) Tj " % (n % 590) for n in range(200_000))
    return pdf(packed(b"BT /F 9 Tf " + shown + b"ET"))


def nested(cut: int | None = None) -> bytes:
    return pdf(packed(packed_zeros()[:cut]), b"[/FlateDecode/FlateDecode]")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(rectangles, "limit", id="300,000 rectangles"),
        pytest.param(texts, "limit", id="200,000 texts"),
        pytest.param(nested, "bomb", id="nested flate"),
        pytest.param(lambda: nested(-2), "bomb", id="nested flate without its end"),
    ],
)
def test_a_pdf_over_budget_is_told_in_seconds(
    tmp_path: Path, campaign: Campaign, make: Callable[[], bytes], code: str
) -> None:
    path = tmp_path / "演练方案.pdf"
    path.write_bytes(make())
    started = time.process_time()
    inspected = inspect_file(Task(path, path.name, tmp_path / "blobs"))
    assert time.process_time() - started < 60
    assert [fault.code for fault in inspected.faults] == [code]
    ((_, result),) = check_paths([path], campaign, InlinePool(lambda _task: inspected))
    found = {each["code"]: each for each in result["findings"]}
    assert result["verdict"] in ("rejected", "held")
    assert any(each["message"] for each in found.values())
    if code == "bomb":
        assert "DOCUMENT_BOMB" in found


def test_a_mail_with_such_a_pdf_is_answered_and_its_other_files_are_judged(
    tmp_path: Path, campaign: Campaign
) -> None:
    """The worker lives: the unit is told of the one file, and what came with it counts."""
    sent, box = MemoryTransport(), FakeMailbox()
    at = campaign.deadline - timedelta(days=2)
    files = {"演练评估总结.pdf": nested(), "金水区演练方案.docx": plan("金水区")}
    box.deliver(a_mail(files=files), at)
    with (
        InspectionPool(workers=1) as pool,
        an_office(tmp_path, campaign, box, sent, FrozenClock(at), pool=pool) as office,
    ):
        office.tick()
        rows = office.ledger.rows("SELECT name, verdict FROM files")
        (arrival,) = office.ledger.rows("SELECT * FROM arrivals")
    verdicts = {row["name"]: row["verdict"] for row in rows}
    assert (arrival["state"], arrival["attempts"]) == ("answered", 0)
    assert verdicts["演练评估总结.pdf"] == "rejected"
    assert verdicts["金水区演练方案.docx"] == "accepted"
    assert "文档大小应在正常范围内" in text_of(sent.messages[-1].raw)


def test_an_ordinary_page_is_read_within_the_budget(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(packed(b"BT /F 20 Tf 50 700 Td (drill plan of the district) Tj ET")))
    found = read_document(path, "pdf")
    assert found.faults == ()
    assert "drill plan of the district" in found.text
