"""Self-service: a mail that asks where its unit stands, and brings nothing."""

import re

from mailbot.campaign.types import TextRule
from mailbot.judgement.writing import count_chinese, fold, own_words
from mailbot.model import Message

_PREFIX = re.compile(r"^(?:(?:re|fw|fwd|回复|答复|转发)[:：])+", re.IGNORECASE)
_SUBJECT = re.compile(
    r"^[^，。；]{0,20}(?:查询|查一下|查看)(?:一下|报送情况|材料情况|报送进度|进度|结果|情况)?[?？!！。.]*$"
)
# 是否收到, 收到了吗, 收到没有, 有没有收到; 收到请回复 asks for a receipt and is no enquiry.
_ASKS = re.compile(
    r"是否(?:已经?)?(?:收到|收悉|收齐|齐全)|(?:收到|收悉|收齐)(?:了)?(?:吗|嘛|么|没有?(?=$|[?？。，,!！]))"
    r"|有没有(?:收到|收悉|收齐)"
)


def is_enquiry(message: Message, rule: TextRule) -> bool:
    """Whether the mail only asks: its subject is 查询, or it asks 是否收到, and nothing came.

    A body that is long enough for 文字信息 and asks in passing is a submission (as all mail with
    files or links), unless its subject asks.
    """
    if message.links or any(not one.referenced for one in message.attachments):
        return False
    subject = _PREFIX.sub("", fold(message.subject))
    if _SUBJECT.match(subject) or _ASKS.search(subject):
        return True
    words = own_words(message.text)
    short = count_chinese(words) < rule.minimum_chinese_characters
    return short and bool(_ASKS.search(fold(words)))
