"""What the pages tell: the figures of `status`, every file with what was found, every mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from make.browsing import Browser, an_office_console
from make.submitted import HOSTILE, POLYGLOT, Submitted, an_empty_office, copied

import mailbot
from mailbot.campaign.types import Campaign
from mailbot.console.addresses import address_of
from mailbot.console.pages import totals
from mailbot.console.standing import FILTERS, LATE
from mailbot.console.words import in_english
from mailbot.deciding.correcting import correct
from mailbot.deciding.slots import rule_slot
from mailbot.demo.photos import make_photo
from mailbot.entries import Role
from mailbot.inspection.previews.store import THUMB
from mailbot.ledger.replies import enqueue_notice
from mailbot.ledger.store import Ledger, open_ledger
from mailbot.model import DossierState, SlotVerdict
from mailbot.report.board import read_board
from mailbot.report.yearbook.consolidation import consolidate


@dataclass
class Desk:
    """The office of the tests and a browser in front of it."""

    office: Submitted
    browser: Browser

    @property
    def data(self) -> Path:
        return self.office.data

    def text(self, path: str) -> str:
        """What a page says, tags taken out."""
        answer = self.browser.get(path)
        assert answer.status_code == 200, (path, answer.text[-600:])
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())

    def file(self, name: str) -> tuple[int, str]:
        """Arrival and SHA-256 of a file by its name."""
        with open_ledger(self.data, writable=False) as ledger:
            row = ledger.row("SELECT arrival, sha256 FROM files WHERE name = ?", (name,))
        assert row is not None
        return int(row["arrival"]), str(row["sha256"])


@pytest.fixture(scope="module")
def desk(
    filled: Submitted, tmp_path_factory: pytest.TempPathFactory, campaign: Campaign
) -> Iterator[Desk]:
    office = copied(filled, tmp_path_factory.mktemp("office"))
    with an_office_console(
        office.folder, campaign, settings=office.settings, clock=office.clock
    ) as browser:
        browser.log_in("viewer")
        yield Desk(office, browser)


def test_the_board_counts_as_status_does(desk: Desk, campaign: Campaign) -> None:
    with open_ledger(desk.data, writable=False) as ledger:
        board = read_board(ledger, campaign, desk.office.clock.now())
    text = desk.text("/board")
    states = [one.state for one in board]
    assert f"{len(board)} 单位" in text
    for state, words in ((DossierState.COMPLETE, "齐全"), (DossierState.INCOMPLETE, "未齐")):
        assert f"{states.count(state)} {words}" in text
    expected = {
        "": len(board),
        "rejected": sum(_has(one.slots, SlotVerdict.REJECTED) for one in board),
        "held": sum(_has(one.slots, SlotVerdict.HELD) for one in board),
        "late": sum(one.punctuality in LATE for one in board),
        "complete": states.count(DossierState.COMPLETE),
    }
    for key, number in expected.items():
        assert f"{FILTERS[key]} {number}" in text
    assert expected["late"] == len(board)  # it is after the deadline


def _has(slots: object, verdict: SlotVerdict) -> bool:
    return any(slot.verdict is verdict for slot in slots.values())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("q=金水", ["金水区"], ["二七区"]),
        ("only=rejected", ["没有符合条件的单位"], ["中牟县"]),
        ("only=missing", ["中牟县", "二七区"], ["没有符合条件的单位"]),
        ("only=complete", [], ["金水区"]),
        ("group=" + quote("开发区"), ["郑东新区"], ["金水区"]),
        ("only=nonsense&page=99&sort=nonsense", ["金水区"], []),
        ("q=没有", ["没有符合条件的单位"], ["金水区"]),
    ],
)
def test_the_board_is_filtered_and_searched_by_its_address(
    desk: Desk, query: str, shown: list[str], hidden: list[str]
) -> None:
    for part in ("", "&part=1"):
        text = desk.text(f"/board?{query}{part}")
        assert all(name in text for name in shown)
        assert not any(name in text for name in hidden)


def test_a_dossier_tells_each_slot_with_its_files_and_what_came_of_them(desk: Desk) -> None:
    text = desk.text("/units/" + quote("中牟县"))
    assert "640×480" in text
    assert "须补正" in text
    assert "分辨率不低于1920像素×1080像素" in text  # the notice's own sentence
    assert "同一内容另见： 金水区" in text
    assert "经过" in text
    assert "补正通知" in text
    text = desk.text("/units/" + quote("惠济区"))
    assert "已被替代" in text or "十几次" in text
    assert "总体情况·举办次数" in text
    assert "统计表 A5" in text or "表1" in text


def test_a_unit_that_sent_nothing_has_a_page_too(desk: Desk) -> None:
    text = desk.text("/units/" + quote("郑东新区"))
    assert "未收到" in text
    assert "尚无来往" in text


def test_every_decision_about_a_unit_stands_in_its_course(desk: Desk) -> None:
    with desk.browser.desk() as person:
        rule_slot(person, "waive", "上街区", "video", "该单位无视频设备")
    text = desk.text("/units/" + quote("上街区"))
    assert "该单位无视频设备" in text
    assert "免报" in text
    assert "免报" in desk.text("/board?q=" + quote("上街"))


def test_a_corrected_figure_counts_and_is_marked(desk: Desk) -> None:
    with desk.browser.desk() as person:
        correct(person, "二七区", "overall.participants", "45", "电话核实")
    for path in ("/units/" + quote("二七区"), "/totals/figures/overall.participants"):
        assert "人工更正 原读作 40" in desk.text(path)
    assert "二七区 45" in desk.text("/totals/figures/overall.participants")


def test_the_board_in_memory_follows_what_is_decided_and_what_time_does(
    tmp_path: Path, campaign: Campaign
) -> None:
    with an_office_console(tmp_path, campaign) as browser:
        browser.log_in("viewer")

        def told(query: str) -> bool:
            return "金水区" in browser.get(f"/board?part=1&{query}").text

        assert not told("only=complete")
        assert not told("only=late")
        for slot in campaign.materials:
            with browser.desk() as person:
                rule_slot(person, "waive", "金水区", slot.slot, "免报")
        assert told("only=complete")
        assert told("only=missing") is False
        browser.clock.advance(days=30)
        browser.log_in("viewer")
        assert browser.get("/board?part=1&only=late").text.count("<tr>") > 10
        browser.clock.advance(days=-30)
        browser.log_in("viewer")
        assert browser.get("/board?part=1&only=late").text.count("<tr>") < 2


def test_what_a_unit_wrote_is_text_and_never_markup(desk: Desk) -> None:
    """Every page that shows a name, a subject, a body or a header of a hostile mail."""
    arrival, sha256 = desk.file(f"{HOSTILE}.jpg")
    for path in (
        "/units/" + quote("中牟县"),
        "/mails",
        "/mails?q=onerror",
        "/mails?q=" + quote(HOSTILE),
        "/board?q=" + quote(HOSTILE),
        f"/mails/{arrival}",
        f"/mails/{arrival}/source",
        address_of(arrival, sha256),
        "/mails?sender=" + quote(HOSTILE),
    ):
        answer = desk.browser.get(path)
        assert answer.status_code == 200, path
        assert "<img src=x" not in answer.text, path
        assert "onerror" in answer.text or "board" in path or "units" in path, path


def test_an_original_is_saved_and_never_shown(desk: Desk) -> None:
    arrival, sha256 = desk.file(f"{HOSTILE}.jpg")
    answer = desk.browser.get(address_of(arrival, sha256, "/original"))
    assert answer.content == POLYGLOT
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert "\n" not in answer.headers["content-disposition"]


def test_a_picture_is_drawn_anew(desk: Desk) -> None:
    """The polyglot's page lies in none of its previews."""
    arrival, sha256 = desk.file(f"{HOSTILE}.jpg")
    for what in (THUMB, "large.jpg"):
        answer = desk.browser.get(address_of(arrival, sha256, f"/{what}"))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.content.startswith(b"\xff\xd8\xff")
        assert b"script" not in answer.content


