"""Self-service: a mail that asks where its unit stands, and brings nothing."""

import re

from mailbot.campaign.types import TextRule
from mailbot.judgement.writing import count_chinese, fold, own_subject, own_words, text_length
from mailbot.model import Message

_PREFIX = re.compile(r"^(?:(?:re|fw|fwd|回复|答复|转发)[:：])+", re.IGNORECASE)
# What is asked for: nothing else (查询), the materials, or a unit's. 快递查询 asks nothing of us.
_OF_US = (
    r"(?:[^，。；]{0,18}(?:材料|报送|演练|收件|编号|来件|邮件|附件|文件|进度|统计表|照片|视频|方案|总结|情况"
    r"|[区县市局委办队所院校司旗镇乡])|请|请帮忙|麻烦|帮忙|我想|申请)?"
)
_SUBJECT = re.compile(
    rf"^{_OF_US}的?(?:查询|查一下|查看)(?:一下|报送情况|材料情况|报送进度|进度|结果|情况)?[?？!！。.]*$"
)
# 是否收到, 收到了吗, 收到没有, 有没有收到; 收到请回复 asks for a receipt and is no enquiry.
_MATERIALS = re.compile(
    r"材料|报送|演练|统计表|照片|视频|方案|总结|文字信息|附件|邮件|来件|来信|收件编号"
    r"|material|form|plan|summary|photo|receiptnumber"
)
_SHORT = 20  # Chinese characters: no room for an invitation
_ASKS = re.compile(
    r"是否(?:已经?)?(?:收到|收悉|收齐|齐全)|(?:收到|收悉|收齐)(?:了)?(?:吗|嘛|么|没有?(?=$|[?？。，,!！]))"
    r"|有没有(?:收到|收悉|收齐)"
    # Blanks are folded away.
    r"|haveyou(?:received|got)(?:my|our|the|it|all)|didyou(?:receive|get)(?:my|our|the|it|all)"
    r"|whatis(?:still)?(?:missing|lacking)"
)


def asks_of_materials(message: Message, *, known: bool) -> bool:
    """Whether an enquiry says what it asks for (金水区查询), or too little for anything else: of a
    `known` unit's address 收到了吗？. Others ask whether their invitation arrived."""
    subject = _PREFIX.sub("", fold(own_subject(message.subject)))
    words = fold(own_words(message.text))
    short = known and count_chinese(subject + words) < _SHORT
    return (
        short
        or _SUBJECT.match(subject) is not None
        or _MATERIALS.search(f"{subject} {words}") is not None
    )


def is_enquiry(message: Message, rule: TextRule) -> bool:
    """Whether the mail only asks: its subject is 查询, or it asks 是否收到, and nothing came.

    A body that is long enough for 文字信息 and asks in passing is a submission (as all mail with
    files or links), unless its subject asks.
    """
    if message.links or any(not one.referenced for one in message.attachments):
        return False
    subject = _PREFIX.sub("", fold(own_subject(message.subject)))
    if _SUBJECT.match(subject) or _ASKS.search(subject):
        return True
    words = own_words(message.text)
    length, wanted = text_length(words, rule)
    short = length < wanted
    return short and bool(_ASKS.search(fold(words)))
