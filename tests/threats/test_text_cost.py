"""Text of a sender costs what its length is, never its square: rules and our own patterns.

Rules hold words, not patterns, so a rules folder cannot bring one that runs away. Our own
patterns are tried with the texts that make patterns run away: long runs, in and behind what the
pattern waits for. Growth is compared, not time: four times the text may take no more than about
four times as long (twice that is allowed for noise; the square would be sixteen).
"""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from make.office import OUR_ADDRESS
from make.submitted import figures

from mailbot.campaign.types import Campaign
from mailbot.deciding.by_mail import read_lines
from mailbot.demo.documents import write_form
from mailbot.formats.archives.unpack import find_passwords
from mailbot.formats.text.html import render_html
from mailbot.inbox.links.find import find_links
from mailbot.inbox.screening.automail import classify_automail
from mailbot.inbox.screening.bounces import parse_bounce
from mailbot.inbox.screening.sender import read_sender_auth
from mailbot.judgement.enquiry import is_enquiry
from mailbot.judgement.files import Context, judge_file
from mailbot.judgement.form.labels import Vocabulary
from mailbot.judgement.whose.names import UnitNames
from mailbot.judgement.whose.unit import Evidence, judge_identity
from mailbot.judgement.writing import own_words
from mailbot.model import Family, Inspected, MailAddress, Message
from mailbot.wording.phrases import FORMULA_START, clean

RUNS = (
    " ",
    "\t",
    "\n",
    "\u3000",
    "1",
    "a",
    "中",
    "<",
    "(",
    "（",
    "=",
    ":",
    "：",
    ">",
    ",",
    "-",
    ".",
)
PAIRS = ("a@", "a.", "1.", "<a", "</", "\r\n", "中:", " :", "( ", ") ", "-\n", "> ", "第1", "; ")
BEFORE = (
    *("", "收件人", "无法发送到 ", "a@b.example.com", "Final-Recipient: rfc822;", "RCPT TO:"),
    *("提取码", "文件大小", "到期时间", "来自", "发件人", "填报单位", "单位名称：", "联系电话"),
    *("https://pan.baidu.com/s/1a", "解压密码", "K7P4-2M9Q", "dkim=pass header.i=@", "spf=pass"),
)
FEW = ("", "填报单位", "联系电话")
HEAVY = ("rules on a text", "whose mail", "enquiry", "bounce in html", "bounce in prose")
SHORT, LONG = 3_000, 12_000


def message(text: str = "", **more: Any) -> Message:
    return Message(
        sender=MailAddress("n", "a@b.example"), recipients=(OUR_ADDRESS,), text=text, **more
    )


@pytest.fixture(scope="module")
def readers(campaign: Campaign) -> dict[str, Callable[[str], object]]:
    names = UnitNames(campaign)
    context = Context(subject="金水区材料", arrived_on=campaign.opening)

    def judged(text: str) -> object:
        plain = Inspected("方案.txt", "0" * 64, len(text), Family.DOCUMENT, "txt", text=text)
        return judge_file(plain, campaign, context)

    return {
        "bounce": lambda text: parse_bounce(message(), text),
        "bounce in prose": lambda text: parse_bounce(message(text)),
        "bounce in html": lambda text: parse_bounce(replace(message(), html=text)),
        "links": lambda text: find_links(message(text).html, text),
        "links in html": lambda text: find_links(text, ""),
        "html": render_html,
        "automatic by text": lambda text: classify_automail(message(text), {OUR_ADDRESS}),
        "automatic by header": lambda text: classify_automail(
            message(headers=(("Auto-Submitted", text), ("From", text), ("X-Ack", text))),
            {OUR_ADDRESS},
        ),
        "sender checks": lambda text: read_sender_auth(
            message(trace=(("Received", text), ("Authentication-Results", text)))
        ),
        "whose mail": lambda text: judge_identity(
            Evidence(address="", subject=text, body=text, form_units=(text,)), names
        ),
        "enquiry": lambda text: is_enquiry(message(text), campaign.text),
        "own words": own_words,
        "answer to the digest": read_lines,
        "archive passwords": find_passwords,
        "rules on a text": judged,
        "shown": lambda text: clean(text, 10_000_000),
        "formula": FORMULA_START.match,
    }


def cost(read: Callable[[str], object], before: str, piece: str, length: int) -> float:
    text = before + piece * (length // len(piece)) + "\x00"
    start = time.process_time()
    read(text)
    return time.process_time() - start


READERS = (
    *("bounce", "bounce in prose", "bounce in html", "links", "links in html", "html"),
    *("automatic by text", "automatic by header", "sender checks", "whose mail", "enquiry"),
    *("own words", "answer to the digest", "archive passwords", "rules on a text", "shown"),
    "formula",
)


@pytest.mark.parametrize("name", READERS)
def test_a_hostile_text_costs_what_its_length_is(
    readers: dict[str, Callable[[str], object]], name: str
) -> None:
    read = readers[name]
    slow: list[tuple[str, str, float, float]] = []
    befores = FEW if name in HEAVY else BEFORE
    for before in befores:
        for piece in (*RUNS, *PAIRS):
            short = cost(read, before, piece, SHORT)
            if short < 0.01:  # the square of a run this long takes longer
                continue
            long = cost(read, before, piece, LONG)
            if long > 8 * short:  # or something else was at work beside us
                short = min(short, *(cost(read, before, piece, SHORT) for _ in range(3)))
                long = min(long, *(cost(read, before, piece, LONG) for _ in range(2)))
            if long > 8 * short:
                slow.append((before, piece, short, long))
    assert slow == []


def test_the_square_would_be_seen() -> None:
    """The measure itself: a pattern of the kind that was found and mended."""
    hostile = re.compile(r"收件人\s*:?\s*x")
    short, long = (min(cost(hostile.search, "收件人", " ", n) for _ in range(3))
                   for n in (2_000, 8_000))  # fmt: skip
    assert long > 8 * short


def test_a_rules_word_is_a_word_and_no_pattern(campaign: Campaign) -> None:
    """What would be a runaway pattern elsewhere is looked for as it stands."""
    evil = "(a+)+$"
    units = campaign.units[0].model_copy(update={"aliases": (evil, "(.*)*x")})
    hostile = campaign.model_copy(update={"units": (units, *campaign.units[1:])})
    names = UnitNames(hostile)
    assert not names.find("a" * 40_000 + "!")
    assert [one.unit for one in names.find(f"{evil} 材料")] in ([units.unit], [])
    assert write_form(campaign.form, figures("金水区"))


def test_labels_of_a_form_are_words_too(campaign: Campaign) -> None:
    book = Vocabulary(campaign.form)
    for piece in RUNS:
        texts = [f"填表人：{piece * n}" for n in (SHORT, LONG)]
        short, long = (min(_timed(book.pairs, text) for _ in range(3)) for text in texts)
        assert long < 8 * short or long < 0.02, piece


def _timed(read: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    read(text)
    return time.process_time() - start