def test_a_video_is_played_in_parts(desk: Desk) -> None:
    arrival, sha256 = desk.file("演练.mp4")
    path = address_of(arrival, sha256, "/original")
    answer = desk.browser.client.get(path, headers={"range": "bytes=4-7"})
    assert answer.status_code == 206
    assert answer.content == b"ftyp"
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-security-policy"].startswith("sandbox;")


def test_a_file_is_served_with_the_mail_that_brought_it_and_no_other(desk: Desk) -> None:
    arrival, sha256 = desk.file("演练.mp4")
    for path in (
        address_of(1, sha256),
        address_of(1, sha256, "/original"),
        address_of(1, sha256, "/frame-0.jpg"),
        address_of(arrival, "0" * 64),
        address_of(arrival, sha256.upper()),
        address_of(arrival, sha256[:63]),
        f"/mails/{arrival}/files/ledger.db/original",
        f"/mails/{arrival}/files/..%2f..%2fledger.db/original",
        f"/mails/{arrival}/files/%2e%2e/original",
        address_of(arrival, sha256, "/..%2foriginal"),
        address_of(arrival, sha256, "/thumb.none"),
        address_of(arrival, sha256, "/thumb.svg"),
        address_of(arrival, sha256, "/page-ffffffffffffffff.jpg"),
        address_of(arrival, sha256, "/crop-0123456789abcdef.png"),
        "/mails/0",
        "/mails/-1",
        "/mails/1e9",
        "/mails/99999999999999999999999",
        "/mails/١",
        "/mails/1/raw/../../../../etc/passwd",
        "/mails/999999/raw",
        "/mails/999999/source",
        "/units/" + quote("没有的单位"),
        "/units/..%2f..%2fetc%2fpasswd",
        "/totals/figures/__class__",
        "/totals/export.exe",
    ):
        assert desk.browser.get(path).status_code == 404, path


