"""What is a yes: said to the end, without a question, a condition or a second thought."""

import pytest

from mailbot.deciding.consent import asks, consents, leaves, refuses, sets_aside, takes_back


@pytest.mark.parametrize(
    "words",
    [
        "同意",
        "同意。",
        "同意!",
        "同意,谢谢",
        "好的,同意",
        "确认无误",
        "通过,可以采用",
        "是",
        "好",
        "请答复。",
        "予以认可",
        "全部同意",
        "同意了",
        "批准 谢谢您",
        "OK",
        "YES, PLEASE",
        "APPROVED.",
        "同意 ;",
        "可以,请办理",
        "该件属实,同意采用",
    ],
)
def test_a_plain_yes_consents(words: str) -> None:
    assert consents(words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "谢谢",
        "不同意",
        "未同意",
        "同意吗?",
        "同意?",
        "同意吗",
        "同意么",
        "同意了吗",
        "是否同意",
        "同意前请核实",
        "同意,但请先核实",
        "同意,稍后再说",
        "同意不了",
        "同意与否再议",
        "同意??不确定",
        "同意或退回",
        "同意/退回",
        "同意 / 退回 理由",
        "同意……才怪",
        "同意(不)",
        "同意✗",
        "同意 退回",
        "同意 (待定)",
        "同意:不",
        "同意。撤销",
        "同意 作废",
        "同意。不对,退回",
        "待同意",
        "先不要同意",
        "YES?",
        "YES BUT CHECK FIRST",
        "NOT APPROVED",
        "OKAY LATER",
        "好像不对",
        "是的话再说",
    ],
)
def test_a_question_a_condition_or_a_second_thought_is_no_yes(words: str) -> None:
    assert not consents(words)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("退回", ""),
        ("不同意", ""),
        ("退回 请报盖章件", "请报盖章件"),
        ("退回:照片是哪天拍的?", "照片是哪天拍的?"),
        ("不予采用,与活动无关", "与活动无关"),
        ("退回?", None),
        ("退回吗", None),
        ("退回或同意", None),
        ("退回/同意", None),
        ("退回还是同意", None),
        ("同意", None),
        ("否则退回", None),
        ("REJECTED LATER", None),
        ("REJECT NO SEAL", "NO SEAL"),
    ],
)
def test_a_refusal_gives_its_reason_and_a_question_is_none(words: str, reason: str | None) -> None:
    assert refuses(words) == reason


@pytest.mark.parametrize(
    ("words", "waits", "stays"),
    [
        ("搁置", True, True),
        ("搁置 等区里核实", True, True),
        ("暂缓", True, False),
        ("已阅", False, True),
        ("不复", False, True),
        ("搁置?", False, False),
        ("已阅吗", False, False),
        ("搁置/归入", False, False),
        ("同意", False, False),
    ],
)
def test_what_waits_and_what_stays_without_an_answer(words: str, waits: bool, stays: bool) -> None:
    assert (sets_aside(words), leaves(words)) == (waits, stays)


@pytest.mark.parametrize(
    ("words", "asked"),
    [("金水区", False), ("金水区?", True), ("金水区还是二七区", True), ("金水区或二七区", True)],
)
def test_a_choice_is_a_question(words: str, asked: bool) -> None:
    assert asks(words) is asked


@pytest.mark.parametrize(
    ("line", "back"),
    [
        *(
            ("(以上作废)", True),
            ("不,等一下", True),
            ("上一行写错了", True),
            ("PLEASE DISREGARD", True),
        ),
        ("谢谢!", False),
        ("办公室 67182119", False),
        ("请按此办理", False),
        ("", False),
        ("如您错误地收到了本邮件,请立即通知发件人并将其撤回、删除,不要转发。", False),
    ],
)
def test_a_remark_may_take_back_what_stands_behind_the_codes(line: str, back: bool) -> None:
    assert takes_back(line) is back
