"""Fonts whose signs are pictures: a 4 in Wingdings is no 4."""

import re

_PICTORIAL = re.compile(
    r"wingdings|webdings|dingbats|marlett|mt extra|emoji|ornaments|bookshelf|barcode"
    r"|code ?128|code ?39|3 of 9|qr ?code",
    re.IGNORECASE,
)
_SYMBOLS = "2"  # the character set of such fonts ([MS-XLS] 2.5.40)


def is_pictorial(name: str, is_charset: bool = False) -> bool:
    """Whether a font of this name, or of a character set of this number, writes no letters."""
    return name == _SYMBOLS if is_charset else _PICTORIAL.search(name) is not None