def test_the_raw_message_is_saved_as_it_came(desk: Desk) -> None:
    arrival, _ = desk.file("演练.mp4")
    answer = desk.browser.get(f"/mails/{arrival}/raw")
    assert answer.content == desk.office.raw[f"中牟县{HOSTILE}"]
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-security-policy"].startswith("sandbox;")


def test_one_mail_tells_whose_it_is_and_why_its_parts_and_headers(desk: Desk) -> None:
    arrival, _ = desk.file("演练.mp4")
    text = desk.text(f"/mails/{arrival}")
    assert "中牟县 按邮件主题" in text
    assert "龘靐" in text
    assert "补正通知" in text
    text = desk.text(f"/mails/{arrival}/source")
    assert "multipart/mixed" in text
    assert "application/octet-stream" in text
    assert "Message-ID" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=" + quote("龘靐"), True),
        ("q=" + quote("龘靐 演练"), True),
        ("q=" + quote("靐龘"), False),
        ("unit=" + quote("中牟县"), True),
        ("unit=" + quote("金水区"), False),
        ("sender=zhongmu@example.com", True),
        ("only=quarantined", False),
        ("only=nonsense", True),
        ("before=1", False),
        ("before=x&q=" + quote("龘靐"), True),
    ],
)
def test_mails_are_found_by_words_and_filters(desk: Desk, query: str, found: bool) -> None:
    for part in ("", "&part=1"):
        assert ("zhongmu@example.com" in desk.text(f"/mails?{query}{part}").replace(
            "只列出 zhongmu@example.com", "")) is found  # fmt: skip


def test_a_document_shows_the_words_it_was_known_by(desk: Desk) -> None:
    answer = desk.browser.get(address_of(*desk.file("演练方案.docx")))
    assert "<mark" in answer.text
    assert "演练目的" in answer.text


