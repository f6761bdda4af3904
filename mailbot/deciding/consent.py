"""Whether words behind a code consent, refuse, or only speak of it.

Only what is said to the end and without a condition is carried out: 同意吗, 同意前请核实 and
同意／退回 begin as consent does, and are none. What is not understood is told back, and the code
stays good.
"""

import re

_VERB = (
    "同意|确认|认可|通过|可以|是|放行|解除搁置|重试|重发|批准|答复|回复|好|OK|YES|APPROVED?|ACCEPT"
    "|CONFIRM|AGREED?|RETRY|RESEND|RELEASE|ANSWER|REPLY"
)
# What may stand beside a verb and takes nothing from it.
_COURTESY = (
    "请|予以|采用|办理|处理|无误|属实|没问题|无异议|该件|此件|本件|上述|以上|全部|均|都|了|的"
    "|谢谢[您你]?|多谢|感谢|辛苦了?|PLEASE|THANKS|THANK YOU|ALL"
)
# Words are compared after NFKC: full-width marks are ASCII by then.
_MARK = r"[\s。,、:!.;;~]"
_CONSENT = re.compile(rf"(?:{_MARK}|{_COURTESY})*(?:{_VERB})(?:{_MARK}|{_COURTESY}|{_VERB})*")
_REFUSAL = re.compile(
    r"(?:不同意|不批准|不认可|不通过|不可以|不予采用|退回|驳回|否(?!则|决)|REJECT(?![A-Z]))[\s。,:]*"
)
_ASIDE = re.compile(r"(?:搁置|暂缓|暂不处理|HOLD|SET ASIDE)[\s。,:]*")
_LEAVE = re.compile(
    r"(?:不(?:予|用|必)?[答回]?复|无需[答回]?复|搁置|已阅|暂不处理|LEAVE|HOLD|READ)[\s。,:]*"
)
_ASKS = re.compile(r"\?|[吗么嘛]|是否|与否|能否|可否|还是|要不要")
_OR = re.compile(r"[/|]|或")  # the menu of the digest, copied behind its code
_REMARK = 20  # characters
# In the office's own words around the lines with codes: they are not meant as they stand.
_TAKES_BACK = re.compile(
    r"作废|撤销|撤回|收回|取消|不算|等一下|等等|先别|先不|不要|暂缓|改为|改成|更正|说错|写错|搞错"
    r"|弄错|错了|忽略|DISREGARD|IGNORE|CANCEL|WITHDRAW|MISTAKE|DO NOT"
)


def consents(words: str) -> bool:
    """Whether they say yes and nothing else."""
    return _CONSENT.fullmatch(words) is not None


def refuses(words: str) -> str | None:
    """The reason where they refuse, "" where they give none; None where they do not, or only ask
    whether to."""
    matched = _REFUSAL.match(words)
    if matched is None:
        return None
    reason = words[matched.end() :].strip()
    is_open = _OR.match(reason) or _ASKS.match(reason) or reason.startswith("还是")
    return None if is_open else reason


def sets_aside(words: str) -> bool:
    """Whether the matter is to wait."""
    return _ASIDE.match(words) is not None and not asks(words)


def leaves(words: str) -> bool:
    """Whether a mail is to stay without an answer."""
    return _LEAVE.match(words) is not None and not asks(words)


def asks(words: str) -> bool:
    """Whether they put a question, or a choice."""
    return _ASKS.search(words) is not None or _OR.search(words) is not None


def takes_back(line: str) -> bool:
    """Whether a line beside the decisions says that these do not hold. A long one is of a
    letter's foot, where such words are in use."""
    return len(line) <= _REMARK and _TAKES_BACK.search(line) is not None
