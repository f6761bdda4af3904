"""The example campaign rules/drill-report-en through whole mails: what units and the office read of
it is English to the last sign."""

import io
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import docx
import pytest
from make import media
from make.deciding import OFFICE, Table
from make.office import octets_of, opened, text_of
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign, TextRule
from mailbot.deciding.consent import consents, leaves, refuses, sets_aside
from mailbot.demo.documents import write_docx
from mailbot.judgement.enquiry import is_enquiry
from mailbot.judgement.withdrawal import asks_to_withdraw
from mailbot.language import speaking, spoken
from mailbot.model import FieldValue, Message
from mailbot.outbox.blankform.document import write_blank_document
from mailbot.outbox.blankform.workbook import write_blank_form
from mailbot.report.digest.choices import Action, Offer, ways_to_answer
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.sending import send_digest
from mailbot.report.digest.view import render_digest
from mailbot.report.reminders import due_reminders
from mailbot.report.spotcheck.draw import draw, write_draw
from mailbot.report.yearbook.book import read_book
from mailbot.report.yearbook.export import encode_book
from mailbot.wording.templates import render
from mailbot.workflow.replay import preview

FOLDER = Path(__file__).resolve().parents[2] / "rules" / "drill-report-en"
EAST, WEST = "east@northfield.example", "west@northfield.example"
WORKS = "works@northfield.example"
# Chinese characters, and the full-width signs that stand between them.
HOP = (
    "from mx.office.example (unknown [192.0.2.1]) by zwqz-mx-mta-g1-0 (Coremail) with SMTP id "
    "_____wBnA1xYz1plb1--.32572S2; Mon, 03 Jul 2017 09:12:01 +0800 (CST)"
)
PASSED = {  # as NetEase states that the office's own address sent it
    "Received": HOP,
    "X-CM-TRANSID": "_____wBnA1xYz1plb1--.32572S2",
    "Authentication-Results": "zwqz-mx-mta-g1-0; spf=pass smtp.mail=duty@office.example; dkim=none",
}
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef].{0,20}")
FIGURES: dict[str, int | str] = {
    "unit": "East District",
    "reported_on": "2026-11-20",
    "overall.drills": 3,
    "overall.people": 120,
    "site.drills": 2,
    "site.people": 100,
    "table.drills": 1,
    "table.people": 20,
    "trained": 95,
    "filled_by": "A. Clerk",
    "phone": "13800138000",
}


@pytest.fixture(scope="module")
def english() -> Campaign:
    return load_campaign(FOLDER)


def report_form(campaign: Campaign, **changes: Any) -> bytes:
    values = FIGURES | {key.replace("__", "."): value for key, value in changes.items()}
    fields = {key: FieldValue(value, str(value), "") for key, value in values.items()}
    with speaking("en"):
        return write_blank_form(campaign.form, fields=fields)


def a_document(title: str, line: str) -> bytes:
    return write_docx([title, *[f"{number}. {line}" for number in range(1, 9)]])


def material(campaign: Campaign, *, figures: dict[str, Any] | None = None) -> dict[str, bytes]:
    return {
        "Report form.xlsx": report_form(campaign, **(figures or {})),
        "Drill plan.docx": a_document(
            "Drill Plan of East District", "The steps are alarm, evacuation and count of people."
        ),
        "Summary.docx": a_document(
            "Drill Summary", "A problem was found: people were slow. Training will be improved."
        ),
        "1.jpg": media.photo(1600, 1200, taken_at="2026:11:09 10:00:00", seed=1),
        "2.jpg": media.photo(1600, 1200, taken_at="2026:11:09 10:00:00", seed=2),
    }


def no_chinese(text: str) -> None:
    found = CHINESE.search(text)
    assert found is None, (found[0] if found else "", text)


