"""The office answers its digest by mail: what is carried out, and what is refused."""

import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from make.answering import NAMELESS, PASSED, code_under, digest
from make.deciding import OFFICE, Table
from make.office import LONG_TEXT, opened, text_of

from mailbot.campaign.types import Campaign
from mailbot.deciding.by_mail import read_lines
from mailbot.demo.documents import plan

FAILED = PASSED | {
    "Authentication-Results": "zwqz-mx-mta-g1-0; spf=fail smtp.mail=duty@office.example; dkim=none"
}
ANOTHERS = PASSED | {
    "Authentication-Results": "zwqz-mx-mta-g1-0; spf=pass smtp.mail=x@evil.example; dkim=none"
}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def table(tmp_path: Path, campaign: Campaign, stack: ExitStack) -> Table:
    return Table(tmp_path, campaign, stack)


def answer(table: Table, body: str, headers: dict[str, str] | None = None, **options: Any) -> str:
    """The contact answers; the text of the mail he gets back ("" when there is none)."""
    before = len(table.sent.messages)
    options = {"subject": "回复：简报", "sender": OFFICE, **options}
    table.receive(body=body, headers=PASSED if headers is None else headers, **options)
    back = [one for one in table.sent.messages[before:] if one.rcpt == OFFICE]
    return text_of(back[0].raw) if back else ""


def test_an_unknown_mail_is_assigned_by_naming_the_unit(table: Table) -> None:
    table.receive(**NAMELESS)
    text = digest(table)
    assert "mailbot assign 1 〔单位名称〕" in text
    back = answer(table, f"{code_under(text, '第1号来信')} 金水区\n")
    assert table.verdict("金水区", "plan") == "accepted"
    assert "1 金水区 来信已归入该单位" in back
    (row,) = table.trail()
    assert (row.by, row.action) == (OFFICE, "assign")
    (arrival,) = table.office.ledger.rows("SELECT * FROM arrivals WHERE id = 2")
    assert arrival["no_answer_reason"] == "office_answer"
    assert arrival["unit"] is None
    assert arrival["counts"] == 0
    # The unit's clerk hears of it, the office gets one mail marked as automatic.
    assert table.sent.messages[-1].rcpt in ("clerk@example.com", OFFICE)
    notes = [opened(one.raw) for one in table.sent.messages if one.rcpt == OFFICE]
    assert [note["Auto-Submitted"] for note in notes] == ["auto-generated"] * 2


def test_the_next_digest_has_nothing_left_of_it(table: Table) -> None:
    table.receive(**NAMELESS)
    answer(table, f"{code_under(digest(table), '第1号来信')} 金水区")
    assert "第1号来信" not in digest(table)


def test_addresses_are_confirmed_and_a_code_works_once(table: Table) -> None:
    table.receive("金水区材料", "见附件", files={"方案.docx": plan("金水区")})
    text = digest(table)
    assert "mailbot confirm clerk@example.com" in text
    code = code_under(text, "个发件地址系首次来信时自报单位")
    assert "地址已确认" in answer(table, f"{code} 同意")
    assert "已用过" in answer(table, f"{code} 同意")
    assert [row.action for row in table.trail()] == ["confirm"]


@pytest.mark.parametrize(
    ("words", "verdict"), [("同意", "new"), ("退回 请报盖章件", "old"), ("不同意", "old")]
)
def test_a_replacement_from_another_address_is_taken_or_sent_back(
    table: Table, words: str, verdict: str
) -> None:
    table.receive("金水区材料", "见附件", files={"旧.docx": plan("金水区")})
    table.receive(
        "金水区材料", "见附件", sender="x@example.com", files={"新.docx": plan("金水区委")}
    )
    code = code_under(digest(table), "金水区 演练方案：新.docx")
    answer(table, f"{code} {words}")
    files = table.unit("金水区")["slots"]["plan"]["files"]
    assert [file["name"] for file in files if file["counts"]] == [
        "新.docx" if verdict == "new" else "旧.docx"
    ]
    (row,) = table.trail()
    assert row.action == ("accept" if verdict == "new" else "reject")
    if "盖章" in words:
        assert row.reason == "请报盖章件"


