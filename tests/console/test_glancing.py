"""待办 item after item: what one is about stands in it, and after a decision comes the next."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from make.media import photo
from make.morning import FIGURES, Morning, a_morning

from mailbot.campaign.types import Campaign
from mailbot.console.differing import _places
from mailbot.console.glance import glances
from mailbot.demo.documents import plan, write_form
from mailbot.demo.photos import make_scan
from mailbot.report.board import read_doubtful
from mailbot.report.digest.gather import needs_person


@pytest.fixture
def morning(tmp_path: Path, campaign: Campaign) -> Iterator[Morning]:
    with a_morning(tmp_path, campaign) as found:
        found.browser.log_in("clerk")
        yield found


def cards(page: str) -> list[str]:
    """The items, and what was just done between them, in their order."""
    listed = page.partition('<ol class="items">')[2].partition("</ol>")[0]
    return re.split(r'(?=<li class="(?:card item|done)")', listed)[1:]


def card(page: str, words: str) -> str:
    return next(one for one in cards(page) if words in unescape(one))


def carried(text: str) -> dict[str, str]:
    """The hidden fields of a card's form."""
    fields = re.findall(r'type="hidden" name="(item|seen|place|number)" value="([^"]*)"', text)
    return {name: unescape(value) for name, value in fields}


def press(morning: Morning, words: str, **fields: str | list[str]) -> str:
    """One button of the item with these words; the page that comes then."""
    form = carried(card(morning.browser.get("/todo").text, words))
    morning.table.clock.advance(seconds=1)
    answer = morning.browser.post("/todo/settle", {**form, **fields})
    if answer.status_code != 303:
        return str(answer.text)
    assert answer.headers["location"].endswith("#at")
    return str(morning.browser.get(answer.headers["location"]).text)


def place_of_done(found: list[str]) -> int:
    return next(number for number, one in enumerate(found) if 'id="at"' in one)


def test_after_a_decision_the_next_item_stands_where_the_settled_one_stood(
    morning: Morning,
) -> None:
    before = cards(morning.browser.get("/todo").text)
    place = next(number for number, one in enumerate(before) if "第4号来信" in one)
    (following,) = re.findall(r"<b>(.*?)</b>", before[place + 1])
    after = cards(press(morning, "第4号来信", do="aside"))
    assert place_of_done(after) == place
    assert "不复：第4号来信" in after[place]  # as the button said
    assert "撤销刚才的决定" in after[place]
    assert following in after[place + 1]


def test_a_table_that_would_replace_another_is_shown_figure_by_figure(morning: Morning) -> None:
    figures = {**FIGURES, "overall.drills": 13, "phone": "0371-63520002"}
    form = write_form(morning.table.office.campaign.form, figures)
    morning.table.receive("中原区", "以此为准", sender="x@example.com", files={"新.xlsx": form})
    found = unescape(card(morning.browser.get("/todo").text, "中原区 统计表"))
    differing = re.findall(r"<dt>(.*?)</dt><dd><del>(.*?)</del> → <ins>(.*?)</ins>", found)
    assert ("总体情况·举办次数", "12", "13") in differing
    assert ("0371-63520001", "0371-63520002") in [one[1:] for one in differing]
    assert len(differing) == 2
    assert "以此件为准" in found
    assert "免报" not in found  # there is one in force


def test_a_table_is_accepted_on_its_own_and_never_among_others(morning: Morning) -> None:
    """Nobody saw what is in it: a scan of which no figure was read counts with none."""
    scan = {"统计表.pdf": make_scan(3)}
    morning.table.receive("惠济区统计表扫描件", "见附件", sender="h@example.com", files=scan)
    page = morning.browser.get("/todo").text
    assert 'type="checkbox"' not in card(page, "惠济区 统计表")
    assert 'type="checkbox"' in card(page, "金水区 演练方案")


def test_a_text_that_would_replace_another_is_shown_where_it_parts(morning: Morning) -> None:
    found = unescape(card(morning.browser.get("/todo").text, "新.docx"))
    assert "旧.docx" in found
    assert re.search(r"<del>金水区危险化学品.*?</del> → <ins>金水区委危险化学品", found)
    assert len(found) < 8000


def test_hostile_texts_are_held_against_each_other_in_little_time() -> None:
    """Their worst for a matcher: the same few signs again and again."""
    old, new = "啊。" * 100_000 + "一", "啊。哦。" * 50_000 + "二"
    assert 0 < len(list(_places(old, new))) <= 300
    assert list(_places("甲乙。" * 9, "甲乙。" * 9)) == []
    (only,) = _places("按预案进行。" + "无" * 900, "按预案进行。" + "无" * 899 + "有")
    assert (only.before, only.after) == ("…无无无无无无无无无", "…无无无无无无无无有")


def test_who_told_a_unit_otherwise_settles_what_no_server_took(morning: Morning) -> None:
    page = press(morning, "未能送达", do="withdraw")
    assert "未能送达" not in page.partition('class="items"')[2].partition("</ol>")[0]
    assert "已另行告知" in page
    assert "不再重发：YL2017-" in page
    rows = morning.table.office.ledger.rows("SELECT state FROM replies WHERE state = 'dead'")
    assert rows == []
    undone = morning.browser.post("/todo/undo", carried(cards(page)[place_of_done(cards(page))]))
    assert "未能送达" in morning.browser.get(undone.headers["location"]).text


def test_what_is_let_be_is_not_set_aside_and_what_was_set_aside_comes_not_back_with_others(
    morning: Morning,
) -> None:
    """第5号 came by Bcc: let be, it is gone; 第1号 is set aside, and no box releases it."""
    press(morning, "第5号来信", do="aside")
    page = press(morning, "第1号来信", do="aside")
    assert "第5号来信" not in "".join(one for one in cards(page) if 'id="at"' not in one)
    found = card(page, "已搁置1件")
    assert "第1号来信" in found
    assert 'type="checkbox"' not in found
    assert page.count('type="checkbox" form="batch"') > 2


