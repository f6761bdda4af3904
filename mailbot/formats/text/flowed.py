"""Text in format=flowed (RFC 3676), in which Apple Mail breaks Chinese sentences anywhere.

The stdlib's email package leaves such text as it is; the rule is a dozen lines.
"""

import re

_QUOTE = re.compile(r">*")
_SIGNATURE = "-- "


def unflow(text: str, *, delete_space: bool) -> str:
    """The paragraphs, each on one line. `delete_space` is the parameter DelSp=yes (4.2)."""
    lines: list[str] = []
    depth, is_open = 0, False
    for line in text.split("\n"):
        quote = _QUOTE.match(line)
        level = quote.end() if quote else 0
        content = line[level:].removeprefix(" ")
        flows = content.endswith(" ") and content != _SIGNATURE
        shown = content[:-1] if flows and delete_space else content
        if is_open and level == depth and content != _SIGNATURE:
            lines[-1] += shown
        else:
            lines.append(f"{'>' * level} {shown}" if level else shown)
        depth, is_open = level, flows
    return "\n".join(lines)