def test_one_file_that_two_send_is_one_code_and_the_digest_leaves(table: Table) -> None:
    # Two items, one decision: a second code for it was refused by the ledger, and no digest left.
    table.receive("金水区材料", "见附件", files={"旧.docx": plan("金水区")})
    for sender, name in (("x@example.com", "新.docx"), ("y@example.com", "又.docx")):
        table.receive("金水区材料", "见附件", sender=sender, files={name: plan("金水区委")})
    text = digest(table)
    codes = {code_under(text, f"金水区 演练方案：{name}") for name in ("新.docx", "又.docx")}
    assert len(codes) == 1
    assert "已认可" in answer(table, f"{codes.pop()} 同意")
    assert "金水区 演练方案：" not in digest(table).partition("【报送进度】")[0]


def test_a_quarantined_mail_is_retried_and_a_dead_reply_resent(table: Table) -> None:
    table.receive(**NAMELESS)
    ledger = table.office.ledger
    with ledger.transaction():
        ledger.execute("UPDATE replies SET state = 'dead', error_text = '554 DT:SUM'")
        ledger.execute(
            "INSERT INTO arrivals (mailbox, folder, uid_validity, uid, size, arrived_at,"
            " discovered_at, state, settled, no_answer_reason, last_error)"
            " SELECT mailbox, folder, uid_validity, 9, size, arrived_at, discovered_at,"
            " 'quarantined', 1, 'quarantined', 'crashed' FROM arrivals"
        )
    text = digest(table)
    assert "mailbot retry 2" in text
    assert "mailbot resend YL2017-0001" in text
    retried = code_under(text, "第2号来信三次处理失败")
    resent = code_under(text, "YL2017-0001 致")
    back = answer(table, f"{retried}重试\n\n{resent}　重发")
    assert "2 将重新处理" in back
    assert "YL2017-0001 将重发" in back
    assert [row.action for row in table.trail()] == ["retry", "resend"]


def test_an_item_can_be_set_aside(table: Table) -> None:
    table.receive(**NAMELESS)
    answer(table, f"{code_under(digest(table), '第1号来信')} 搁置")
    text = digest(table)
    assert "第1号来信：" not in text
    assert "已搁置1件" in text
    assert "mailbot release 1" in text


QUESTION = ("咨询", "请问视频太大可以用U盘送过去吗？")


def asked_by_a_known_unit(table: Table) -> str:
    """The code of the question of a unit that has heard of its plan."""
    table.receive("金水区材料", "见附件", files={"方案.docx": plan("金水区")})
    table.receive(*QUESTION)
    text = digest(table)
    assert QUESTION[1] in text
    return code_under(text, "第2号来信")


def to_the_clerk(table: Table) -> list[str]:
    """Which of the clerk's mails was answered, in order."""
    answered = [opened(one.raw) for one in table.sent.messages if one.rcpt == "clerk@example.com"]
    return [str(one["In-Reply-To"]) for one in answered]


@pytest.mark.parametrize("words", ["答复", "请答复。", "同意"])
def test_an_open_question_is_answered_by_its_code_once(table: Table, words: str) -> None:
    code = asked_by_a_known_unit(table)
    assert to_the_clerk(table) == ["<1@example.com>"]
    assert "将另发答复至 clerk@example.com" in answer(table, f"{code} {words}")
    table.tick()
    assert to_the_clerk(table) == ["<1@example.com>", "<2@example.com>"]
    (row,) = table.trail()
    assert (row.by, row.action, row.subject) == (OFFICE, "release", "2")
    assert "已用过" in answer(table, f"{code} {words}")
    table.tick()
    assert len(to_the_clerk(table)) == 2
    assert len(table.trail()) == 1
    assert "第2号来信（" not in digest(table)


@pytest.mark.parametrize("words", ["不复", "不予答复", "无需回复", "已阅"])
def test_an_open_question_is_let_be_by_its_code_and_nothing_goes(table: Table, words: str) -> None:
    code = asked_by_a_known_unit(table)
    answer(table, f"{code} {words}")
    table.tick()
    assert to_the_clerk(table) == ["<1@example.com>"]
    (row,) = table.trail()
    assert (row.by, row.action, row.subject) == (OFFICE, "hold", "2")
    (arrival,) = table.office.ledger.rows("SELECT no_answer_reason FROM arrivals WHERE id = 2")
    assert arrival["no_answer_reason"] == "left_unanswered"
    assert "已用过" in answer(table, f"{code} 答复")
    table.tick()
    assert to_the_clerk(table) == ["<1@example.com>"]
    assert "第2号来信（" not in digest(table)


