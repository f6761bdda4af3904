"""Words of a sender that want to be more than words: in headers, pages, cells and on a terminal.

One office is filled by senders who put such words wherever a sender can put any. Then everything
mailbot makes of them is looked at with parsers of our own kind's opponents: a mail program, an
HTML parser, a spreadsheet reader, a terminal.
"""

import csv
import io
import logging
import re
import sys
import unicodedata
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from defusedxml import ElementTree
from make.office import LONG_TEXT, OUR_ADDRESS
from make.submitted import Submitted, an_empty_office, figures

from mailbot.campaign.types import Campaign
from mailbot.cli.app import app, main
from mailbot.demo.documents import plan, write_docx, write_form
from mailbot.ledger.store import open_ledger
from mailbot.outbox.delivery.transport import DeliveryFault
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.sending import send_digest
from mailbot.report.digest.view import render_digest
from mailbot.report.yearbook.export import export_ledger

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\x08"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><a href=javascript:alert(1)>"
INJECTION = "材料\r\nBcc: victim@example.net\r\n\r\n<b>body</b>"
FORMULAS = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1", "＋1", "－1", "＠A1"),
    *(" =1+1", "\u3000=1+1", "\u200b=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil")'),
)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
UNITS = ("金水区", "二七区", "中原区", "惠济区", "上街区")


def word(text: str) -> str:
    """RFC 2047: what it hides comes out when it is decoded."""
    return f"=?utf-8?B?{b64encode(text.encode()).decode()}?="