def test_what_is_taken_back_stands_in_its_place_again(morning: Morning) -> None:
    after = cards(press(morning, "第4号来信", do="aside"))
    undone = morning.browser.post("/todo/undo", carried(after[place_of_done(after)]))
    after = cards(morning.browser.get(undone.headers["location"]).text)
    assert "第4号来信" in after[place_of_done(after) + 1]


def test_a_place_that_is_none_does_no_harm(morning: Morning) -> None:
    for asked in ("9999", "0123456789", "-1", "x", "9" * 30):
        answer = morning.browser.get(f"/todo?at={asked}")
        assert answer.status_code == 200
        assert 'id="at"' not in answer.text


def test_what_lies_in_question_is_seen_without_opening_it(morning: Morning) -> None:
    morning.table.receive(
        "现场",
        "见附件",
        sender="nobody@example.com",
        files={"现场.jpg": photo(1920, 1080), "材料.docx": plan("上街区")},
    )
    text = card(morning.browser.get("/todo").text, "现场.jpg")
    (thumb,) = re.findall(r'<img src="(/mails/\d+/files/[0-9a-f]{64}/thumb\.jpg)"', text)
    answer = morning.browser.get(thumb)
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert "<q>上街区危险化学品泄漏事故应急演练方案" in text  # how the document begins
    assert 'name="to" value="上街区"' in text  # and whom it names


def test_a_unit_that_is_named_is_assigned_with_one_press(morning: Morning) -> None:
    morning.table.receive(
        "中牟县、新郑市材料", "见附件", sender="two@example.com", files={"1.docx": plan("我")}
    )
    page = press(morning, "中牟县、新郑市材料", to="新郑市")
    assert "→ 新郑市" in page
    assert morning.table.trail()[-1].subject.endswith("新郑市")


def test_what_a_sender_wrote_stands_there_as_text_only(morning: Morning) -> None:
    morning.table.receive(
        "<img src=x>",
        "<script>a</script>",
        sender="evil@example.com",
        files={"<b>x</b>.docx": plan("<script>alert(1)</script>")},
    )
    page = morning.browser.get("/todo").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>a" not in page
    assert "<b>x</b>" not in page


def test_only_the_ticked_addresses_are_confirmed(morning: Morning) -> None:
    page = morning.browser.get("/todo").text
    addresses = re.findall(r'name="only" value="([^"]+)" checked', page)
    assert len(addresses) > 2
    press(morning, addresses[0], do="first", only=["", addresses[1]])
    assert [(row.action, row.subject) for row in morning.table.trail()] == [
        ("confirm", addresses[1])
    ]
    assert "请至少勾选一个地址" in press(morning, addresses[0], do="first", only="")
    assert len(morning.table.trail()) == 1


def test_a_refused_decision_is_told_in_its_item_and_keeps_what_was_typed(
    morning: Morning,
) -> None:
    text = card(press(morning, "新.docx", do="reject", reason="   "), "新.docx")
    assert "请写明理由" in text
    assert "<details open>" in text
    text = card(press(morning, "第1号来信", do="assign", unit="某某区"), "第1号来信")
    assert "请先选择单位" in text


def test_an_item_is_come_back_to_from_what_was_looked_into(morning: Morning) -> None:
    text = card(morning.browser.get("/todo").text, "第1号来信")
    (address, *_) = re.findall(r'href="(/mails/1\?todo=[0-9a-f]{10})"', text)
    (back,) = re.findall(r'href="(/todo\?at=[0-9a-f]{10})#at"', morning.browser.get(address).text)
    page = unescape(morning.browser.get(back).text)
    assert "第1号来信" in page.partition('id="at"')[2].partition("</li>")[0]
    assert "返回待办" not in morning.browser.get('/mails/1?todo="><b>').text


def test_twenty_more_items_ask_the_ledger_no_more_questions(morning: Morning) -> None:
    def questions() -> int:
        asked: list[str] = []
        console = morning.browser.app.state.console
        with console.reading() as ledger:
            ledger.database.set_trace_callback(asked.append)
            now, campaign = morning.table.clock.now(), console.in_force(ledger)
            board = read_doubtful(ledger, campaign, now)
            found = needs_person(ledger, board, campaign, console.settings, now, pictures=False)
            del asked[:]
            looked = glances(ledger, campaign, board, [one.offer for one in found])
            assert len(looked) == len(found)
            ledger.database.set_trace_callback(None)
        return len(asked)

    before = questions()
    for number in range(3):
        morning.table.receive(
            "材料", f"见附件{number}", sender=f"n{number}@example.org", files={"1.docx": plan("我")}
        )
    assert questions() == before


def test_a_mail_without_a_unit_is_assigned_on_its_own_page(morning: Morning) -> None:
    page = morning.browser.get("/mails/1").text
    form = carried(page) | {"do": "assign", "unit": "上街区"}
    assert "/mails/2" in page  # the one after
    answer = morning.browser.post("/todo/settle", form)
    assert answer.status_code == 303
    assert morning.table.trail()[-1].subject == "1 上街区"
    morning.browser.log_in("viewer")
    assert "/todo/settle" not in morning.browser.get("/mails/4").text


def test_the_course_of_a_unit_is_told_in_the_offices_words(morning: Morning) -> None:
    press(morning, "新.docx", do="reject", reason="请报盖章件")
    page = morning.browser.get("/units/金水区").text
    assert "决定：退回：金水区 演练方案" in page
    assert "reject" not in page