@pytest.mark.parametrize("words", ["不同意", "金水区", ""])
def test_what_is_neither_an_answer_nor_none_leaves_the_question_open(
    table: Table, words: str
) -> None:
    code = asked_by_a_known_unit(table)
    assert "可写“答复”、“不复”" in answer(table, f"{code} {words}")
    assert table.trail() == []
    assert to_the_clerk(table) == ["<1@example.com>"]
    assert "第2号来信（" in digest(table)


def test_what_was_set_aside_is_taken_up_again_by_its_number(table: Table) -> None:
    table.receive(**NAMELESS)
    table.receive(**NAMELESS | {"files": {"2.docx": plan("他")}, "sender": "other@example.com"})
    text = digest(table)
    first, second = (code_under(text, f"第{number}号来信") for number in (1, 2))
    answer(table, f"{first} 搁置\n{second} 搁置")
    text = digest(table)
    assert "可写：放行 单位名称或来信编号" in text
    code = code_under(text, "已搁置2件")
    assert "未能识别" in answer(table, f"{code} 放行")
    assert "已放行" in answer(table, f"{code} 放行 第2号来信")
    text = digest(table)
    assert "第2号来信：" in text
    assert "已搁置1件" in text
    assert "已放行" in answer(table, f"{code_under(text, '已搁置1件')} 放行")


def test_replies_that_wait_for_approval_are_let_go_from_a_phone(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    table = Table(tmp_path, campaign, stack, mode="approve")
    table.receive("金水区材料", files={"方案.docx": plan("金水区")})
    table.receive("二七区材料", sender="erqi@example.com", files={"方案.docx": plan("二七区")})
    text = digest(table)  # which itself waits for nobody
    assert "2封答复待批准发出" in text
    assert "YL2017-0001 金水区（补正）；YL2017-0002 二七区（补正）" in text
    assert {one.rcpt for one in table.sent.messages} == {OFFICE}
    assert "已批准，将发出" in answer(table, f"{code_under(text, '封答复待批准')} 批准")
    assert {one.rcpt for one in table.sent.messages} == {
        *(OFFICE, "clerk@example.com", "erqi@example.com")
    }
    (row,) = table.trail()
    assert (row.action, row.subject) == ("approve", "YL2017-0001 YL2017-0002")
    assert "待批准" not in digest(table)


def test_what_the_contact_wrote_himself_is_no_news_to_him(table: Table) -> None:
    table.receive(**NAMELESS)
    answer(table, f"{code_under(digest(table), '第1号来信')} 搁置")
    text = digest(table)
    assert "【新来件】1封" in text
    assert OFFICE not in text


def test_lower_case_full_width_and_missing_dashes_are_read(table: Table) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信").replace("-", "").lower()
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code)
    assert "已归入该单位" in answer(table, f"  {wide}：金水区")


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (FAILED, "发件人核验未通过"),
        (ANOTHERS, "发件人核验未通过"),
        ({}, "收信服务器未给出发件人核验结果"),
        ({"Authentication-Results": PASSED["Authentication-Results"]}, "未给出发件人核验结果"),
    ],
)
def test_a_forged_sender_settles_nothing_and_the_office_hears_of_it(
    table: Table, headers: dict[str, str], words: str
) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    assert words in answer(table, f"{code} 金水区", headers)
    assert table.trail() == []
    assert table.verdict("金水区", "plan") == "missing"
    assert "已归入该单位" in answer(table, f"{code} 金水区")  # the code is not used up


def test_a_forger_is_told_of_once_a_day_and_takes_nothing_from_the_office(table: Table) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    back = [answer(table, f"ABCD-2345 甲{number}", FAILED) for number in range(21)]
    assert "发件人核验未通过" in back[0]
    assert back[1:] == [""] * 20
    assert "已归入该单位" in answer(table, f"{code} 金水区")
    table.clock.advance(days=1)
    assert "发件人核验未通过" in answer(table, "ABCD-2345 金水区", FAILED)


@pytest.mark.parametrize("headers", [PASSED, FAILED, {}], ids=["proven", "forged", "unstated"])
def test_a_mail_of_the_offices_own_address_is_no_units_until_a_person_says_so(
    table: Table, headers: dict[str, str]
) -> None:
    words = "二七区演练文字信息：" + LONG_TEXT
    files = {"二七区演练方案.docx": plan("二七区")}
    table.receive("二七区材料", words, sender=OFFICE, headers=headers, files=files)
    (row,) = table.office.ledger.rows("SELECT unit, held_json, counts FROM arrivals")
    assert (row["unit"], row["counts"]) == (None, 0)
    assert "of_the_office" in row["held_json"]
    code = code_under(digest(table), "第1号来信")
    assert "已归入该单位" in answer(table, f"{code} 二七区")
    assert table.verdict("二七区", "plan") == "accepted"


