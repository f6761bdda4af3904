"""A person's own words in a text: without quotes and signatures, without a template's blanks."""

import re
import unicodedata

from mailbot.campaign.types import TextRule

_CHINESE = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0002ffff]")
# A word of letters or digits, with what stands within one: don't, 3.5, well-kept.
_LATIN_WORD = re.compile(r"[A-Za-z0-9\u00c0-\u024f]+(?:['’.\-][A-Za-z0-9\u00c0-\u024f]+)*")

# What follows is the mail that is answered or forwarded (Foxmail, QQ, 163, Outlook, phones).
_QUOTE_STARTS = (
    re.compile(
        r"^[-—–_=*\s]*(?:原始邮件|原邮件|转发的?邮件|转发邮件信息|Original|Forwarded)\b", re.I
    ),
    re.compile(r"^[-—–_=*\s]*(?:原始邮件|原邮件|转发的?邮件|转发邮件信息|邮件原文)"),
    re.compile(r"^[-—–_=*\s]*(?:Original|Forwarded)\s+Message", re.I),
    # `…张三 <x@y.cn> 写道：`, in whatever order a program puts name, address and day.
    re.compile(r"^(?=.*[\d@]).{4,250}(?:\bwrote|写道|寫道|写到)\s*[:：]\s*$", re.I),
    re.compile(r"^\s*(?:Begin forwarded message|开始转发的邮件|開始轉寄)", re.I),
    re.compile(r"^\s*[-—–_=*]{3,}\s*邮件原件"),
    re.compile(r"^\s*-+\s*回复的原邮件\s*-+"),
)
# What this program wrote (templates/reply_words.j2, reminder_words.j2), quoted without any mark, as
# 163 and some phones do: the heading of a reply and then its number. 收件编号 alone proves nothing:
# units are asked to keep it, and write it above their own words.
_OUR_KINDS = r"材料(?:回执|收件告知|补正事项|补报事项|补充事项)"
_OUR_HEADING = re.compile(rf"\d{{4}}年\S{{2,60}}{_OUR_KINDS}\s*收件编号\s*[:：]")
# Blanks of one line alone: over line ends, each of many empty lines would be searched to the last.
_OUR_REMINDER = re.compile(r"^[^\S\n]*\d{4}年\S{2,60}材料报送提醒[^\S\n]*$", re.M)
_OUR_SUBJECT = re.compile(
    rf"【(?:已收到|请补正|请补报|请补充)】\d{{4}}年\S{{2,60}}{_OUR_KINDS}"
    r"(?:\s*收件编号\s*[:：]\s*[\w-]*)?(?:\s*[（(][^（）()]{0,60}[）)]?)?"
    r"|【报送提醒】\d{4}年\S{2,60}材料\S{0,20}(?:[（(][^（）()]{0,60}[）)]?)?"
)
_QUOTED_HEADER = re.compile(
    r"^[\s*|]*(发件人|寄件者|From|发送时间|日期|时间|Date|Sent|收件人|To|抄送|Cc|主题|Subject)"
    r"[\s*|]*[:：]",
    re.I,
)
_SIGNATURE_STARTS = (
    re.compile(r"^--\s*$"),  # RFC 3676 4.3, and 163's own signatures
    re.compile(r"^\s*(?:发自|来自|从)我的\s*\S{1,20}\s*$"),
    re.compile(r"^\s*(?:发自|来自)\s*(?:网易|QQ|Foxmail|Outlook).{0,20}$", re.I),
    re.compile(r"^\s*Sent from\b", re.I),
)

_PLACEHOLDER = re.compile(
    r"[×xX*＊_＿□○〇…\.]{2,}|[（(【\[][^（(【\[）)】\]]{0,30}(?:填写|填入|说明|此处|请)[^（(【\[）)】\]]{0,30}[）)】\]]"
    r"|(?:此处|请)(?:在此)?填[写入][^。\n]{0,30}|年\s+月\s+日"
)
_NUMBERED = re.compile(
    r"^\s*(?:第?[一二三四五六七八九十百]+[章节部分]*[、.．\s]|[（(][一二三四五六七八九十\d]+[)）]|\d+(?:[、.．)）]|\s))"
)
_HEADING_LENGTH = 25
_LABEL = re.compile(r"[^\W\d_]{2,12}$")  # words alone: no number, no mark


def count_chinese(text: str) -> int:
    """The number of Chinese characters; punctuation and digits do not count."""
    return len(_CHINESE.findall(text))


def count_words(text: str) -> int:
    """Length as a word processor counts it (字数): a Chinese character is one, and so is a word of
    letters or digits; marks are none. It serves Chinese and English alike."""
    return len(_CHINESE.findall(text)) + len(_LATIN_WORD.findall(text))


def text_length(text: str, rule: TextRule) -> tuple[int, int]:
    """How long a text is and has to be for 文字信息, in what the rule counts."""
    if rule.minimum_words is not None:
        return count_words(text), rule.minimum_words
    return count_chinese(text), rule.minimum_chinese_characters


def fold(text: str) -> str:
    """Text as words are looked for in it: full-width forms folded, no white space (`目　的`), one
    case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def without_quotes(body: str) -> str:
    """A body without quoted lines and without the mail it answers or forwards."""
    for ours in (_OUR_HEADING, _OUR_REMINDER):
        if found := ours.search(body):
            body = body[: found.start()]
    lines = []
    source = body.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(source):
        if any(pattern.match(line) for pattern in _QUOTE_STARTS):
            break
        # One header line can be a clerk's own (时间：…); two in a row are a quoted head.
        header = _QUOTED_HEADER.match(line)
        if header and header[1].lower() in ("发件人", "寄件者", "from"):
            following = next((each for each in source[number + 1 : number + 4] if each.strip()), "")
            if _QUOTED_HEADER.match(following):
                break
        if not line.lstrip().startswith((">", "＞", "|>")):
            lines.append(line)
    return "\n".join(lines)


def own_subject(subject: str) -> str:
    """A subject without that of a mail of ours which it answers: nothing its sender wrote."""
    return _OUR_SUBJECT.sub("", subject)


def own_words(body: str) -> str:
    """What the sender of a mail wrote: quotes and signatures are cut."""
    lines = []
    for line in without_quotes(body).split("\n"):
        if any(pattern.match(line) for pattern in _SIGNATURE_STARTS):
            break
        lines.append(line)
    return "\n".join(lines).strip()


def is_numbered(line: str) -> bool:
    """Whether a line begins like an item: 一、 （一） 1. 第一章."""
    return bool(_NUMBERED.match(line))


def is_unfilled(text: str) -> bool:
    """Whether a document is a template that was sent back empty.

    It has at least three headings or blanks, and outside of them fewer than 30 Chinese
    characters: real documents of this kind have hundreds. The first cell of a table's row, and a
    line of a few characters without any mark, are headings: 演练目的, with an empty cell behind.
    """
    headings = blanks = content = 0
    for line in text.split("\n"):
        bare, count = _PLACEHOLDER.subn("", unicodedata.normalize("NFKC", line).strip())
        blanks += count
        label, colon, value = bare.partition("\t" if "\t" in bare else ":")
        if colon and len(label) <= _HEADING_LENGTH:
            headings += not value.strip()
            content += count_chinese(value)
        elif _is_heading(bare):
            headings += 1
        else:
            content += count_chinese(bare)
    return headings + blanks >= 3 and content < 30


def _is_heading(line: str) -> bool:
    if _LABEL.match(line):
        return True
    return is_numbered(line) and len(line) <= _HEADING_LENGTH and not re.search("[。，；,;]", line)
