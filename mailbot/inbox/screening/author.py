"""Whether a mail has one author and one head, however its headers are read. Pure."""

import re

from mailbot.model import Message

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ONCE = "from sender reply-to to cc subject date message-id in-reply-to references".split()
_LONGEST = 1000  # characters
_WRITERS = ("sender", "resent-from", "resent-sender")


def has_one_author(message: Message) -> bool:
    """Whether every reader of these headers finds the same one author, and one of each field that
    a mail has once (RFC 5322 3.6): of two a signature covers the lower one (RFC 6376 5.4.2), and
    whoever sends a signed mail again can write the upper one.

    Of two From lines, two mailboxes, a group, or a comment with an address in it, the server may
    have checked the one that we do not read (RFC 7489 6.6.1); where Sender or Resent-From names
    another address, that one handed the mail in.
    """
    if any(len(message.header_values(name)) > 1 for name in _ONCE):
        return False
    address = message.sender.address.lower()
    authors = message.header_values("From")
    others = [value for name, value in message.headers if name.lower() in _WRITERS]
    if any(one.lower().count("@") != one.lower().count(address) for one in others):
        return False
    if not authors:
        return not others
    return _is_plain(authors[0].strip().lower(), address)


def _is_plain(value: str, address: str) -> bool:
    """Whether From is `name <address>`, `address` or `address (name)`, with no other address."""
    if len(value) > _LONGEST:  # nobody's name; and quotes that never end cost the square of it
        return False
    bare = _QUOTED.sub("", value)
    return (
        value.count("@") == value.count(address)
        and bare.count("<") <= 1
        and not bare.endswith(";")
        and "," not in bare
        and (
            value in (address, f"<{address}>")
            or re.fullmatch(rf"{re.escape(address)}\s*\([^()]*\)", value) is not None
            or value.endswith(f"<{address}>")
        )
    )