@pytest.mark.parametrize(("headers", "settled"), [({}, True), (FAILED, False), (ANOTHERS, False)])
def test_without_a_server_that_checks_the_office_may_do_without(
    tmp_path: Path,
    campaign: Campaign,
    stack: ExitStack,
    headers: dict[str, str],
    settled: bool,
) -> None:
    table = Table(tmp_path, campaign, stack, require_sender_auth=False)
    table.receive(**NAMELESS)
    answer(table, f"{code_under(digest(table), '第1号来信')} 金水区", headers)
    assert bool(table.trail()) is settled


def test_a_right_code_from_a_wrong_address_is_an_ordinary_mail(table: Table) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    headers = {
        key: value.replace("office.example", "other.example") for key, value in PASSED.items()
    }
    assert answer(table, f"{code} 金水区", headers, sender="x@other.example") == ""
    assert table.trail() == []
    (row,) = table.office.ledger.rows("SELECT no_answer_reason FROM arrivals WHERE id = 2")
    assert row["no_answer_reason"] == "nothing_to_answer"


def test_an_automatic_mail_of_the_office_settles_nothing(table: Table) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    back = answer(table, f"{code} 金水区", PASSED | {"Auto-Submitted": "auto-replied"})
    assert back == ""
    assert table.trail() == []


def test_a_forged_code_is_refused(table: Table) -> None:
    table.receive(**NAMELESS)
    digest(table)
    assert "代码有误" in answer(table, "ABCD-2345 金水区")
    assert table.trail() == []


def test_past_five_wrong_codes_a_day_nothing_of_the_sender_is_read_and_the_digest_says_so(
    table: Table,
) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    guesses = [f"ABCD-{number}345 金水区" for number in range(2, 9)]
    back = answer(table, "\n".join([*guesses, f"{code} 金水区"]))
    assert back.count("代码有误") == 5
    assert "均不再读取" in back
    assert "均不再读取" in answer(table, f"{code} 金水区")
    assert table.trail() == []
    assert "所写代码5次有误" in digest(table)
    table.clock.advance(days=1)
    assert "已归入该单位" in answer(table, f"{code} 金水区")


def test_a_forgers_wrong_codes_do_not_shut_the_office_out(table: Table) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    for number in range(2, 9):
        answer(table, f"ABCD-{number}345 金水区", ANOTHERS)
    assert "已归入该单位" in answer(table, f"{code} 金水区")


@pytest.mark.parametrize(
    "envelope_sender",
    ['"duty@office.example"@evil.example', '"smtp.mail=q@office.example"@evil.example'],
)
def test_an_envelope_sender_that_quotes_the_office_decides_nothing(
    table: Table, envelope_sender: str
) -> None:
    """What a server truly writes for such an envelope sender: three decisions were carried out."""
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    forged = f"zwqz-mx-mta-g1-0; spf=pass smtp.mail={envelope_sender}; dkim=none"
    headers = PASSED | {"Authentication-Results": forged}
    assert "核验" in answer(table, f"{code} 金水区", headers)
    assert table.trail() == []


def test_a_bounce_that_quotes_the_digest_decides_nothing(table: Table) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    bounced = PASSED | {"Return-Path": "<>", "X-Failed-Recipients": OFFICE}
    assert answer(table, f"{code} 金水区", bounced) == ""
    assert table.trail() == []


def test_a_row_slipped_in_or_turned_to_another_item_is_no_offer(table: Table) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    ledger = table.office.ledger
    with ledger.transaction():
        ledger.execute(
            "INSERT INTO codes (code, offer_json, issued_at) SELECT 'ABCD2345', offer_json,"
            " issued_at FROM codes"
        )
        ledger.execute(
            "UPDATE codes SET offer_json = replace(offer_json, 'assign', 'retry')"
            " WHERE code != 'ABCD2345'"
        )
    back = answer(table, f"ABCD2345 金水区\n{code} 同意")
    assert back.count("代码有误") == 2
    assert table.trail() == []


def test_an_old_code_is_refused(table: Table) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    table.clock.advance(days=7)
    assert "已过期" in answer(table, f"{code} 金水区")
    assert table.trail() == []