def both_sides(raw: bytes) -> str:
    """Subject, text, HTML and the names of what is enclosed."""
    mail = opened(raw)
    html = mail.get_body(("html",))
    assert html is not None
    names = [str(part.get_filename()) for part in mail.iter_attachments()]
    return "\n".join([str(mail["Subject"]), text_of(raw), str(html.get_content()), *names])


class Office:
    """East District sent all after a first try; the works sent a part with faults; somebody
    unknown, an archive with a password, a letter; the others nothing."""

    def __init__(self, folder: Path, campaign: Campaign, stack: ExitStack) -> None:
        self.campaign = campaign
        table = Table(folder, campaign, stack)
        self.table = table
        wrong = material(campaign, figures={"overall__drills": "about 3", "site__people": 1})
        wrong |= {
            "Summary.docx": a_document("Drill Summary", "All went well and everybody was there."),
            "1.jpg": media.photo(640, 480),
            "2.jpg": media.photo(1600, 1200)[:-3000],
            "notes.lnk": b"L\0\0\0\1\x14\2\0" + bytes(72),
        }
        table.receive("East District drill material", "Enclosed.", sender=EAST, files=wrong)
        self.correction = self.last
        table.receive("Corrected", "Enclosed.", sender=EAST, files=material(campaign))
        self.receipt = self.last
        table.receive(
            "Northfield Chemical Works", "", sender=WORKS, files={"x.bin": b"\0\1\2" * 99}
        )
        self.owing = self.last
        photo = {"3.jpg": media.photo(1600, 1200, seed=3)}
        table.receive("Drill", "Hello", sender="who@example.test", files=photo)
        self.unknown = self.last
        self.ledger = table.office.ledger
        self.now = table.clock.now()

    @property
    def last(self) -> bytes:
        return self.table.sent.messages[-1].raw


@pytest.fixture(scope="module")
def office(english: Campaign, tmp_path_factory: Any) -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(tmp_path_factory.mktemp("english"), english, stack)


@pytest.mark.parametrize("reply", ["correction", "receipt", "owing", "unknown"])
def test_no_reply_has_a_chinese_sign(office: Office, reply: str) -> None:
    no_chinese(both_sides(getattr(office, reply)))


def test_a_correction_says_each_point_once_in_whole_sentences(office: Office) -> None:
    text = " ".join(text_of(office.correction).split())
    assert "[Please correct]" in str(opened(office.correction)["Subject"])
    for words in (
        "“In all·Drills” says “about 3”, where a whole number belongs",
        "How: Please write figures, such as 12; 0 where there is none.",
        "photos have at least 1600×1200 pixels Found: 1.jpg (resolution): 640×480 pixels Wanted:",
        "photos are whole and can be opened Found: 2.jpg (content): an incomplete file",
        "the summary states the problems that were found Found: Summary.docx",
        "By: NSC [2026] 14: “The summary states the problems that were found and what will be",
        "Please send it to drills@northfield.example by 30 November 2026 (1 day(s) left).",
        "the parts add up to 1 + 20 = 21, In all·People 120",
        "Please find the file “notes” that it points to, and attach that.",
    ):
        assert words in text, (words, text)
    assert "“-”" not in text  # what the office asks by itself quotes no sentence
    assert ".." not in text.replace("…", "")
    names = [part.get_filename() for part in opened(office.correction).iter_attachments()]
    assert names == ["Report form (please mend here).xlsx", "register.txt"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "all of the above: Notice: a"), ("zh", "以上各项均据Notice: a")]
)
def test_what_rests_on_no_sentence_of_the_notice_names_none(language: str, said: str) -> None:
    """Points of the office's own stood together under "By: all of the above:" and nothing."""
    probe = '{% import "reply_words.j2" as words %}{{ words.basis(items, place) }}'
    items = [{"source": source} for source in ("", "", "Notice: a", "Notice: a")]
    with speaking(language):
        told = [
            render("probe.txt.j2", {"probe.txt.j2": probe}, items=items, place=place).strip()
            for place in range(len(items))
        ]
    assert told == ["", "", "", said]


