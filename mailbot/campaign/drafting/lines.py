"""Lines of a drafted YAML file: what was guessed has a line above it that says why."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import yaml

from mailbot.campaign.unconfirmed import UNCONFIRMED


def entry(key: str, value: Any, guess: str = "", source: str = "") -> list[str]:
    """A key of the file with its guess and the notice's sentence."""
    lines = [f"# {UNCONFIRMED}：{guess}"] if guess else []
    lines += [f"# 通知：{squeezed(source)}"] if source else []
    text = yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=10**6)
    return lines + text.rstrip("\n").split("\n")


def item(value: Mapping[str, Any], guess: str = "") -> list[str]:
    """An entry of a list."""
    lines = [f"  # {UNCONFIRMED}：{guess}"] if guess else []
    text = yaml.safe_dump([dict(value)], allow_unicode=True, sort_keys=False, width=10**6)
    return lines + [f"  {line}" for line in text.rstrip("\n").split("\n")]


def squeezed(text: str) -> str:
    """A sentence on one line."""
    return re.sub(r"\s+", " ", text).strip()


_THOUSANDS = re.compile(
    "(?P<thousand>[一二两三四五六七八九])千(?:(?P<hundred>[一二两三四五六七八九])百)?(?=余?字)"
    "|(?P<only>[一二两三四五六七八九])百(?=余?字)"
)
_DIGIT = {word: number for number, word in enumerate("零一二三四五六七八九")} | {"两": 2}


def in_digits(text: str) -> str:
    """一千五百字 as 1500字."""

    def written(found: re.Match[str]) -> str:
        if found["only"]:
            return str(100 * _DIGIT[found["only"]])
        return str(1000 * _DIGIT[found["thousand"]] + 100 * _DIGIT[found["hundred"] or "零"])

    return _THOUSANDS.sub(written, text)


def as_compared(text: str) -> str:
    """Full-width letters, digits and marks as plain ones."""
    return unicodedata.normalize("NFKC", text)
