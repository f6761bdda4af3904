"""Passwords that a mail states for its archives."""

import re
from collections.abc import Iterator

_PASSWORD = re.compile(
    r"(?:密码|口令|解压码|password|pwd)\s*(?:(?:均|都|统一|一律|默认|设置?)?(?:[:：]|是|为|成)"
    r"\s*[:：]?|(?=[\"“‘'「【A-Za-z0-9]))\s*"
    r"[\"“‘'「【]?([^\s\"“”‘’'「」【】，。；、,;（）()<>]{1,64})",
    re.IGNORECASE,
)
# `密码：abc123谢谢`: what is typed on a keyboard, before the words that follow it.
_TYPED = re.compile(r"[!-~]+")
_BODY_LIMIT = 200_000
_PASSWORDS = 10


def find_passwords(body_text: str) -> tuple[str, ...]:
    """Passwords that a body states (`解压密码：abc123`), in order, each once, at most ten."""
    found = (each for match in _PASSWORD.finditer(body_text[:_BODY_LIMIT]) for each in _read(match))
    return tuple(dict.fromkeys(password for password in found if password))[:_PASSWORDS]


def _read(match: re.Match[str]) -> Iterator[str]:
    """What may be meant: as it stands, without the sentence's end, without the words behind it."""
    stated = match[1]
    yield stated.rstrip(".!?！？")
    yield stated
    if typed := _TYPED.match(stated):
        yield typed[0]
