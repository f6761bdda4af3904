"""Choices as printed forms ask for them: a box before each, one of them ticked.

`□小学 ☑初中 □高中`, `是√ 否□`, `(√)有 ( )无`: what is ticked is the choice. Word's own check boxes
come as ☐ and ☒, those of the Wingdings fonts as signs of the private use area.
"""

import re
import unicodedata
from collections.abc import Sequence

_EMPTY_SIGNS = "□☐◻▢○◯❑❏\uf0a3\uf0a8\uf06f\uf071"
_TICKED_SIGNS = "☑☒√✓✔■▣●◉⊙\uf052\uf053\uf0fe\uf0fd\uf0fc"
_SIGN = re.compile(f"[{_EMPTY_SIGNS}{_TICKED_SIGNS}]")
_TICKED = re.compile(f"[{_TICKED_SIGNS}]")
# (√) and [ ] are boxes drawn with brackets.
_BRACKETED = re.compile(rf"[(（\[【]\s*([{_TICKED_SIGNS}]?)\s*[)）\]】]")


def is_unticked(text: str) -> bool:
    """Whether a cell holds the form's own boxes, two at least, and none is ticked. One alone may
    be a character that a font lacks (王□)."""
    signs = _SIGN.findall(_with_boxes(text))
    return len(signs) >= 2 and not any(_TICKED.match(sign) for sign in signs)


def ticked(text: str, choices: Sequence[str]) -> str | None:
    """The one choice that is ticked; None where there is none, several, or another word."""
    folded = _with_boxes(text)
    if not _TICKED.search(folded):
        return None
    signs = _SIGN.findall(folded)
    words = [_bare(word) for word in _SIGN.split(folded)]
    if not words[0] and words[-1]:  # □小学 ☑初中
        pairs = list(zip(signs, words[1:], strict=True))
    elif words[0] and not words[-1]:  # 小学□ 初中☑
        pairs = list(zip(signs, words[:-1], strict=True))
    else:
        return None
    chosen = [word for sign, word in pairs if _TICKED.match(sign)]
    found = [one for one in choices if chosen == [_bare(one)]]
    return found[0] if len(found) == 1 else None


def _with_boxes(text: str) -> str:
    return _BRACKETED.sub(lambda match: match[1] or "□", text)


def _bare(word: str) -> str:
    folded = unicodedata.normalize("NFKC", word)
    return re.sub(r"[\s,;:/、，；：。_()]+", "", folded).casefold()
