"""A scanned form that was not read with certainty, from the mail to the office's digest."""

import io
import random
import re
from email.message import EmailMessage
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="the extra mailbot[ocr] is not installed")
pytest.importorskip("rapidocr", reason="the extra mailbot[ocr] is not installed")

from make import scans
from make.inspectors import PATIENCE_S
from make.office import opened, text_of
from make.submitted import Submitted, an_empty_office
from PIL import Image

from mailbot.campaign.folder import load_campaign
from mailbot.inspection import tree
from mailbot.ledger.store import open_ledger
from mailbot.report.board import status_json
from mailbot.report.digest.gather import build_digest, send_digest

pytestmark = pytest.mark.skipif(not scans.FONTS, reason="no Chinese font (fonts-noto-cjk)")

RULES = Path(__file__).resolve().parents[2] / "rules" / "jianghai-2017"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Submitted:
    """A unit sent a scan on which one number is scribbled over."""
    office = an_empty_office(tmp_path_factory.mktemp("office"), load_campaign(RULES))
    receivers = office.settings.office.model_copy(update={"addresses": ("duty@example.test",)})
    office.settings = office.settings.model_copy(update={"office": receivers})
    drawn = (scans.draw_wide(random.Random(seed)) for seed in range(51, 100))
    form = next(form for form in drawn if form.values["unit"] == "江海市城乡建设局")
    form.scribble_over(str(form.values["overall.drills"]))
    packed = io.BytesIO()
    form.image.save(packed, "JPEG", quality=80)
    office.receive(
        "江海市城乡建设局统计表", {"统计表.jpg": packed.getvalue()}, sender="jianshe@example.com"
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tree, "BUDGET_S", PATIENCE_S)
        office.work()
    return office


@pytest.fixture(scope="module")
def digest(office: Submitted) -> EmailMessage:
    with open_ledger(office.data) as ledger:
        send_digest(ledger, office.campaign, office.settings, office.clock.now())
        row = ledger.row("SELECT raw FROM replies WHERE purpose = 'digest'")
    assert row is not None
    return opened(bytes(row["raw"]))


def test_the_dossier_is_held(office: Submitted) -> None:
    with open_ledger(office.data) as ledger:
        document = status_json(ledger, office.campaign, office.clock.now())
    held = [unit for unit in document["units"] if unit["slots"]["form"]["verdict"] == "held"]
    (dossier,) = held
    codes = {finding["code"] for finding in dossier["slots"]["form"]["findings"]}
    assert "FORM_FIELD_UNSURE" in codes


def test_the_reply_asks_for_the_editable_file_as_well(office: Submitted) -> None:
    (reply,) = office.sent.messages
    text = text_of(reply.raw)
    assert "总体情况·演练场次" in text
    assert "已转请人工核对" in text
    assert "请同时报送可编辑的统计表" in text


def test_the_doubtful_cell_is_shown_beside_what_was_read(digest: EmailMessage) -> None:
    page = digest.get_body(("html",))
    assert page is not None
    html = page.get_content()
    (words,) = re.findall(r"总体情况·演练场次（表1 A5）：[^<]+(?=<br><img)", html)
    assert words
    whole, content_id = re.findall(r'src="cid:(crop\d+@mailbot)"', html)
    pictures = {part["Content-ID"]: part for part in digest.walk() if part["Content-ID"]}
    with Image.open(io.BytesIO(pictures[f"<{content_id}>"].get_content())) as crop:
        assert crop.width > crop.height
        ink = sum(crop.convert("L").histogram()[:100])
        assert 0.1 < ink / (crop.width * crop.height) < 0.9  # scribbled over, not an empty corner
    with Image.open(io.BytesIO(pictures[f"<{whole}>"].get_content())) as scan:
        assert max(scan.size) == 1000
        lines = scan.convert("L").resize((100, 100))
        assert len(set(lines.tobytes())) > 10  # the page with its table, not one colour


def test_the_digest_in_text_says_which_cell(digest: EmailMessage) -> None:
    text = digest.get_body(("plain",))
    assert text is not None
    assert "总体情况·演练场次（表1 A5）" in text.get_content()


def test_a_file_that_is_gone_leaves_the_words(office: Submitted) -> None:
    for path in (office.data / "files").rglob("*"):
        if path.is_file():
            path.rename(path.with_suffix(".away"))
    try:
        with open_ledger(office.data) as ledger:
            view = build_digest(ledger, office.campaign, office.settings, office.clock.now())
    finally:
        for path in (office.data / "files").rglob("*.away"):
            path.rename(path.with_suffix(""))
    (held,) = [item for item in view.needs_person if item.kind == "held"]
    assert held.crops == ()
    assert "演练场次" in held.detail
