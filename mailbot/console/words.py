"""The console's words in English, for a campaign whose language is not Chinese.

The Chinese words are the key, as gettext has it: a page is read in the language it was written in.
"""

from collections.abc import Iterable

from mailbot.console.acting_english import ACTING
from mailbot.console.english import READING
from mailbot.language import spoken
from mailbot.language.english import CATALOGUE

_ENGLISH = {
    "待办": "To do",
    "看板": "Board",
    "单位": "Units",
    "来信": "Mails",
    "待发": "Outbox",
    "汇总": "Totals",
    "抽查": "Spot checks",
    "规则": "Rules",
    "系统": "System",
}


def said(words: str) -> str:
    """The words in the language that is spoken (`mailbot.language`)."""
    return words if spoken() == "zh" else in_english(words)


def filled(words: str, /, **values: object) -> str:
    """A line with its values, in the language that is spoken: `已办理{count}件`."""
    return said(words).format(**values)


def listed(lines: Iterable[str]) -> str:
    """Several lines as one."""
    return ("；" if spoken() == "zh" else "; ").join(lines)


def in_english(words: str) -> str:
    """The English of these words; themselves where none is known."""
    for known in (_ENGLISH, READING, ACTING, CATALOGUE):
        if words in known:
            return known[words]
    return words