def test_each_total_opens_to_unit_file_and_cell(desk: Desk, campaign: Campaign) -> None:
    with open_ledger(desk.data, writable=False) as ledger:
        board = read_board(ledger, campaign, desk.office.clock.now())
    expected = consolidate(campaign, board)
    text = desk.text("/totals")
    assert f"已采用统计表 {len(expected.forms)} 份" in text
    total = next(one for one in expected.totals if one.field.key == "overall.drills")
    text = desk.text("/totals/figures/overall.drills")
    assert f" {total.total:.10g} 场" in text
    for source in total.sources:
        assert f"{source.unit} {source.value:.10g} {source.raw}" in text
        assert source.where in text


def test_a_reply_is_shown_as_it_was_sent_and_can_do_nothing(desk: Desk) -> None:
    with open_ledger(desk.data, writable=False) as ledger:
        row = ledger.row(
            "SELECT id, raw FROM replies WHERE unit = '中牟县' AND sent_at IS NOT NULL"
        )
    assert row is not None
    text = desk.text(f"/replies/{row['id']}")
    assert "zhongmu@example.com 单位 中牟县" in text
    assert "分辨率" in text
    page = desk.browser.get(f"/replies/{row['id']}/page")
    assert page.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "<img src=x" not in page.text
    saved = desk.browser.get(f"/replies/{row['id']}/raw")
    assert saved.content == row["raw"]
    assert saved.headers["content-disposition"].startswith("attachment;")
    assert desk.browser.get("/replies/999999").status_code == 404


def test_what_bears_the_codes_of_a_digest_is_not_for_who_only_looks(
    tmp_path: Path, campaign: Campaign
) -> None:
    with an_office_console(tmp_path, campaign) as browser:
        raw = tmp_path / "var" / "spool" / "answer"
        raw.parent.mkdir(parents=True)
        raw.write_bytes(b"Subject: x\r\n\r\nABCD accept")
        with open_ledger(browser.settings.paths.data, beside=True) as ledger, ledger.transaction():
            enqueue_notice(
                ledger,
                number="digest-1",
                message_id="<1@x>",
                address="office@example.com",
                purpose="digest",
                raw=b"Subject: x\r\n\r\ncode ABCD",
                mode="live",
                now=browser.clock.now(),
            )
            ledger.execute(
                "INSERT INTO arrivals (mailbox, folder, uid_validity, uid, size, arrived_at,"
                " discovered_at, state, no_answer_reason, spool_path, held_json)"
                " VALUES ('', '', 1, 1, 1, '2017-07-01T00:00:00+00:00', '', 'examined',"
                " 'office_answer', 'spool/answer', '[]')"
            )
        expected: tuple[tuple[Role, int, int], ...] = (("viewer", 403, 404), ("clerk", 200, 200))
        for role, digest, mail in expected:
            browser.log_in(role)
            for path in ("/replies/1", "/replies/1/raw", "/outbox/1/letter"):
                assert browser.get(path).status_code == digest
            for path in ("/mails/1/source", "/mails/1/raw"):
                assert browser.get(path).status_code == mail
            assert browser.get("/mails/1").status_code == 200


def test_one_export_is_made_at_a_time(desk: Desk) -> None:
    with totals._exporting:
        assert desk.browser.get("/totals/export.csv").status_code == 503
    assert desk.browser.get("/totals/export.csv").status_code == 200


@pytest.mark.parametrize("ending", ["xlsx", "csv", "json"])
def test_the_export_is_that_of_the_command(desk: Desk, ending: str) -> None:
    answer = desk.browser.get(f"/totals/export.{ending}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment;")
    start = {"xlsx": b"PK", "csv": b"\xef\xbb\xbf", "json": b"{"}[ending]
    assert answer.content.startswith(start)


def test_the_pages_to_read_speak_english_where_the_campaign_does(
    desk: Desk, campaign: Campaign
) -> None:
    """Every word of ours; names, findings and what units wrote stay as they are."""
    english = campaign.model_copy(update={"language": "en"})
    office = desk.office
    with an_office_console(
        office.folder, english, settings=office.settings, clock=office.clock, users=()
    ) as browser:
        browser.log_in("viewer")
        for path in ("/board", "/mails", "/totals", "/system"):
            assert 'lang="en"' in browser.get(path).text
    folder = Path(mailbot.__file__).parent / "templates" / "console"
    for name in READING_TEMPLATES:
        for words in re.findall(r'_\("([^"]+)"\)', (folder / name).read_text(encoding="utf-8")):
            assert not re.search("[\u4e00-\u9fff]", in_english(words)), (name, words)