def test_who_has_sent_all_is_told_so_and_owes_nothing(office: Office) -> None:
    assert office.table.unit("East District")["state"] == "complete", text_of(office.receipt)
    subject = str(opened(office.receipt)["Subject"])
    assert subject.startswith("[Received] Autumn Emergency Drills 2026: receipt NF2026-0001")
    assert "nothing more need be sent" in " ".join(text_of(office.receipt).split())


def test_a_group_has_its_own_material_and_day_and_gets_each_blank_form(office: Office) -> None:
    text = text_of(office.owing)
    assert "10 December 2026" in text
    assert "Sign-in sheet" in text
    forms = {
        str(part.get_filename()): load_workbook(io.BytesIO(octets_of(part)))
        for part in opened(office.owing).iter_attachments()
        if str(part.get_filename()).endswith(".xlsx")
    }
    assert list(forms) == ["Report form (blank).xlsx", "Sign-in sheet (blank).xlsx"]
    for book in forms.values():
        for sheet in book.worksheets:
            said = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
            rules = sheet.data_validations.dataValidation
            said += [f"{one.prompt}{one.error}{one.promptTitle}{one.formula1}" for one in rules]
            said += [cell.number_format for row in sheet.iter_rows() for cell in row]
            no_chinese("\n".join([sheet.title, *said]))


def test_the_blank_document_is_english_and_comes_back(english: Campaign, office: Office) -> None:
    values = {key: FieldValue(value, str(value), "") for key, value in FIGURES.items()}
    with speaking("en"):
        octets = write_blank_document(english.form, fields=values, units=["East District"])
    document = docx.Document(io.BytesIO(octets))
    words = [one.text for one in document.paragraphs]
    words += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    no_chinese("\n".join(words))
    office.table.receive("Again", "", sender=EAST, files={"Report form.docx": octets})
    assert office.table.unit("East District")["state"] == "complete"
    files = office.table.unit("East District")["slots"]["form"]["files"]
    assert files[-1]["verdict"] == "accepted"


def test_the_digest_is_english_with_what_waits_for_a_person(office: Office) -> None:
    settings = office.table.office.settings
    view = build_digest(office.ledger, office.campaign, settings, office.table.clock.now())
    subject, text, html = render_digest(view)
    no_chinese("\n".join([subject, text, html]))
    assert "complete 1/5" in subject
    assert "[For you to decide]" in text
    assert "[Nothing yet] 4: West District, Harbour District, Northfield Chemical Works" in text
    send_digest(office.ledger, office.campaign, settings, office.table.clock.now())
    office.table.tick()
    mail = next(one for one in office.table.sent.messages if one.rcpt == OFFICE)
    no_chinese(both_sides(mail.raw))
    code = re.search(r"Code: ([A-Z2-9]{4}-[A-Z2-9]{4})  Write: (.*)", text_of(mail.raw))
    assert code is not None
    assert "Hold" in code[2]
    office.table.receive("Re: digest", f"{code[1]} west district\n", sender=OFFICE, headers=PASSED)
    office.table.tick()
    photos = office.table.unit("West District")["slots"]["photo"]["files"]
    assert [one["name"] for one in photos] == ["3.jpg"]
    told = next(one for one in reversed(office.table.sent.messages) if one.rcpt == OFFICE)
    no_chinese(both_sides(told.raw))
    assert "the mail is assigned to this unit" in text_of(told.raw)


@pytest.mark.parametrize("action", get_args(Action))
def test_every_word_that_the_digest_offers_is_understood(action: Action) -> None:
    with speaking("en"):
        offered = ways_to_answer(Offer(action, "1", unit="East District"))
    for words in offered:
        said = words.upper()
        known = (
            consents(said)
            or sets_aside(said)
            or leaves(said)
            or refuses(said) is not None
            or said.startswith(("RELEASE ", "CORRECT "))
            or words == "East District"
        )
        assert known, words


