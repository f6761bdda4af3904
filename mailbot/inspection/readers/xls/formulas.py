"""Parsed expressions of an xls ([MS-XLS] 2.5.198) written out again, for `arithmetic`."""

import struct
from collections.abc import Sequence

from mailbot.inspection.readers.sheets.columns import column_letters

_SIGNS = {0x03: "+", 0x04: "-", 0x05: "*", 0x06: "/", 0x07: "^"}
_VARIADIC = {4: "SUM", 5: "AVERAGE", 6: "MIN", 7: "MAX", 183: "PRODUCT"}
_FIXED = {24: ("ABS", 1), 27: ("ROUND", 2)}


def infix(tokens: bytes, sheets: Sequence[str]) -> str:
    """The formula without its =, or "" where it has more than plain arithmetic in it."""
    stack: list[str] = []
    at = 0
    try:
        while at < len(tokens):
            at = _take(tokens, at, stack, sheets)
            if at < 0:
                return ""
    except (struct.error, IndexError):
        return ""
    return stack[0] if len(stack) == 1 else ""


def _take(tokens: bytes, at: int, stack: list[str], sheets: Sequence[str]) -> int:
    """Reads one token; where the next begins, or -1 for one that is not known here."""
    kind = tokens[at]
    kind = kind & 0x1F | 0x20 if kind & 0x60 and kind >= 0x20 else kind
    if kind in _SIGNS:
        right, left = stack.pop(), stack.pop()
        stack.append(f"{left}{_SIGNS[kind]}{right}")
        return at + 1
    match kind:
        case 0x12 | 0x13:
            stack.append(("+" if kind == 0x12 else "-") + stack.pop())
            return at + 1
        case 0x14:
            stack.append(stack.pop() + "%")
            return at + 1
        case 0x15:
            stack.append(f"({stack.pop()})")
            return at + 1
        case 0x16:
            return -1
        case 0x17:
            wide = tokens[at + 2] & 1
            end = at + 3 + tokens[at + 1] * (2 if wide else 1)
            text = tokens[at + 3 : end].decode("utf-16-le" if wide else "latin-1", "replace")
            stack.append('"' + text.replace('"', '""') + '"')
            return end
        case 0x19:
            return _attribute(tokens, at, stack)
        case 0x1E:
            stack.append(str(struct.unpack_from("<H", tokens, at + 1)[0]))
            return at + 3
        case 0x1F:
            stack.append(format(struct.unpack_from("<d", tokens, at + 1)[0], ".15g"))
            return at + 9
        case 0x21 | 0x22:
            return _call(tokens, at, stack, is_fixed=kind == 0x21)
        case 0x24:
            stack.append(_place(*struct.unpack_from("<HH", tokens, at + 1)))
            return at + 5
        case 0x25:
            stack.append(_area(tokens, at + 1))
            return at + 9
        case 0x3A | 0x3B:
            title = sheets[struct.unpack_from("<H", tokens, at + 1)[0]].replace("'", "''")
            if kind == 0x3A:
                place = _place(*struct.unpack_from("<HH", tokens, at + 3))
                stack.append(f"'{title}'!{place}")
                return at + 7
            stack.append(f"'{title}'!{_area(tokens, at + 3)}")
            return at + 11
    return -1


def _attribute(tokens: bytes, at: int, stack: list[str]) -> int:
    """PtgAttr: blanks and marks mean nothing here, SUM of one argument does."""
    flags = tokens[at + 1]
    if flags & 0x10:
        stack.append(f"SUM({stack.pop()})")
    elif flags & 0x06:
        return -1  # IF and CHOOSE
    return at + 4


def _call(tokens: bytes, at: int, stack: list[str], *, is_fixed: bool) -> int:
    if is_fixed:
        name, count = _FIXED.get(struct.unpack_from("<H", tokens, at + 1)[0], ("", 0))
        end = at + 3
    else:
        count, number = struct.unpack_from("<BH", tokens, at + 1)
        name, count = _VARIADIC.get(number & 0x7FFF, ""), count & 0x7F
        end = at + 4
    if not name or count > len(stack):
        return -1
    arguments = stack[len(stack) - count :] if count else []
    del stack[len(stack) - count :]
    stack.append(f"{name}({','.join(arguments)})")
    return end


def _area(tokens: bytes, at: int) -> str:
    top, bottom, left, right = struct.unpack_from("<4H", tokens, at)
    return f"{_place(top, left)}:{_place(bottom, right)}"


def _place(row: int, column: int) -> str:
    return f"{column_letters((column & 0x3FFF) + 1)}{row + 1}"