def test_an_unclear_decision_is_not_carried_out_and_the_code_stays_good(table: Table) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    for words in ("同意", "某某区", ""):
        assert "未能识别" in answer(table, f"{code} {words}")
    assert "已归入该单位" in answer(table, f"{code} 金水区")


def test_one_line_that_fails_does_not_undo_the_others(table: Table) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    back = answer(table, f"ABCD-2345 同意\n{code} 金水区")
    assert "代码有误" in back
    assert "已归入该单位" in back
    assert table.verdict("金水区", "plan") == "accepted"


def test_the_quoted_digest_decides_nothing(table: Table) -> None:
    table.receive(**NAMELESS)
    table.receive("二七区材料", sender="erqi@example.com")
    text = digest(table)
    for quoted in (text, text.replace("\n", "\n> "), f"收到\n\n---- 回复的原邮件 ----\n{text}"):
        answer(table, f"好的\n{quoted}")
    assert table.trail() == []


def test_an_answer_without_a_code_is_told_so_and_is_no_submission(table: Table) -> None:
    table.receive(**NAMELESS)
    digest(table)
    (row,) = table.office.ledger.rows("SELECT message_id FROM replies WHERE purpose = 'digest'")
    back = answer(table, "好的，知道了", PASSED | {"In-Reply-To": row["message_id"]})
    assert "未见" in back
    assert "好的" not in digest(table)


def test_the_same_answer_taken_in_twice_is_confirmed_once(table: Table) -> None:
    table.receive(**NAMELESS)
    answer(table, f"{code_under(digest(table), '第1号来信')} 金水区")
    sent = len(table.sent.messages)
    table.box.change_uid_validity()
    table.tick()
    assert len(table.sent.messages) == sent
    assert len(table.trail()) == 1


@pytest.mark.parametrize(
    ("words", "confirmed"),
    [
        ("同意", ["a@example.com", "b@example.com"]),
        ("同意 b@example.com", ["b@example.com"]),
        ("同意：B@Example.com，a@example.com。", ["a@example.com", "b@example.com"]),
        ("同意 c@example.com", []),
        ("同意 a@example.com c@example.com", []),
        ("同意，b@example.com除外", []),
        ("同意，不含 b@example.com", []),
    ],
)
def test_of_several_addresses_under_one_code_those_are_confirmed_that_are_named(
    table: Table, words: str, confirmed: list[str]
) -> None:
    table.receive("金水区材料", "见附件", sender="a@example.com", files={"甲.docx": plan("金水区")})
    table.receive("二七区材料", "见附件", sender="b@example.com", files={"乙.docx": plan("二七区")})
    text = digest(table)
    assert "同意 其中的地址" in text
    answer(table, f"{code_under(text, '个发件地址系首次来信时自报单位')} {words}")
    ledger = table.office.ledger
    rows = ledger.rows("SELECT address FROM addresses WHERE status = 'confirmed' ORDER BY address")
    assert [row["address"] for row in rows] == confirmed


def test_a_copy_of_an_answer_with_wrong_codes_counts_no_second_time(table: Table) -> None:
    table.receive(**NAMELESS)
    code = code_under(digest(table), "第1号来信")
    guesses = [f"ABCD-{number}345 金水区" for number in range(2, 6)]
    assert answer(table, "\n".join(guesses)).count("代码有误") == 4
    table.box.change_uid_validity()
    table.tick()
    assert "已归入该单位" in answer(table, f"{code} 金水区")


def test_the_key_is_made_once_and_is_nobody_elses_to_read(table: Table) -> None:
    table.receive(**NAMELESS)
    digest(table)
    key = table.office.settings.paths.data / "answer.key"
    before = key.read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(before) == 32
    digest(table)
    assert key.read_bytes() == before
    assert [one.name for one in key.parent.glob("answer.key*")] == ["answer.key"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("K7P4-2M9Q 同意", [("K7P42M9Q", "同意")]),
        (
            "k7p42m9q同意\nABCD EFGH：退回 没盖章",
            [("K7P42M9Q", "同意"), ("ABCDEFGH", "退回 没盖章")],
        ),
        ("代码：K7P4-2M9Q　可写：同意", []),
        ("K7P4-2M9QX 同意", []),
        ("0O1I-2M9Q 同意", []),
        ("> K7P4-2M9Q 同意", []),
    ],
)
def test_which_lines_are_decisions(body: str, found: list[tuple[str, str]]) -> None:
    assert [(one.code, one.decision) for one in read_lines(body)] == found