def test_the_register_is_english_in_every_format(office: Office) -> None:
    book = read_book(office.ledger, office.campaign, office.now)
    for ending in (".csv", ".json"):
        no_chinese(encode_book(book, ending).decode("utf-8-sig"))
    octets = encode_book(book, ".xlsx")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(octets))
    assert {"Register", "Totals", "Sources of totals", "Spot checks"} <= set(sheets.sheet_names)
    for name in sheets.sheet_names:
        rows = sheets.get_sheet_by_name(name).to_python()
        no_chinese("\n".join([name, *(str(value) for row in rows for value in row)]))
    for sheet in load_workbook(io.BytesIO(octets)).worksheets:
        no_chinese(f"{sheet.oddHeader.center.text}{sheet.oddFooter.center.text}")


def test_the_spot_check_and_the_archive_are_english(office: Office, tmp_path: Path) -> None:
    drawn = draw(
        office.ledger, office.campaign, office.now, size=1, always=["East District"], seed="s"
    )
    data = office.table.office.settings.paths.data
    write_draw(office.ledger, office.campaign, data, drawn, tmp_path / "out", office.now)
    paths = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")]
    no_chinese("\n".join(paths))
    unit = tmp_path / "out" / "01 East District"
    sheet = docx.Document(str(unit / "check sheet.docx"))
    words = [one.text for one in sheet.paragraphs]
    words += [cell.text for table in sheet.tables for row in table.rows for cell in row.cells]
    no_chinese("\n".join(words))
    archive = CalamineWorkbook.from_path(unit / "dossier.xlsx")
    for name in archive.sheet_names:
        rows = archive.get_sheet_by_name(name).to_python()
        no_chinese("\n".join([name, *(str(value) for row in rows for value in row)]))


def test_a_reminder_is_english(office: Office) -> None:
    settings = office.table.office.settings
    morning = office.campaign.deadline - timedelta(days=3, hours=14)
    due = due_reminders(office.ledger, office.campaign, settings, morning)
    assert {one.unit for one in due} == {"West District"} or due
    for one in due:
        no_chinese(f"{one.subject}{one.text}{one.html}")
        assert "[Reminder]" in one.subject


def test_replayed_under_the_same_rules_nothing_flips_and_nothing_stays_english(
    office: Office,
) -> None:
    replay = preview(office.ledger, office.campaign, office.now)
    assert (replay.flips, replay.files) == ((), ())
    assert spoken() == "zh"


def test_an_enquiry_is_answered_and_a_withdrawal_sets_aside_in_english(office: Office) -> None:
    """Last of all: it changes where West District stands."""
    table = office.table
    before = len(table.sent.messages)
    table.receive("Our material", "Have you received our drill plan?", sender=WEST)
    answers = [one.raw for one in table.sent.messages[before:] if one.rcpt == WEST]
    assert ["This is how your unit's material" in text_of(raw) for raw in answers] == [True]
    no_chinese(both_sides(answers[0]))
    plan = {"Drill plan.docx": a_document("Drill Plan", "Steps: alarm, exit.")}
    table.receive("Plan", "Enclosed.", sender=WEST, files=plan)
    assert table.verdict("West District", "plan") == "accepted"
    table.receive("Wrong file", "Please disregard my previous mail.", sender=WEST)
    assert table.verdict("West District", "plan") == "held"
    no_chinese(both_sides(table.sent.messages[-1].raw))


@pytest.mark.parametrize(
    "words",
    [
        "If you are not the intended recipient, please disregard this message.",
        "Please ignore the noise in the pictures.",
        "We received the material from all schools.",
    ],
)
def test_a_disclaimer_takes_nothing_back_and_asks_nothing(words: str) -> None:
    message = Message(subject="Plan", text=words)
    assert not asks_to_withdraw(message)
    assert not is_enquiry(message, TextRule())