READING_TEMPLATES = """
    board.html.j2 board_row.html.j2 board_rows.html.j2 file.html.j2 mail.html.j2 mail_source.html.j2
    mails.html.j2 mails_rows.html.j2 reading_macros.html.j2 reply.html.j2 system.html.j2
    system_live.html.j2 total.html.j2 totals.html.j2 unit.html.j2 unit_files.html.j2
    unit_slots.html.j2 units.html.j2 units_groups.html.j2
""".split()


def test_the_system_page_tells_how_the_program_is(desk: Desk) -> None:
    for path in ("/system", "/system?part=1", "/system?verify=1"):
        text = desk.text(path)
        assert "首尾相符" in text
        assert "今日还可发" in text
        assert "SQLite" in text
    assert "password" not in desk.browser.get("/system").text


def test_the_audit_trail_is_followed_and_a_break_is_told(
    tmp_path: Path, campaign: Campaign
) -> None:
    with an_office_console(tmp_path, campaign) as browser:
        with browser.desk() as person:
            rule_slot(person, "waive", "金水区", "video", "甲")
        browser.log_in("viewer")
        assert "首尾相符" in browser.get("/system").text
        with open_ledger(browser.settings.paths.data, beside=True) as ledger:
            ledger.execute("DROP TRIGGER audit_is_never_changed")
            ledger.execute("UPDATE audit SET reason = '乙'")
        assert "自此条起不符" in browser.get("/system?verify=1").text


def test_a_page_asks_as_many_questions_for_many_units_as_for_few(
    tmp_path: Path, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = [
        _questions(tmp_path / str(units), campaign, units, monkeypatch) for units in (10, 500)
    ]
    assert counts[0] == counts[1]
    assert max(counts[0].values()) < 25


def _questions(
    folder: Path, campaign: Campaign, units: int, monkeypatch: pytest.MonkeyPatch
) -> dict[str, int]:
    from make.wide import a_wide_office, wide_campaign

    wide = wide_campaign(campaign, units)
    settings = a_wide_office(folder, wide, arrivals=units)
    counted: dict[str, int] = {}
    asked = 0
    rows = Ledger.rows

    def counting(self: Ledger, sql: str, parameters: object = ()) -> object:
        nonlocal asked
        asked += 1
        return rows(self, sql, parameters)  # type: ignore[arg-type]

    with an_office_console(folder, wide, settings=settings) as browser:
        browser.log_in("viewer")
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "rows", counting)
            for path in ("/board", "/units", "/units/u1", "/mails", "/mails?q=材料", "/mails/1",
                         "/totals", "/system"):  # fmt: skip
                asked = 0
                assert browser.get(path).status_code == 200, path
                counted[path] = asked
    return counted


def test_two_hundred_findings_do_not_make_a_page_of_fifty_screens(
    tmp_path: Path, campaign: Campaign
) -> None:
    """Ten are before the eye; the others are there, folded away."""
    office = an_empty_office(tmp_path, campaign)
    photos = {f"{number}.jpg": make_photo(200 + number, 100, 1) for number in range(12)}
    office.receive("金水区照片", photos, sender="j@example.com")
    office.work()
    with an_office_console(
        office.folder, campaign, settings=office.settings, clock=office.clock
    ) as browser:
        browser.log_in("clerk")
        for path, one in (("/units/金水区", "beneath"), ("/decide?unit=金水区", "came")):
            before, _, after = browser.get(path).text.partition("其余文件（2）")
            folded = after.partition("</details>")[0]
            assert folded.count(f'class="{one}"') == 2
            assert before.count(f'class="{one}"') == 10
