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


def as_compared(text: str) -> str:
    """Full-width letters, digits and marks as plain ones."""
    return unicodedata.normalize("NFKC", text)