def a_raw_mail(sender: str, name: str, subject: str, files: dict[str, bytes], at: int) -> bytes:
    """A mail by hand: no library would write such headers."""
    parts = [
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64"
        f"\r\n\r\n{b64encode((LONG_TEXT + SCRIPT).encode()).decode()}\r\n"
    ]
    for title, content in files.items():
        parts.append(
            "--b\r\nContent-Type: application/octet-stream\r\n"
            f'Content-Disposition: attachment; filename="{word(title)}"\r\n'
            f"Content-Transfer-Encoding: base64\r\n\r\n{b64encode(content).decode()}\r\n"
        )
    head = (
        f"From: {word(name)} <{sender}>\r\nTo: {OUR_ADDRESS}\r\nSubject: {word(subject)}\r\n"
        f"Message-ID: <{at}@e.example>\r\nReferences: <a@b>{ESCAPES[:3]} <c@d>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    )
    return (head + "".join(parts) + "--b--\r\n").encode()


@dataclass
class Hostile:
    """The office after their mails, and what came of them."""

    office: Submitted
    config: Path

    def run(self, *arguments: str) -> bytes:
        """A command as its user sees it: both streams together."""
        done = CliRunner().invoke(app, ["--config", str(self.config), *arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.output_bytes


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, campaign: Campaign) -> Hostile:
    office = an_empty_office(tmp_path_factory.mktemp("hostile"), campaign)
    words = (ESCAPES, SCRIPT, INJECTION, *FORMULAS)
    for number, evil in enumerate(words):
        unit = UNITS[number % len(UNITS)]
        values = figures(unit, filled_by=evil)
        if number % 2:  # the others are accepted, and stand in the ledger
            values |= {"phone": evil, "overall.drills": evil}
        files = {
            f"{evil}统计表.xlsx": write_form(campaign.form, values),
            f"../../{evil}/../演练方案.docx": plan(unit) if number < 5 else write_docx([evil]),
            f"{evil}.zip": b"PK\x03\x04 broken",
        }
        raw = a_raw_mail(f"u{number}@e.example", evil, f"{unit}{evil}", files, number)
        office.box.deliver(raw, office.clock.now())
        stray = a_raw_mail(f"s{number}@e.example", evil, evil, {f"{evil}.exe": b"MZ"}, 100 + number)
        office.box.deliver(stray, office.clock.now())
    refused = DeliveryFault("550", f"550 {ESCAPES}", temporary=False)
    office.sent.faults.append(refused)
    office.work()
    config = office.folder / "mailbot.toml"
    config.write_text(
        f"[maildir]\npath = 'mail'\n[smtp]\nhost = '127.0.0.1'\nfrom_address = '{OUR_ADDRESS}'\n"
    )
    found = Hostile(office, config)
    found.run("hold", "金水区", "--by", ESCAPES, "--reason", ESCAPES)
    return found


def test_the_words_came_through_to_the_ledger(hostile: Hostile) -> None:
    """Otherwise the rest of this file would try nothing."""
    with open_ledger(hostile.office.data, writable=False) as ledger:
        rows = ledger.rows("SELECT subject, sender_name, judged_json FROM arrivals")
    everything = "".join(
        f"{row['subject']}{row['sender_name']}{row['judged_json']}" for row in rows
    )
    for sign in ("<script>", "Bcc: victim", "\u202e", "=cmd|", "＝1+1"):
        assert sign in everything, sign
    assert len(hostile.office.sent.messages) >= 2 * (3 + len(FORMULAS)) - 3


# -- headers


def test_no_sender_writes_a_header_of_ours(hostile: Hostile) -> None:
    allowed = {
        *("from", "to", "subject", "date", "message-id", "in-reply-to", "references"),
        *("auto-submitted", "x-auto-response-suppress", "precedence", "x-loop", "mime-version"),
        *("content-type", "x-mailbot-kind"),
    }
    for one in hostile.office.sent.messages:
        head, _, body = one.raw.partition(b"\r\n\r\n")
        assert re.fullmatch(rb"[\t\r\n -~]+", head), head
        names = [line.split(b":")[0].decode().lower() for line in head.split(b"\r\n")
                 if not line.startswith((b" ", b"\t"))]  # fmt: skip
        assert set(names) <= allowed, names
        assert len(names) == len(set(names)), names
        message = message_from_bytes(one.raw, policy=policy.default)
        (to,) = message["To"].addresses
        assert to.addr_spec == one.rcpt
        subject = str(message["Subject"])
        assert not any(unicodedata.category(char) in ("Cc", "Cf") for char in subject), subject
        assert b"victim@example.net" not in body.partition(b"--")[0]


# -- pages


class Tags(HTMLParser):
    """Elements, attributes and addresses of a page, as a browser would take them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.handlers: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]


def look_harmless(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    assert not tags.found & {"script", "iframe", "object", "embed", "form", "svg", "base"}
    assert tags.handlers == []
    for address in tags.addresses:
        assert address.startswith(("http://", "https://", "cid:", "mailto:", "data:image/")), (
            address
        )
    shown = re.sub(r"[\r\n\t]", "", page)
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cf", "Cs")]


def test_no_sender_writes_an_element_into_a_reply(hostile: Hostile) -> None:
    pages = 0
    for one in hostile.office.sent.messages:
        message = message_from_bytes(one.raw, policy=policy.default)
        body = message.get_body(("html",))
        assert body is not None
        look_harmless(body.get_content())
        pages += "script" in body.get_content()
    assert pages, "no page shows the words at all"


def test_no_sender_writes_an_element_into_the_digest(hostile: Hostile) -> None:
    office = hostile.office
    with open_ledger(office.data) as ledger:
        view = build_digest(ledger, office.campaign, office.settings, office.clock.now())
    subject, text, page = render_digest(view)
    assert "script" in page
    look_harmless(page)
    for line in (subject, *text.splitlines()):
        assert not [char for char in line if unicodedata.category(char) in ("Cc", "Cf")], line


# -- cells


def cells(packed: bytes) -> Iterator[tuple[str, str, bool]]:
    """(text, element, says that it is text) of every cell, comment and link of a workbook."""
    with zipfile.ZipFile(io.BytesIO(packed)) as book:
        styles = ElementTree.fromstring(book.read("xl/styles.xml"))
        quoted = [
            one.get("quotePrefix") == "1"
            for one in styles.find("{*}cellXfs")  # type: ignore[union-attr]
        ]
        shared: list[str] = []
        if "xl/sharedStrings.xml" in book.namelist():
            root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            shared = ["".join(one.itertext()) for one in root]
        for name in book.namelist():
            assert not name.startswith("xl/externalLinks"), name
            if not name.startswith("xl/worksheets/sheet"):
                continue
            for cell in ElementTree.fromstring(book.read(name)).iter(f"{MAIN}c"):
                if cell.find("{*}f") is not None:
                    yield "".join(cell.itertext()), "formula", False
                elif cell.get("t") == "s":
                    place = "".join(cell.itertext())
                    yield shared[int(place)], "text", quoted[int(cell.get("s", "0"))]
                elif cell.get("t") == "inlineStr":
                    yield "".join(cell.itertext()), "text", quoted[int(cell.get("s", "0"))]


DANGEROUS = re.compile(r"[\s\u200b]*[=+\-@＝＋－＠]")


def look_like_text(packed: bytes) -> int:
    """Every cell is text, and those that begin like a formula say so; how many of them."""
    seen = 0
    for text, element, says_so in cells(packed):
        assert element == "text", text
        if DANGEROUS.match(text):
            assert says_so, text
            seen += 1
    return seen


def test_no_cell_of_any_workbook_is_a_formula(hostile: Hostile) -> None:
    office, found = hostile.office, 0
    path = office.folder / "ledger.xlsx"
    with open_ledger(office.data) as ledger:
        export_ledger(ledger, office.campaign, path, office.clock.now())
        found += look_like_text(path.read_bytes())
        send_digest(ledger, office.campaign, office.settings, office.clock.now())
        mailed = [row["raw"] for row in ledger.rows("SELECT raw FROM replies WHERE raw NOT NULL")]
    assert found > len(FORMULAS)
    mailed += [one.raw for one in office.sent.messages]
    books = 0
    for raw in mailed:
        for part in message_from_bytes(raw, policy=policy.default).iter_attachments():
            if str(part.get_filename()).endswith(".xlsx"):
                look_like_text(part.get_content())
                books += 1
    assert books > 3


def test_no_field_of_the_csv_is_a_formula(hostile: Hostile) -> None:
    office = hostile.office
    path = office.folder / "ledger.csv"
    with open_ledger(office.data) as ledger:
        export_ledger(ledger, office.campaign, path, office.clock.now())
    fields = [one for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"))) for one in row]
    assert [one for one in fields if DANGEROUS.match(one) and not re.fullmatch(r"-?\d+", one)] == []
    assert [one for one in fields if one.startswith("'")]


# -- files of a unit's archive


def test_a_units_archive_unpacks_into_its_own_folder(hostile: Hostile) -> None:
    for unit in UNITS:
        path = hostile.office.folder / f"{unit}.zip"
        hostile.run("dossier", unit, "--zip", str(path))
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                assert not name.startswith("/"), name
                assert not {"..", ""} & set(name.rstrip("/").split("/")), name
                assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\\:]", name), name
                if name.endswith("/档案.xlsx"):
                    look_like_text(packed.read(name))


# -- the terminal


COMMANDS = (
    ("status",),
    ("status", "--json"),
    ("show", "1"),
    ("show", "1", "--json"),
    ("show", "金水区"),
    ("show", "金水区", "--json"),
    ("digest",),
    ("outbox", "list"),
    ("outbox", "list", "--json"),
    ("audit", "list"),
    ("audit", "list", "--json"),
    ("remind", "--dry-run"),
    ("draw", "--n", "2"),
    ("prune", "--before", "2017-07-01"),
    ("rules", "replay"),
    ("rules", "replay", "--json"),
    ("check", "evil"),
    ("check", "evil", "--json"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_lets_a_senders_words_move_the_cursor(
    hostile: Hostile, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(hostile.office.folder)
    folder = hostile.office.folder / "evil"
    folder.mkdir(exist_ok=True)
    (folder / (ESCAPES.replace("/", "") + ".jpg")).write_bytes(b"\xff\xd8\xff" + b"x" * 99)
    shown = hostile.run(*command).decode("utf-8")
    assert shown
    bad = [char for char in shown if char != "\n" and unicodedata.category(char) in ("Cc", "Cf")]
    assert bad == [], shown


@pytest.mark.parametrize("command", [("assign", "2", ESCAPES), ("show", ESCAPES)])
def test_an_error_that_repeats_them_does_not_either(
    hostile: Hostile, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["mailbot", "--config", str(hostile.config), *command])
    told = io.StringIO()
    with redirect_stderr(told), pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "owned" in told.getvalue()
    shown = told.getvalue().replace("\n", "")
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cf")]


def test_the_log_moves_no_cursor(capfd: pytest.CaptureFixture[str], hostile: Hostile) -> None:

    hostile.run("status")
    handler = logging.getLogger().handlers[-1]
    record = logging.LogRecord("mailbot", logging.ERROR, "x", 1, "%s", (ESCAPES,), None)
    line = handler.format(record)
    assert "owned" in line
    assert not [char for char in line if unicodedata.category(char) in ("Cc", "Cf")]
