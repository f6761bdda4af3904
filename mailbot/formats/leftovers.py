"""What programs leave beside files and no person meant to send: one list for all doors.

Asked of members of archives and of attachments alike. A shortcut is none: its sender believes
that he sent the file it points to.
"""

import re
from pathlib import PurePosixPath

_NAMES = frozenset(
    {"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "picasa.ini", ".picasa.ini"}
    | {".ds_store", "@eadir", ".localized", "icon\r"}
)
# AppleDouble; LibreOffice's lock; Word's own temporary copies.
_ANY_SIZE = re.compile(r"^\._|^\.~lock\..*#$|^~wrl\d*\.tmp$|^~wrd\d*\.tmp$", re.IGNORECASE)
# What Office and WPS write beside an open document: 162 or 165 octets, its user's name.
_LOCK = re.compile(r"^(?:~\$|\.~)")
_LOCK_OCTETS = 4096
# Exchange and Outlook make one of every part without a name, mostly of nothing.
_NAMELESS_PART = re.compile(r"^att0\d{3,4}(?:\.\w{1,5})?$", re.IGNORECASE)


def is_leftover(path: str, size: int | None = None) -> bool:
    """Whether the file is such a one by its name; `size` in octets where it is known."""
    if "__MACOSX" in path.split("/"):
        return True
    name = PurePosixPath(path).name
    if name.lower() in _NAMES or _ANY_SIZE.match(name):
        return True
    if _LOCK.match(name):
        return size is None or size <= _LOCK_OCTETS
    return size == 0 and _NAMELESS_PART.match(name) is not None
