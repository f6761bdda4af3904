"""What the digest calls things: verdicts in a cell, kinds of items, why a mail got no answer."""

from collections.abc import Callable

from mailbot.language import Words, say
from mailbot.model import Punctuality
from mailbot.wording.phrases import clean

TIMING = Words(
    {
        Punctuality.LATE: "迟",
        Punctuality.SUPPLEMENTED_LATE: "逾期补正",
        Punctuality.PARTIAL: "漏报",
    }
)


SHORT = Words(
    {
        "form": "统计表",
        "plan": "方案",
        "summary": "总结",
        "video": "视频",
        "photo": "照片",
        "text": "文字",
    }
)


_KINDS = Words(
    {
        "unapproved": "待批准",
        "unknown_unit": "单位不明",
        "unit_conflict": "单位冲突",
        "sub_unit": "下属单位",
        "held": "待核对",
        "held_replacement": "替换待定",
        "quarantined": "邮件隔离",
        "dead_reply": "答复未送达",
        "dead_address": "地址无效",
        "provisional": "地址待确认",
        "self_named": "他址报送",
        "link": "链接",
        "no_answer": "未答复",
        "of_the_office": "工作人员来件",
        "forged": "发件人存疑",
        "enquiry": "查询待核",
        "nothing_to_answer": "来信待阅",
        "withdrawal": "要求撤回",
        "on_hold": "已搁置",
        "gone": "来信消失",
        "wrong_codes": "代码有误",
    }
)


_BOUNCES = (
    "null_return_path delivery_report failed_recipients netease_bounce qq_bounce bounce_words"
).split()


_OURS = "own_address own_loop_header own_message_id".split()


_NO_ANSWER = Words(
    {
        **dict.fromkeys(_BOUNCES, "退信"),
        **dict.fromkeys(_OURS, "本邮箱发出的邮件"),
        "empty_from": "无发件人",
        "no_sender": "无发件人",
        "list_mail": "群发邮件",
        "bulk_precedence": "群发邮件",
        "role_local_part": "系统邮箱来信",
        "auto_reply_words": "自动回复",
        "read_receipt_words": "已读回执",
        "recall_words": "撤回通知",
        "ticket_words": "工单系统来信",
        "not_addressed_to_us": "收件人中没有本邮箱",
        "office_answer": "我办对简报的答复",
        "nothing_to_answer": "未报材料，未查询",
        "heard_lately": "近7日内已答复，未报新材料",
        "left_unanswered": "已阅，不予答复",
        "address_unusable": "发件地址无法回信",
        "address_dead": "发件地址已退信",
        "address_daily_limit": "该地址当日答复已达上限",
        "duplicate": "同一邮件重复到达",
        "recalled": "发件人已撤回",
        "quarantined": "处理失败，已隔离",
        "reattributed": "已随所属单位的其他来件答复",
    }
)


def kind_words(kind: str) -> str:
    """What sort of item it is, in the office's words."""
    return _KINDS.get(kind, clean(kind, 20))


def no_answer_words(code: str) -> str:
    """Why a mail got no answer, in the office's words."""
    return _NO_ANSWER.get(code, say("自动邮件"))


def why_not(trial: bool) -> Callable[[str], str]:
    """`no_answer_words`; while nothing leaves, nobody was 答复."""
    return lambda code: no_answer_words(code).replace(
        say("已答复"), say("已拟答复") if trial else say("已答复")
    )
