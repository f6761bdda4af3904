"""Citizen identification numbers (GB 11643-1999)."""

import re

from mailbot.judgement.form.dates import real_date
from mailbot.judgement.form.phones import plain

# GB 11643-1999, 6.1: weights of the first seventeen digits, and the check character by remainder.
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


_ID_CHECK = "10X98765432"


def parse_id_number(text: str) -> str | None:
    """An 18-character citizen identification number whose date and check character are right."""
    bare = re.sub(r"\s", "", plain(text)).upper()
    if not re.fullmatch(r"\d{17}[\dX]", bare, re.ASCII):
        return None
    day = real_date(int(bare[6:10]), int(bare[10:12]), int(bare[12:14]))
    total = sum(int(digit) * weight for digit, weight in zip(bare, _ID_WEIGHTS, strict=False))
    return bare if day is not None and _ID_CHECK[total % 11] == bare[17] else None
