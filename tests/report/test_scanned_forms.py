"""A scanned form that was not read with certainty, from the mail to the office's digest."""

import io
import random
import re
from collections.abc import Iterator
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="the extra mailbot[ocr] is not installed")
pytest.importorskip("rapidocr", reason="the extra mailbot[ocr] is not installed")

from make import scans
from make.browsing import Browser, an_office_console
from make.inspectors import PATIENCE_S
from make.office import opened, text_of
from make.submitted import Submitted, an_empty_office, copied
from PIL import Image

from mailbot.campaign.folder import load_campaign
from mailbot.inspection import tree
from mailbot.ledger.store import open_ledger
from mailbot.report.board import status_json
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.sending import send_digest

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


@pytest.fixture
def before_it(office: Submitted, tmp_path: Path) -> Iterator[Browser]:
    """The contact's desk with the scan on it."""
    here = copied(office, tmp_path / "desk")
    with an_office_console(
        here.folder, office.campaign, settings=here.settings, clock=here.clock
    ) as browser:
        browser.log_in("clerk")
        yield browser


def form_of(page: str) -> dict[str, str]:
    """What the item's form carries: its hidden fields and the figures as they are proposed."""
    text = next(one for one in page.split('class="card item"') if 'name="figure.' in one)
    fields = re.findall(r'name="(item|seen|place|figure\.[a-z_.]+)" value="([^"]*)"', text)
    return {name: unescape(value) for name, value in fields}


def test_doubtful_figures_stand_beside_their_ink_and_are_accepted_as_the_paper_says(
    before_it: Browser,
) -> None:
    page = before_it.get("/todo").text
    (ink, *_) = re.findall(r'class="ink" src="([^"]+)"', page)
    with Image.open(io.BytesIO(before_it.get(ink).content)) as crop:
        assert crop.width > crop.height
    form = form_of(page)
    assert form["figure.overall.drills"] == ""  # it was scribbled over: nothing is proposed
    refused = before_it.post("/todo/settle", {**form, "do": "first"})
    assert refused.status_code == 409
    assert "“总体情况·演练场次”尚未填写" in unescape(refused.text)
    wrong = before_it.post("/todo/settle", {**form, "do": "first", "figure.overall.drills": "约十"})
    assert "所填内容与该栏目不符" in wrong.text
    assert 'value="约十"' in wrong.text
    assert before_it.trail() == []
    done = before_it.post("/todo/settle", {**form, "do": "first", "figure.overall.drills": "17"})
    assert done.status_code == 303
    rows = before_it.trail()
    assert ("correct", 17) in [(row.action, row.after.get("value")) for row in rows]
    with open_ledger(before_it.settings.paths.data, writable=False) as ledger:
        document = status_json(ledger, before_it.campaign, before_it.clock.now())
    unit = next(one for one in document["units"] if one["unit"] == "江海市城乡建设局")
    assert unit["slots"]["form"]["verdict"] == "accepted"
    # Settled: it does not come again as a file of which nobody knows what it is.
    assert "统计表.jpg，未能认定" not in before_it.get(done.headers["location"]).text
    undo = {"number": [str(row.id) for row in rows]}
    assert before_it.post("/todo/undo", undo).status_code == 303
    assert form_of(before_it.get("/todo").text)["figure.overall.drills"] == ""
